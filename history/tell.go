package history

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/resource"
)

// teller makes words of a difference.
type teller struct {
	entity func(clusto.EntityID) clusto.Entity // what is referred to
	things map[clusto.EntityID]*Told
	moves  map[clusto.EntityID]map[string]*move // what was put where, by the name of the container
}

// move is what happened to the place of a thing in one container.
type move struct {
	container      string
	gone, come     bool
	before, behind where // what it left, and what it got
}

// where is the place of a thing in a rack; nothing else has one.
type where struct {
	units []int64
	side  clusto.Side // of the units that it takes half the width of, or of the rack
}

// add notes what one relation says, and of which number and subkey it is.
func (w *where) add(number clusto.Number, subkey clusto.Subkey) {
	if unit, ok := number.Get(); ok && clusto.InUnit(subkey) {
		w.units = append(w.units, unit)
	}
	w.side = cmp.Or(w.side, clusto.SideOf(subkey))
}

func (w *where) known() bool { return len(w.units) > 0 || w.side != "" }

// String returns the place as people write it: " unit 7", " units 7-8 right",
// " left side"; "" if there is none. What is in the left half is not told from
// what takes the full width: only drivers know that.
func (w *where) String() string {
	switch {
	case w.side == "":
		return units(w.units)
	case len(w.units) == 0:
		return " " + string(w.side) + " side"
	}
	return units(w.units) + " " + string(w.side)
}

// tell returns d in words. entity returns what is known of what attributes refer to.
func tell(d *Diff, entity func(clusto.EntityID) clusto.Entity) []Told {
	t := &teller{entity: entity, things: map[clusto.EntityID]*Told{}, moves: map[clusto.EntityID]map[string]*move{}}
	for i := range d.Entities {
		t.begin(&d.Entities[i])
	}
	for i := range d.Entities {
		t.places(&d.Entities[i])
	}
	for _, id := range slices.Sorted(maps.Keys(t.moves)) {
		t.tellMoves(t.thing(id), t.moves[id])
	}
	for i := range d.Entities {
		e := &d.Entities[i]
		t.attrs(t.things[e.id()], e.Attrs)
	}
	var all []Told
	for _, told := range t.things {
		if len(told.Events)+len(told.Attrs) > 0 {
			told.Events, told.Attrs = orEmpty(told.Events), orEmpty(told.Attrs)
			all = append(all, *told)
		}
	}
	slices.SortFunc(all, func(a, b Told) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(string(a.Change), string(b.Change)))
	})
	return all
}

// begin tells what happened to the entity itself.
func (t *teller) begin(d *EntityDiff) {
	e := d.Is
	if d.Change == Deleted {
		e = d.Was
	}
	told := &Told{Change: d.Change, Name: e.Name, Type: e.Type, Driver: e.Driver}
	t.things[d.id()] = told
	switch {
	case d.Change == Made:
		told.add(KindThing, "was made")
	case d.Change == Deleted:
		told.add(KindThing, "was deleted")
	case d.Was.Name != d.Is.Name:
		told.add(KindThing, "was renamed from ", Word{Text: d.Was.Name})
	}
	if d.Change == Changed && d.Was.Driver != d.Is.Driver {
		told.add(KindThing, fmt.Sprintf("got the driver %s in place of %s", d.Is.Driver, d.Was.Driver))
	}
}

func (t *Told) add(kind EventKind, parts ...any) {
	t.Events = append(t.Events, Event{Kind: kind, Words: say(parts...)})
}

// thing returns what is told of an entity, which may have no difference of its own.
func (t *teller) thing(id clusto.EntityID) *Told {
	if t.things[id] == nil {
		e := t.entity(id)
		t.things[id] = &Told{Change: Changed, Name: e.Name, Type: e.Type, Driver: e.Driver}
	}
	return t.things[id]
}

// places notes what was put into a container and taken out of it.
func (t *teller) places(d *EntityDiff) {
	for _, a := range d.Attrs {
		if a.Key != clusto.KeyContains {
			continue
		}
		if m := t.move(a.Was, d.Was.Name); m != nil {
			m.gone = true
			m.before.add(a.Number, a.Subkey)
		}
		if m := t.move(a.Is, d.Is.Name); m != nil {
			m.come = true
			m.behind.add(a.Number, a.Subkey)
		}
	}
}

// move returns what happened to the place of what v refers to, or nil for nothing.
func (t *teller) move(v Value, container string) *move {
	id := v.Relation()
	if id == 0 {
		return nil
	}
	if t.moves[id] == nil {
		t.moves[id] = map[string]*move{}
	}
	m := t.moves[id][container]
	if m == nil {
		m = &move{container: container}
		t.moves[id][container] = m
	}
	return m
}

