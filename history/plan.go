package history

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// Plan is a change that was worked out and not made yet.
type Plan struct {
	// Diff is what it changes.
	Diff *Diff
	// Left is what cannot come back, and why.
	Left []Obstacle

	steps steps
}

// steps are what a plan does, in this order. Attributes that are added may
// belong, or refer, to one of the dead that are revived.
type steps struct {
	drop     []clusto.AttrID
	remove   []clusto.EntityID
	change   []clusto.Entity // each to what it shall be
	revive   []clusto.Entity // the dead, with the names that they get
	add      []clusto.Attr
	counters map[counter]int64 // of those that are revived
}

// counter is what numbers the attributes of an entity with one key.
type counter struct {
	entity clusto.EntityID
	key    string
}

// Obstacle is something that cannot be undone, or cannot come back, and why.
type Obstacle struct {
	Entity string `json:"entity"` // its name
	What   string `json:"what"`   // of the entity; "" is the entity itself
	Why    string `json:"why"`
}

// String returns o as a line.
func (o Obstacle) String() string {
	if o.What == "" {
		return o.Entity + ": " + o.Why
	}
	return o.Entity + ", " + o.What + ": " + o.Why
}

// ConflictError says what stands in the way of a change to the past, all of it.
// It is a clusto.ErrConflict.
type ConflictError struct {
	Doing     string // such as "revert 12"
	Conflicts []Obstacle
}

// Error returns a line for each conflict.
func (e *ConflictError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: later changes stand in the way", e.Doing)
	for _, c := range e.Conflicts {
		fmt.Fprintf(&b, "\n  %s", c)
	}
	return b.String()
}

// Is makes every ConflictError a clusto.ErrConflict.
func (e *ConflictError) Is(target error) bool { return target == clusto.ErrConflict }

// Apply makes the change in tx, which must show what the plan was made for.
func (p *Plan) Apply(ctx context.Context, tx clusto.Tx) error {
	s := &p.steps
	if len(s.drop) > 0 {
		if _, err := tx.DelAttrs(ctx, clusto.AttrMatch{IDs: s.drop}); err != nil {
			return err
		}
	}
	for _, id := range s.remove {
		if err := tx.Delete(ctx, id); err != nil {
			return err
		}
	}
	if err := s.changeEntities(ctx, tx); err != nil {
		return err
	}
	revived, err := s.bringBack(ctx, tx)
	if err != nil {
		return err
	}
	for _, c := range slices.SortedFunc(maps.Keys(s.counters), compareCounters) {
		if err := tx.SetCounter(ctx, revived[c.entity], c.key, s.counters[c]); err != nil {
			return err
		}
	}
	return tx.AddAttrs(ctx, s.added(revived)...)
}

func compareCounters(a, b counter) int {
	if a.entity != b.entity {
		return int(a.entity - b.entity)
	}
	return strings.Compare(a.key, b.key)
}

// changeEntities gives entities their names and drivers.
func (s *steps) changeEntities(ctx context.Context, tx clusto.Tx) error {
	ids := make([]clusto.EntityID, len(s.change))
	for i, e := range s.change {
		ids[i] = e.ID
	}
	now, err := tx.Entities(ctx, ids...)
	if err != nil {
		return err
	}
	names := map[clusto.EntityID]string{}
	wanted := map[clusto.EntityID]string{}
	for i, e := range s.change {
		if e.Type != now[i].Type || e.Driver != now[i].Driver {
			if err := tx.ChangeDriver(ctx, e.ID, e.Type, e.Driver); err != nil {
				return err
			}
		}
		if e.Name != now[i].Name {
			names[e.ID], wanted[e.ID] = now[i].Name, e.Name
		}
	}
	return renameAll(ctx, tx, names, wanted)
}

// renameAll gives entities, which are called names, the names that are wanted. One
// whose name another still has waits for that; if all wait, which is a ring, one
// gets a name between.
func renameAll(ctx context.Context, tx clusto.Tx, names, wanted map[clusto.EntityID]string) error {
	taken := map[string]bool{}
	for _, name := range names {
		taken[name] = true
	}
	rename := func(id clusto.EntityID, to string) error {
		delete(taken, names[id])
		names[id], taken[to] = to, true
		return tx.Rename(ctx, id, to)
	}
	for len(wanted) > 0 {
		waiting := len(wanted)
		for _, id := range slices.Sorted(maps.Keys(wanted)) {
			if taken[wanted[id]] {
				continue
			}
			if err := rename(id, wanted[id]); err != nil {
				return err
			}
			delete(wanted, id)
		}
		if len(wanted) == waiting {
			id := slices.Min(slices.Collect(maps.Keys(wanted)))
			if err := rename(id, fmt.Sprintf("%d~%d", id, waiting)); err != nil {
				return err
			}
		}
	}
	return nil
}

// bringBack revives the dead and returns the ID that each has now.
func (s *steps) bringBack(ctx context.Context, tx clusto.Tx) (map[clusto.EntityID]clusto.EntityID, error) {
	revived := map[clusto.EntityID]clusto.EntityID{}
	for _, dead := range s.revive {
		e, err := tx.Revive(ctx, dead.ID, dead.Name)
		if err != nil {
			return nil, err
		}
		revived[dead.ID] = e.ID
	}
	return revived, nil
}

// added returns the attributes to add, with those who were revived as they are now.
func (s *steps) added(revived map[clusto.EntityID]clusto.EntityID) []clusto.Attr {
	attrs := make([]clusto.Attr, len(s.add))
	for i, a := range s.add {
		a.ID, a.Version = 0, 0
		if id, ok := revived[a.Entity]; ok {
			a.Entity = id
		}
		if id, ok := revived[a.Value.Relation()]; ok {
			a.Value = clusto.RelationTo(id)
		}
		attrs[i] = a
	}
	return attrs
}

// WriteText writes for people what the plan changes and what it leaves.
func (p *Plan) WriteText(w io.Writer) error {
	if err := p.Diff.WriteText(w); err != nil {
		return err
	}
	if len(p.Left) == 0 {
		return nil
	}
	if _, err := fmt.Fprintln(w, "not brought back:"); err != nil {
		return err
	}
	for _, o := range p.Left {
		if _, err := fmt.Fprintf(w, "    %s\n", o); err != nil {
			return err
		}
	}
	return nil
}

// planJSON is a Plan as JSON has it.
type planJSON struct {
	Entities []EntityDiff `json:"entities"`
	Left     []Obstacle   `json:"left"`
}

// MarshalJSON has what is left beside the difference.
func (p Plan) MarshalJSON() ([]byte, error) {
	return json.Marshal(planJSON{orEmpty(p.Diff.Entities), orEmpty(p.Left)})
}

// UnmarshalJSON reads what MarshalJSON writes: a plan to be shown, and not to be
// applied.
func (p *Plan) UnmarshalJSON(text []byte) error {
	var data planJSON
	if err := json.Unmarshal(text, &data); err != nil {
		return err
	}
	*p = Plan{Diff: &Diff{Entities: data.Entities}, Left: data.Left}
	return nil
}
