package fsck

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// world is what is known about the inventory while it is looked at: entities,
// counters and hints in full, of attributes what the lookers keep.
type world struct {
	reader   clusto.Auditor
	options  Options
	inv      *clusto.Inventory
	entities map[clusto.EntityID]clusto.Entity // that live
	order    []clusto.EntityID                 // of entities, ascending
	named    map[string][]clusto.EntityID      // by name, ascending
	counters []clusto.StoredCounter
	hints    []clusto.FreeRange
	contents []content
	gone     map[clusto.EntityID]string // names of entities that were deleted, as far as known
	words    map[string]string          // keys, so that each is held once

	attrs    int
	check    string // that judges
	findings []Finding
	kept     map[kept]int
	more     map[string]int
}

func newWorld(r clusto.Auditor, o Options) *world {
	return &world{
		reader:   r,
		options:  o,
		inv:      clusto.NewInventory(r, o.Drivers),
		entities: map[clusto.EntityID]clusto.Entity{},
		named:    map[string][]clusto.EntityID{},
		gone:     map[clusto.EntityID]string{},
		words:    map[string]string{},
		kept:     map[kept]int{},
		more:     map[string]int{},
	}
}

// kept counts the findings of a check: those that can be repaired apart from the
// others, so that these do not hide them.
type kept struct {
	check      string
	repairable bool
}

// progressEvery is after how many attributes progress is told.
const progressEvery = 100_000

// look reads everything once and has the checks judge it.
func (w *world) look(ctx context.Context, chosen []check) error {
	if err := w.load(ctx); err != nil {
		return err
	}
	lookers := make([]looker, len(chosen))
	for i, c := range chosen {
		lookers[i] = c.begin(w)
	}
	missing := map[clusto.EntityID]bool{}
	for a, err := range w.reader.AuditAttrs(ctx) {
		if err != nil {
			return err
		}
		a.Key = w.word(a.Key)
		for _, id := range []clusto.EntityID{a.Entity, a.Value.Relation()} {
			if id != 0 && !w.lives(id) && len(missing) < MaxFindings {
				missing[id] = true
			}
		}
		w.contain(&a)
		for _, l := range lookers {
			l.see(&a)
		}
		if w.attrs++; w.attrs%progressEvery == 0 && w.options.Progress != nil {
			w.options.Progress(w.attrs)
		}
	}
	if err := w.remember(ctx, missing); err != nil {
		return err
	}
	for i, c := range chosen {
		w.check = c.name
		lookers[i].judge()
	}
	return nil
}

// content is a relation by which a live entity contains another.
type content struct {
	row    clusto.AttrID
	in     clusto.EntityID
	thing  clusto.EntityID
	number clusto.Number
	subkey clusto.Subkey
}

// contain keeps an attribute that makes something a content of something.
func (w *world) contain(a *clusto.StoredAttr) {
	if a.Key == clusto.KeyContains && w.lives(a.Entity) && w.lives(a.Value.Relation()) {
		w.contents = append(w.contents, content{a.ID, a.Entity, a.Value.Relation(), a.Number, a.Subkey})
	}
}

// load reads all that is not an attribute.
func (w *world) load(ctx context.Context) error {
	for e, err := range w.reader.Find(ctx, clusto.Match{}) {
		if err != nil {
			return err
		}
		w.entities[e.ID] = e
		w.order = append(w.order, e.ID)
		w.named[e.Name] = append(w.named[e.Name], e.ID)
	}
	var err error
	if w.counters, err = clusto.Collect(w.reader.AuditCounters(ctx)); err != nil {
		return err
	}
	slices.SortStableFunc(w.counters, func(a, b clusto.StoredCounter) int {
		return cmp.Or(cmp.Compare(a.Entity, b.Entity), cmp.Compare(a.Key, b.Key))
	})
	w.hints, err = clusto.Collect(w.reader.AuditFreeRanges(ctx))
	return err
}

// remember finds out what the missing entities were called, where the history
// can tell.
func (w *world) remember(ctx context.Context, missing map[clusto.EntityID]bool) error {
	history, err := clusto.Past(w.reader)
	if err != nil || len(missing) == 0 {
		return nil // they stay numbers
	}
	var ids []clusto.EntityID
	for id := range missing {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for life, err := range history.Lives(ctx, clusto.LifeMatch{IDs: ids}) {
		if err != nil {
			return err
		}
		w.gone[life.ID] = life.Name
	}
	return nil
}

// word returns the one copy of a key.
func (w *world) word(s string) string {
	one, ok := w.words[s]
	if !ok {
		one = strings.Clone(s)
		w.words[one] = one
	}
	return one
}

// lives reports whether there is a live entity id.
func (w *world) lives(id clusto.EntityID) bool {
	_, ok := w.entities[id]
	return ok
}

// driver returns the driver of a live entity, or nil if it is not known.
func (w *world) driver(id clusto.EntityID) *clusto.Driver {
	d, _ := w.options.Drivers.Driver(w.entities[id].Driver)
	return d
}

// is reports whether a live entity has a driver that is, or extends, the one
// called name.
func (w *world) is(id clusto.EntityID, name string) bool {
	d := w.driver(id)
	return d != nil && d.Is(name)
}

// name returns what an entity is called, with its number where the name does not
// say which it is.
func (w *world) name(id clusto.EntityID) string {
	if e, ok := w.entities[id]; ok {
		if len(w.named[e.Name]) > 1 {
			return fmt.Sprintf("%s (entity %d)", e.Name, id)
		}
		return e.Name
	}
	if name, ok := w.gone[id]; ok {
		return fmt.Sprintf("%s (entity %d)", name, id)
	}
	return fmt.Sprintf("entity %d", id)
}

// fate says why an entity is not there.
func (w *world) fate(id clusto.EntityID) string {
	if _, ok := w.gone[id]; ok {
		return "which was deleted"
	}
	return "which does not exist"
}

// names returns what entities are called, each once.
func (w *world) names(ids ...clusto.EntityID) []string {
	names := make([]string, 0, len(ids))
	for _, id := range ids {
		if name := w.name(id); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// some is how many names a sentence has at most.
const some = 5

// list returns names as a part of a sentence.
func list(names []string) string {
	if len(names) > some {
		return strings.Join(names[:some], ", ") + fmt.Sprintf(" and %d more", len(names)-some)
	}
	return strings.Join(names, ", ")
}

// report adds a finding of the check that judges. One with a mending is
// repairable.
func (w *world) report(s Severity, things []clusto.EntityID, problem, remedy string, m *mending) {
	k := kept{w.check, m != nil}
	if w.kept[k]++; w.kept[k] > MaxFindings {
		w.more[w.check]++
		return
	}
	f := Finding{Check: w.check, Severity: s, Things: w.names(things...), Problem: problem, Remedy: remedy}
	if m != nil {
		f.Repairable, f.mending = true, *m
	}
	w.findings = append(w.findings, f)
}

// ids is a list of entities.
type ids = []clusto.EntityID

// blind is a looker that needs no attributes.
type blind struct{}

func (blind) see(*clusto.StoredAttr) {}

// sorted yields the entries of a map in the order of its keys.
func sorted[K cmp.Ordered, V any](m map[K]V) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}