// tellMoves tells where a thing went. What left one container and came into one is
// told as one move.
func (t *teller) tellMoves(told *Told, moves map[string]*move) {
	var left, came []*move
	for _, name := range slices.Sorted(maps.Keys(moves)) {
		m := moves[name]
		switch {
		case m.gone && m.come && (m.before.known() || m.behind.known()):
			told.add(KindPlace, "moved within ", thing(name), " from"+m.before.String()+" to"+m.behind.String())
		case m.gone && m.come:
		case m.gone:
			left = append(left, m)
		default:
			came = append(came, m)
		}
	}
	if len(left) == 1 && len(came) == 1 {
		told.add(KindPlace, "moved from ", thing(left[0].container), left[0].before.String(), " to ", thing(came[0].container), came[0].behind.String())
		return
	}
	for _, m := range left {
		told.add(KindPlace, "was taken out of ", thing(m.container), m.before.String())
	}
	for _, m := range came {
		told.add(KindPlace, "was put into ", thing(m.container), m.behind.String())
	}
}

// spot is a numbered place for what belongs together: a port or a resource.
type spot struct {
	key    string
	number int64
}

// attrs tells about the attributes of a thing, and keeps those that no words are
// found for.
func (t *teller) attrs(told *Told, diffs []AttrDiff) {
	spots := map[spot][]AttrDiff{}
	var order []spot
	for _, a := range diffs {
		number, numbered := a.Number.Get()
		s := spot{a.Key, number}
		switch {
		case a.Key == clusto.KeyContains:
		case numbered && (isCable(slot{key: a.Key, subkey: a.Subkey}) || isHeld(a, diffs)):
			if spots[s] == nil {
				order = append(order, s)
			}
			spots[s] = append(spots[s], a)
		default:
			told.Attrs = append(told.Attrs, a)
		}
	}
	for _, s := range order {
		if strings.HasPrefix(s.key, port.KeyPrefix) {
			told.cable(s, spots[s])
		} else {
			told.held(s, spots[s])
		}
	}
}

// isHeld reports whether a belongs to what a manager handed out.
func isHeld(a AttrDiff, among []AttrDiff) bool {
	return a.Key == resource.KeyIP || slices.ContainsFunc(among, func(b AttrDiff) bool {
		return b.Key == a.Key && b.Number == a.Number && b.Subkey == clusto.Sub(resource.SubkeyManager)
	})
}

// held tells about something that came from a manager, such as an address.
func (t *Told) held(s spot, diffs []AttrDiff) {
	var was, is, from, to Value
	var had, has bool
	for _, d := range diffs {
		switch subkey, sub := d.Subkey.Get(); {
		case !sub:
			was, is = d.Was, d.Is
			had, has = d.Change != Added, d.Change != Removed
		case subkey == resource.SubkeyManager:
			from, to = d.Was, d.Is
		}
	}
	a := clusto.Attr{Key: s.key, Number: clusto.Num(s.number)}
	what := func(v Value) string {
		if s.key == resource.KeyIP {
			return shown(a, v)
		}
		return s.key + " " + shown(a, v)
	}
	switch {
	case had && has:
		t.add(KindAddress, "got ", what(is), managed(" from ", to), " in place of ", what(was), managed(" from ", from))
	case has:
		t.add(KindAddress, "got ", what(is), managed(" from ", to))
	case had:
		t.add(KindAddress, "gave ", what(was), " back", managed(" to ", from))
	default:
		t.Attrs = append(t.Attrs, diffs...)
	}
}

// managed names a manager, if there is one.
func managed(preposition string, v Value) []Word {
	if v.Name == "" {
		return nil
	}
	return say(preposition, thing(v.Name))
}

// cable is the two ends of a cable that an event tells of, as its device knows them:
// the other may call a port by its number that is an outlet with a name here.
type cable struct{ here, there string }

// cable tells about the cable at a port.
func (t *Told) cable(s spot, diffs []AttrDiff) {
	var was, is, wasPort, isPort Value
	for _, d := range diffs {
		if d.Subkey == clusto.Sub(port.SubkeyConnection) {
			was, is = d.Was, d.Is
		} else {
			wasPort, isPort = d.Was, d.Is
		}
	}
	mine := strings.TrimPrefix(s.key, port.KeyPrefix)
	end := func(to, number Value) []Word {
		if number.IsNone() {
			return say(thing(to.Name))
		}
		return say(thing(to.Name), " "+mine+" "+number.Text())
	}
	e := Event{Kind: KindCable}
	here := fmt.Sprintf("%s %s %d", t.Name, mine, s.number)
	there := func(to, number Value) string { return fmt.Sprintf("%s %s %s", to.Name, mine, number.Text()) }
	my := fmt.Sprintf("%s %d", mine, s.number)
	switch {
	case was.Name != "" && is.Name != "":
		e.Words = say("moved the cable of "+my+" from ", end(was, wasPort), " to ", end(is, isPort))
		e.cable = cable{here, there(is, isPort)}
	case is.Name != "":
		e.Words = say("connected "+my+" to ", end(is, isPort))
		e.cable = cable{here, there(is, isPort)}
	case was.Name != "":
		e.Words = say("disconnected "+my+" from ", end(was, wasPort))
		e.cable = cable{here, there(was, wasPort)}
	default: // only the number of the port there: the connection stayed, or is long gone
		t.Attrs = append(t.Attrs, diffs...)
		return
	}
	t.Events = append(t.Events, e)
}
