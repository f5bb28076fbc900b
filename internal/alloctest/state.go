package alloctest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/resource"
)

// state is what one version left, as far as it matters here: who owns what. It
// is put together from the rows alone, without the code that is tested.
type state struct {
	names   map[clusto.EntityID]string // of entities, dead ones too
	owners  map[claim]map[string]bool
	slots   map[slot]*slotRows
	cables  map[side]*cableRows
	touched map[any]bool // claims, slots and sides that the last version changed
}

// slot is where the rows of a resource stand.
type slot struct {
	entity clusto.EntityID
	key    string
	number int64
}

// slotRows are the resources of a slot and the managers that they came from.
type slotRows struct{ resources, managers map[clusto.AttrID]string }

// side is one end of a cable, and cableRows are what it leads to.
type (
	side struct {
		entity clusto.EntityID
		key    string
		number int64
	}
	cableRows struct {
		devices map[clusto.AttrID]clusto.EntityID
		numbers map[clusto.AttrID]int64
	}
)

func newState() *state {
	return &state{
		names: map[clusto.EntityID]string{}, owners: map[claim]map[string]bool{},
		slots: map[slot]*slotRows{}, cables: map[side]*cableRows{}, touched: map[any]bool{},
	}
}

// own makes owner one of those who own c, or with false no more.
func (s *state) own(c claim, owner string, owns bool) {
	s.touched[c] = true
	if s.owners[c] == nil {
		s.owners[c] = map[string]bool{}
	}
	if owns {
		s.owners[c][owner] = true
	} else {
		delete(s.owners[c], owner)
	}
}

// apply does what a version did.
func (s *state) apply(edits []clusto.Edit) {
	clear(s.touched)
	for _, e := range edits {
		id := fmt.Sprint("entity ", e.Entity)
		switch e.Kind {
		case clusto.EntityEnded, clusto.EntityChanged:
			s.own(claim{poolNames, e.Was.Name}, id, false)
		case clusto.AttrEnded:
			s.row(e.Attr, false)
		}
		switch e.Kind {
		case clusto.EntityMade, clusto.EntityChanged:
			s.names[e.Entity] = e.Is.Name
			s.own(claim{poolNames, e.Is.Name}, id, true)
		case clusto.AttrMade:
			s.row(e.Attr, true)
		}
	}
}

// row adds a row, or takes it away.
func (s *state) row(a clusto.Attr, made bool) {
	n, numbered := a.Number.Get()
	subkey, beside := a.Subkey.Get()
	switch {
	case !numbered:
	case a.Key == clusto.KeyContains && subkey == clusto.SubkeyUnit:
		row := fmt.Sprint("row ", a.ID)
		s.own(claim{s.names[a.Entity], strconv.FormatInt(n, 10)}, row, made)
		s.own(claim{"the place of entity", fmt.Sprint(a.Value.Relation())}, row, made)
	case strings.HasPrefix(a.Key, port.KeyPrefix):
		s.cable(side{a.Entity, a.Key, n}, subkey, a, made)
	case a.Key == resource.KeyIP, a.Key == "simplename", a.Key == "simplenum":
		if !beside || subkey == resource.SubkeyManager {
			s.slot(slot{a.Entity, a.Key, n}, a, made)
		}
	}
}

// slot changes the rows of a resource: who has it and from whom.
func (s *state) slot(at slot, a clusto.Attr, made bool) {
	rows := s.slots[at]
	if rows == nil {
		rows = &slotRows{map[clusto.AttrID]string{}, map[clusto.AttrID]string{}}
		s.slots[at] = rows
	}
	s.touched[at] = true
	s.ownSlot(at, rows, false)
	of, text := rows.resources, textOf(a)
	if _, beside := a.Subkey.Get(); beside {
		of, text = rows.managers, s.names[a.Value.Relation()]
	}
	if made {
		of[a.ID] = text
	} else {
		delete(of, a.ID)
	}
	s.ownSlot(at, rows, true)
}

func (s *state) ownSlot(at slot, rows *slotRows, owns bool) {
	for _, manager := range rows.managers {
		for row, text := range rows.resources {
			s.own(claim{manager, text}, fmt.Sprintf("%s %s#%d row %d", s.names[at.entity], at.key, at.number, row), owns)
		}
	}
}

// cable changes the rows of one end of a cable.
func (s *state) cable(at side, subkey string, a clusto.Attr, made bool) {
	rows := s.cables[at]
	if rows == nil {
		rows = &cableRows{map[clusto.AttrID]clusto.EntityID{}, map[clusto.AttrID]int64{}}
		s.cables[at] = rows
	}
	switch subkey {
	case port.SubkeyConnection:
		s.own(claim{s.names[at.entity], strconv.FormatInt(at.number, 10)}, fmt.Sprint("row ", a.ID), made)
		if rows.devices[a.ID] = a.Value.Relation(); !made {
			delete(rows.devices, a.ID)
		}
	case clusto.SubkeyOtherPort:
		if rows.numbers[a.ID] = a.Value.Int64(); !made {
			delete(rows.numbers, a.ID)
		}
	}
	s.touched[at] = true
}

// problems returns what is wrong with what the last version changed.
func (s *state) problems() []string {
	var all []string
	for x := range s.touched {
		switch x := x.(type) {
		case claim:
			if len(s.owners[x]) > 1 {
				all = append(all, fmt.Sprintf("%s has %d owners: %v", x, len(s.owners[x]), slices.Sorted(maps.Keys(s.owners[x]))))
			}
		case slot:
			if rows := s.slots[x]; len(rows.resources) > 1 || len(rows.resources) != len(rows.managers) {
				all = append(all, fmt.Sprintf("%s has %d resources %s#%d from %d managers",
					s.names[x.entity], len(rows.resources), x.key, x.number, len(rows.managers)))
			}
		case side:
			if !s.leadsBack(x) {
				all = append(all, fmt.Sprintf("%s %s#%d is half a cable", s.names[x.entity], x.key, x.number))
			}
		}
	}
	slices.Sort(all)
	return all
}

// leadsBack reports whether a side has no cable, or one whose other side leads back.
func (s *state) leadsBack(at side) bool {
	rows := s.cables[at]
	if len(rows.devices) == 0 && len(rows.numbers) == 0 {
		return true
	}
	for _, device := range rows.devices {
		for _, number := range rows.numbers {
			other := s.cables[side{device, at.key, number}]
			if len(rows.devices) == 1 && len(rows.numbers) == 1 && other != nil &&
				slices.Contains(slices.Collect(maps.Values(other.devices)), at.entity) &&
				slices.Contains(slices.Collect(maps.Values(other.numbers)), at.number) {
				return true
			}
		}
	}
	return false
}

// owned reports whether c has an owner.
func (s *state) owned(c claim) bool { return len(s.owners[c]) > 0 }
