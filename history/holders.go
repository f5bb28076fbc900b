package history

import (
	"cmp"
	"context"
	"net/netip"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// Holding is a time in which something had an address.
type Holding struct {
	Entity  clusto.Entity // as it was when it got the address
	Now     string        // what it is called at the version that is read; "" if it is gone
	Manager string        // where the address came from, as that was called then; "" if from nowhere
	OSPort  string        // what its operating system called the port last
	From    clusto.VersionInfo
	To      clusto.VersionInfo // the version that took the address away; the zero one while it has it
}

// maxHolders is of how many things, those that got it last, it is looked up when
// they had an address.
const maxHolders = 1000

// Holders returns who has and who had an address, the latest first, and whether
// there were more before. It knows of addresses that were given by managers, and of
// others while somebody has them. It asks the same number of questions whatever
// happened.
func Holders(ctx context.Context, h clusto.History, addr netip.Addr) (holdings []Holding, more bool, err error) {
	addr = addr.Unmap()
	ids, err := everHeld(ctx, h, addr)
	if err != nil || len(ids) == 0 {
		return nil, false, err
	}
	if more = len(ids) > maxHolders; more {
		ids = ids[:maxHolders]
	}
	times, err := heldTimes(ctx, h, addr, ids)
	if err != nil || len(times) == 0 {
		return nil, false, err
	}
	holdings, err = named(ctx, h, times)
	return holdings, more, err
}

// everHeld returns who has or ever had an address, each once, the latest first.
// Beside each address that a manager gave stands its text, by which it is found.
func everHeld(ctx context.Context, h clusto.History, addr netip.Addr) ([]clusto.EntityID, error) {
	edits, err := clusto.Collect(h.Edits(ctx, clusto.EditMatch{
		Key: clusto.Is(resource.KeyIP), Values: []clusto.Value{clusto.String(addr.String())}, Kinds: []clusto.EditKind{clusto.AttrMade, clusto.AttrEnded},
	}))
	if err != nil {
		return nil, err
	}
	live, err := clusto.Collect(h.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(resource.KeyIP), Value: clusto.Is(resource.IPValue(addr))}))
	if err != nil {
		return nil, err
	}
	var ids []clusto.EntityID
	seen := map[clusto.EntityID]bool{}
	add := func(id clusto.EntityID) {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	for _, a := range live {
		add(a.Entity)
	}
	for _, e := range slices.Backward(edits) {
		add(e.Entity)
	}
	return ids, nil
}

// lasting is an attribute and the version that ended it, 0 while it is there.
type lasting struct {
	clusto.Attr
	ended clusto.Version
}

func (l lasting) meets(o lasting) bool {
	return (o.ended == 0 || l.Version < o.ended) && (l.ended == 0 || o.Version < l.ended)
}

// tenure is a time in which something had an address, with what stood beside it.
type tenure struct {
	lasting
	manager clusto.EntityID
	osPort  string
}

// heldTimes returns when the entities had an address, the latest first.
func heldTimes(ctx context.Context, h clusto.History, addr netip.Addr, ids []clusto.EntityID) ([]tenure, error) {
	rows := map[clusto.AttrID]lasting{}
	m := clusto.EditMatch{About: ids, Key: clusto.Is(resource.KeyIP), Kinds: []clusto.EditKind{clusto.AttrMade, clusto.AttrEnded}}
	for e, err := range h.Edits(ctx, m) {
		if err != nil {
			return nil, err
		}
		row := lasting{Attr: e.Attr}
		row.Entity = e.Entity
		if e.Kind == clusto.AttrEnded {
			row.ended = e.Version
		}
		rows[e.Attr.ID] = row
	}
	beside := map[slot][]lasting{}
	var held []lasting
	for _, row := range rows {
		if _, has := row.Subkey.Get(); has {
			beside[slotOf(row.Attr)] = append(beside[slotOf(row.Attr)], row)
			continue
		}
		if got, err := resource.ValueAddr(row.Value); err == nil && got == addr {
			held = append(held, row)
		}
	}
	slices.SortFunc(held, func(a, b lasting) int { return cmp.Or(cmp.Compare(b.Version, a.Version), cmp.Compare(b.ID, a.ID)) })
	times := make([]tenure, len(held))
	for i, row := range held {
		times[i] = tenure{lasting: row}
		if link, ok := latestBeside(row, resource.SubkeyManager, beside); ok {
			times[i].manager = link.Value.Relation()
		}
		if port, ok := latestBeside(row, resource.SubkeyOSPort, beside); ok {
			times[i].osPort = port.Value.Text()
		}
	}
	return times, nil
}

// latestBeside returns the attribute with a subkey that stood beside another last.
func latestBeside(row lasting, subkey string, beside map[slot][]lasting) (latest lasting, found bool) {
	at := slotOf(row.Attr)
	at.subkey = clusto.Sub(subkey)
	for _, b := range beside[at] {
		if b.meets(row) && (!found || latest.Version < b.Version) {
			latest, found = b, true
		}
	}
	return latest, found
}

// named returns times with names, and with what is known of their versions.
func named(ctx context.Context, h clusto.History, times []tenure) ([]Holding, error) {
	var ids []clusto.EntityID
	var versions []clusto.Version
	first := times[0].Version
	for _, t := range times {
		ids = append(ids, t.Entity, t.manager)
		versions = append(versions, t.Version, t.ended)
		first = min(first, t.Version)
	}
	slices.Sort(versions)
	by, err := versionsOf(ctx, h, slices.DeleteFunc(slices.Compact(versions), func(v clusto.Version) bool { return v == 0 })...)
	if err != nil {
		return nil, err
	}
	n, err := namesOf(ctx, h, ids, first-1)
	if err != nil {
		return nil, err
	}
	known := func(v clusto.Version) clusto.VersionInfo {
		info := by[v]
		info.Version = v // all that is known of one that was pruned
		return info
	}
	now, err := h.Version(ctx)
	if err != nil {
		return nil, err
	}
	holdings := make([]Holding, len(times))
	for i, t := range times {
		holdings[i] = Holding{Entity: n.entity(t.Entity, t.Version), OSPort: t.osPort, From: known(t.Version)}
		if t.ended != 0 {
			holdings[i].To = known(t.ended)
		}
		if life, alive := n.lives[t.Entity]; alive && (life.Ended == 0 || life.Ended > now) {
			holdings[i].Now = n.entity(t.Entity, now).Name
		}
		if t.manager != 0 {
			holdings[i].Manager = n.entity(t.manager, t.Version).Name
		}
	}
	return holdings, nil
}
