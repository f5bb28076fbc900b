package resource

import (
	"cmp"
	"context"
	"slices"

	"github.com/clusto/clusto"
)

// Allocation is a resource that somebody has from a manager.
type Allocation struct {
	Entity   clusto.EntityID // who has it
	Number   int64           // of the attributes that hold it
	Resource clusto.Value
	Text     string // the resource for people
	OSPort   string // of an address: the port that it is bound to, or ""
}

// Allocations returns what m has handed out, by who has it and number: at most
// limit of them, after the given one, which may be the zero Allocation, and whether
// there are more. If resource is not nil, it is only about that one.
func (m *Manager) Allocations(ctx context.Context, resource any, after Allocation, limit int) (page []Allocation, more bool, err error) {
	r, err := m.rules(ctx)
	if err != nil {
		return nil, false, err
	}
	slots, err := m.slots(ctx, r, resource)
	if err != nil {
		return nil, false, err
	}
	at, found := slices.BinarySearchFunc(slots, slot{after.Entity, clusto.Num(after.Number)}, compareSlots)
	if found {
		at++
	}
	slots = slots[at:]
	if more = len(slots) > limit; more {
		slots = slots[:limit]
	}
	page, err = m.inSlots(ctx, r, slots)
	return page, more, err
}

func compareSlots(a, b slot) int {
	return cmp.Or(cmp.Compare(a.entity, b.entity), cmp.Compare(a.number.Or(0), b.number.Or(0)))
}

// slots returns where what m has handed out stands, or only a resource, in order.
func (m *Manager) slots(ctx context.Context, r rules, resource any) ([]slot, error) {
	var rows []clusto.Attr
	var err error
	if resource == nil {
		rows, err = clusto.Collect(m.Inventory().Attrs(ctx, clusto.AttrMatch{
			Key: clusto.Is(Key(m.Driver())), Subkey: clusto.Is(SubkeyManager), RelatedTo: []clusto.EntityID{m.ID},
		}))
	} else {
		var value clusto.Value
		if value, err = parse(r, resource); err == nil {
			rows, err = m.own(ctx, value)
		}
	}
	if err != nil {
		return nil, err
	}
	var slots []slot
	for _, a := range rows {
		if _, numbered := a.Number.Get(); numbered {
			slots = append(slots, slot{a.Entity, a.Number})
		}
	}
	slices.SortFunc(slots, compareSlots)
	return slices.Compact(slots), nil
}

// inSlots returns what stands in slots.
func (m *Manager) inSlots(ctx context.Context, r rules, slots []slot) ([]Allocation, error) {
	if len(slots) == 0 {
		return nil, nil
	}
	index := map[slot]int{}
	page := make([]Allocation, len(slots))
	match := clusto.AttrMatch{Key: clusto.Is(Key(m.Driver())), Number: clusto.IsPresent[int64]()}
	for i, s := range slots {
		index[s] = i
		page[i] = Allocation{Entity: s.entity, Number: s.number.Or(0)}
		if i == 0 || slots[i-1].entity != s.entity {
			match.Entities = append(match.Entities, s.entity)
		}
	}
	for a, err := range m.Inventory().Attrs(ctx, match) {
		if err != nil {
			return nil, err
		}
		i, wanted := index[slot{a.Entity, a.Number}]
		if !wanted {
			continue
		}
		switch subkey, has := a.Subkey.Get(); {
		case !has:
			page[i].Resource, page[i].Text = a.Value, r.text(a.Value)
		case subkey == SubkeyOSPort:
			page[i].OSPort = a.Value.Text()
		}
	}
	return page, nil
}
