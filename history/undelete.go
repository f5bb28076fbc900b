package history

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
)

// Undeletion says what to bring back.
type Undeletion struct {
	Name string // what it was called when it was deleted
	As   string // what to call it now; "" is the same
	// Version, if not 0, is the one that deleted it; else it is the latest of
	// that name that was deleted and not brought back yet.
	Version clusto.Version
}

// Undelete brings back in tx what was deleted, as far as it is free: the entity
// with its attributes, what it was in and what was in it, and the cables on both
// ends. Counters start anew, past the numbers that come back. It returns what came
// back and what did not. It returns ErrNotFound if nothing of that name was
// deleted, and ErrExists if the name is taken.
func Undelete(ctx context.Context, tx clusto.Tx, what Undeletion) (*Plan, error) {
	plan, err := PlanUndelete(ctx, tx, what)
	if err != nil {
		return nil, err
	}
	return plan, plan.Apply(ctx, tx)
}

// PlanUndelete returns the change that brings back what was deleted, for
// [Plan.Apply]. Errors are those of [Undelete].
func PlanUndelete(ctx context.Context, h clusto.History, what Undeletion) (*Plan, error) {
	dead, err := findDead(ctx, h, what)
	if err != nil {
		return nil, err
	}
	name := cmp.Or(what.As, dead.Name)
	if err := checkFree(ctx, h, dead.Name, name); err != nil {
		return nil, err
	}
	n, err := lostWith(ctx, h, dead)
	if err != nil {
		return nil, err
	}
	p, err := newPast(ctx, h, n)
	if err != nil {
		return nil, err
	}
	e := dead.Entity
	e.Name = name
	p.reviving[e.ID] = name
	if err := p.look(ctx); err != nil {
		return nil, err
	}
	s := steps{revive: []clusto.Entity{e}, counters: map[counter]int64{}}
	var left []Obstacle
	for _, g := range p.groups() {
		left = append(left, p.settleGroup(g, &s)...)
	}
	for _, a := range s.add {
		p.count(a, s.counters)
	}
	plan, err := p.plan(ctx, s)
	if err != nil {
		return nil, err
	}
	plan.Left = left
	return plan, nil
}

// findDead returns the entity to bring back.
func findDead(ctx context.Context, h clusto.History, what Undeletion) (clusto.Life, error) {
	none := clusto.Life{}
	all, err := clusto.Collect(h.Lives(ctx, clusto.LifeMatch{Names: []string{what.Name}}))
	if err != nil {
		return none, err
	}
	all = slices.DeleteFunc(all, func(l clusto.Life) bool {
		return l.Ended == 0 || l.Name != what.Name || what.Version != 0 && l.Ended != what.Version
	})
	if len(all) == 0 && what.Version != 0 {
		return none, clusto.Errorf(clusto.ErrNotFound, "nothing called %q was deleted in version %d", what.Name, what.Version)
	}
	if len(all) == 0 {
		return none, clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "nothing called %q was deleted", what.Name),
			"clusto log shows what was, as far back as the history goes")
	}
	slices.SortFunc(all, func(a, b clusto.Life) int { return cmp.Or(cmp.Compare(b.Ended, a.Ended), cmp.Compare(b.ID, a.ID)) })
	heirs, err := heirsOf(ctx, h, IDs(all))
	if err != nil {
		return none, err
	}
	for _, l := range all {
		if _, has := heirs[l.ID]; !has {
			return l, nil
		}
	}
	line := heirs[all[0].ID]
	heir := line[len(line)-1]
	err = clusto.Errorf(clusto.ErrExists, "%s was brought back already, in version %d", what.Name, heir.Version)
	if heir.Name != what.Name {
		err = clusto.Errorf(clusto.ErrExists, "%w, and is called %s", err, heir.Name)
	}
	return none, err
}

// checkFree returns ErrExists if something is called name.
func checkFree(ctx context.Context, h clusto.History, was, name string) error {
	if err := clusto.ValidateName(name); err != nil {
		return err
	}
	taken, found, err := clusto.First(h.Find(ctx, clusto.Match{Names: []string{name}}))
	if err != nil || !found {
		return err
	}
	return clusto.WithHint(clusto.Errorf(clusto.ErrExists, "there is another %s, made in version %d", name, taken.Version),
		"bring it back under another name: clusto undelete %s --as NEWNAME", was)
}

// lostWith returns what the version that deleted an entity took away with it:
// its attributes, those that referred to it, the other ends of its cables, and all
// of the resources that came from it.
func lostWith(ctx context.Context, h clusto.History, dead clusto.Life) (*net, error) {
	only := []clusto.Version{dead.Ended}
	ended := []clusto.EditKind{clusto.AttrEnded}
	n, err := netOf(ctx, h, clusto.EditMatch{Only: only, About: []clusto.EntityID{dead.ID}, Kinds: ended})
	if err != nil {
		return nil, err
	}
	owners := map[string][]clusto.EntityID{} // by key
	for s := range n.slots {
		if s.entity != dead.ID && (isCable(s) || n.isResource(s)) {
			owners[s.key] = append(owners[s.key], s.entity)
		}
	}
	for key, ids := range owners {
		m := clusto.EditMatch{Only: only, About: unique(ids), Key: clusto.Is(key), Kinds: ended}
		for e, err := range h.Edits(ctx, m) {
			if err != nil {
				return nil, err
			}
			if known := e.Attr.Entity == dead.ID || e.Attr.Value.Relation() == dead.ID; !known && n.completes(slotOf(e.Attr)) {
				n.take(e)
			}
		}
	}
	return n, nil
}

// completes reports whether s has another part of a cable or of a resource of
// which n has one.
func (n *net) completes(s slot) bool {
	if !isCable(s) {
		return n.isResource(s)
	}
	s.subkey = clusto.Sub(port.SubkeyConnection)
	_, ok := n.slots[s]
	return ok
}

// count notes in counters the highest number of the attributes that come back to
// somebody with a key, if it is the owner's own counter that numbers them.
func (p *past) count(a clusto.Attr, counters map[counter]int64) {
	number, numbered := a.Number.Get()
	_, revived := p.reviving[a.Entity]
	own := !strings.HasPrefix(a.Key, port.KeyPrefix) && !isUnit(slotOf(a)) && !p.isResource(slotOf(a))
	if revived && numbered && own {
		c := counter{a.Entity, a.Key}
		if last, ok := counters[c]; !ok || number > last {
			counters[c] = number
		}
	}
}
