package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clusto/clusto"
)

// Dumped is what a Dump has given, in the order of numbers.
type Dumped struct {
	Version  clusto.Version
	Entities []clusto.Entity
	Attrs    []clusto.Attr
}

// dumpPart keeps what it is given, as the contract has it: with texts of its own.
type dumpPart struct {
	dumped Dumped
	err    error
}

func (p *dumpPart) Entity(e clusto.Entity) {
	e.Name, e.Type, e.Driver = strings.Clone(e.Name), strings.Clone(e.Type), strings.Clone(e.Driver)
	p.dumped.Entities = append(p.dumped.Entities, e)
}

func (p *dumpPart) Unreadable(_ clusto.Attr, err error) { p.err = errors.Join(p.err, err) }

func (p *dumpPart) Attr(a clusto.Attr) {
	a.Key = strings.Clone(a.Key)
	if text, ok := a.Subkey.Get(); ok {
		a.Subkey = clusto.Sub(strings.Clone(text))
	}
	switch a.Value.Kind() {
	case clusto.KindString:
		if !a.Value.IsNone() {
			a.Value = clusto.String(strings.Clone(a.Value.Str()))
		}
	case clusto.KindJSON:
		a.Value = clusto.StoredJSON(strings.Clone(a.Value.Str()))
	}
	p.dumped.Attrs = append(p.dumped.Attrs, a)
}

// Dump returns what a store dumps.
func Dump(t *testing.T, s clusto.Store) Dumped {
	t.Helper()
	var parts []*dumpPart
	v, err := s.(clusto.Dumper).Dump(t.Context(), func() clusto.DumpPart {
		parts = append(parts, &dumpPart{})
		return parts[len(parts)-1]
	})
	if err != nil {
		t.Fatalf("Dump: %v", err)
	}
	all := Dumped{Version: v}
	for _, p := range parts {
		if p.err != nil {
			t.Errorf("Dump: %v", p.err)
		}
		all.Entities = append(all.Entities, p.dumped.Entities...)
		all.Attrs = append(all.Attrs, p.dumped.Attrs...)
	}
	slices.SortFunc(all.Entities, func(a, b clusto.Entity) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(all.Attrs, func(a, b clusto.Attr) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// CheckDump compares what a store dumps with what its readers answer, while
// nobody writes.
func CheckDump(t *testing.T, s clusto.Store) {
	t.Helper()
	got := Dump(t, s)
	var want Dumped
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		var errs [3]error
		want.Version, errs[0] = r.Version(t.Context())
		want.Entities, errs[1] = clusto.Collect(r.Find(t.Context(), clusto.Match{}))
		want.Attrs, errs[2] = clusto.Collect(r.Attrs(t.Context(), clusto.AttrMatch{}))
		return errors.Join(errs[:]...)
	})
	if got.Version != want.Version {
		t.Errorf("version %d, want %d", got.Version, want.Version)
	}
	wantEqual(t, "entities", got.Entities, want.Entities, func(a, b clusto.Entity) bool { return a == b })
	wantEqual(t, "attributes", got.Attrs, want.Attrs, func(a, b clusto.Attr) bool {
		same := a.Value.Equal(b.Value) && a.Value.Text() == b.Value.Text()
		a.Value, b.Value = clusto.Value{}, clusto.Value{}
		return same && a == b
	})
}

// wantEqual reports the first difference, if any: the lists may be long.
func wantEqual[T any](t *testing.T, what string, got, want []T, same func(a, b T) bool) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if !same(got[i], want[i]) {
			t.Errorf("%s: %+v, want %+v", what, got[i], want[i])
			return
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d %s, want %d", len(got), what, len(want))
	}
}

// RunDump has a new store dump what readers answer: values of every kind and size,
// what was changed and deleted, and many rows. Then others write while it dumps, and
// every dump shows one state.
func RunDump(t *testing.T, s clusto.Store) {
	CheckDump(t, s)
	fillWorld(t, s)
	CheckDump(t, s)
	ctx := t.Context()
	values := []clusto.Value{
		{}, clusto.String(""), clusto.String("ä€😀"), clusto.Int(0), clusto.Int(1), clusto.Int(-1), clusto.Int(127), clusto.Int(-129),
		clusto.Int(1 << 15), clusto.Int(-1 << 23), clusto.Int(1 << 30),
		clusto.Time(time.Date(2012, 2, 29, 23, 59, 58, 0, time.UTC)), clusto.StoredJSON(`{"a": [1, null]}`), clusto.RelationTo(1),
	}
	for _, size := range []int{100, 1000, 3900, 4061, 4062, 5000, 40_000} {
		values = append(values, clusto.String(strings.Repeat("long ", size)[:size]))
	}
	var kept clusto.EntityID
	update(t, s, func(tx clusto.Tx) error {
		kept = create(t, tx, "kept", "thing", "generic")
		gone := create(t, tx, "gone", "thing", "generic")
		for i, v := range values {
			add(t, tx, clusto.Attr{Entity: kept, Key: "k", Number: clusto.Num(int64(i)), Value: v},
				clusto.Attr{Entity: gone, Key: "k", Subkey: clusto.Sub(fmt.Sprint("s", i)), Value: v})
		}
		return nil
	})
	update(t, s, func(tx clusto.Tx) error {
		gone := id(t, tx, "gone")
		_, err := tx.DelAttrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{kept}, Number: clusto.Is[int64](3)})
		return errors.Join(err, tx.Delete(ctx, gone), tx.Rename(ctx, kept, "called otherwise"))
	})
	CheckDump(t, s)
	update(t, s, func(tx clusto.Tx) error {
		for i := range 2000 {
			e := create(t, tx, fmt.Sprint("many", i), "thing", "generic")
			add(t, tx, clusto.Attr{Entity: e, Key: "n", Value: clusto.Int(int64(i))}, contains(kept, e))
		}
		return nil
	})
	CheckDump(t, s)
	dumpWhileWritten(t, s)
}

// dumpWhileWritten dumps while each of many changes gives one mark to two
// entities: a dump that shows it at one of them does at the other.
func dumpWhileWritten(t *testing.T, s clusto.Store) {
	var a, b clusto.EntityID
	update(t, s, func(tx clusto.Tx) error {
		a, b = create(t, tx, "aaa", "thing", "generic"), create(t, tx, "bbb", "thing", "generic")
		return nil
	})
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := range 30 {
			_, err := s.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
				mark := clusto.Int(int64(i))
				return tx.AddAttrs(t.Context(), clusto.Attr{Entity: a, Key: "mark", Value: mark}, clusto.Attr{Entity: b, Key: "mark", Value: mark})
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
	defer writer.Wait()
	for done := false; !done; {
		marks := map[clusto.EntityID]map[int64]bool{a: {}, b: {}}
		last := clusto.Version(0)
		d := Dump(t, s)
		for _, attr := range d.Attrs {
			if attr.Key == "mark" {
				marks[attr.Entity][attr.Value.Int64()] = true
			}
			last = max(last, attr.Version)
		}
		if !maps.Equal(marks[a], marks[b]) || last > d.Version {
			t.Fatalf("a dump of version %d has marks %v and %v, and attributes of version %d", d.Version, marks[a], marks[b], last)
		}
		done = len(marks[a]) == 30
	}
}
