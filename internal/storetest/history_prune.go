package storetest

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/clusto/clusto"
)

// testPrune prunes random history and compares all that can be seen with what
// could be seen before.
func testPrune(t *testing.T, s clusto.Store) {
	changeAtRandom(t, s, 13, 60)
	redactAtRandom(t, s)
	pruner := s.(clusto.Pruner)
	for _, upTo := range []clusto.Version{20, 21, 45} {
		prune(t, s, pruner, upTo)
	}
	last := highestRows(t, s)
	prune(t, s, pruner, last.Version)
	for _, wrong := range []clusto.Version{0, -1, 20, last.Version - 1, last.Version + 1} {
		for _, dry := range []bool{true, false} {
			if got, err := pruner.Prune(t.Context(), wrong, dry); !errors.Is(err, clusto.ErrNotFound) {
				t.Errorf("Prune %d, dry %v: %+v, %v, want ErrNotFound", wrong, dry, got, err)
			}
		}
	}
	pruneToNothing(t, s, pruner, last)
}

// redactAtRandom adds a record of redactions.
func redactAtRandom(t *testing.T, s clusto.Store) {
	t.Helper()
	update(t, s, func(tx clusto.Tx) error {
		for id := clusto.EntityID(2); id < 12; id++ {
			if _, err := tx.Redact(t.Context(), id, "k", clusto.Cond[string]{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// highestRows makes an entity and an attribute with the highest numbers, both
// dead, and returns these with the version that ended the last of them.
func highestRows(t *testing.T, s clusto.Store) (highest clusto.Attr) {
	t.Helper()
	mark := clusto.AttrMatch{Key: clusto.Is("mark")}
	update(t, s, func(tx clusto.Tx) error {
		holder := create(t, tx, "holder", "thing", "generic")
		highest.Entity = create(t, tx, "last", "thing", "generic")
		add(t, tx, clusto.Attr{Entity: holder, Key: "mark"})
		highest.ID = attrsOf(t, tx, mark)[0].ID
		return nil
	})
	update(t, s, func(tx clusto.Tx) error { return tx.Delete(t.Context(), highest.Entity) })
	highest.Version = update(t, s, func(tx clusto.Tx) error {
		_, err := tx.DelAttrs(t.Context(), mark)
		return err
	})
	return highest
}

// pruneToNothing checks that numbers of rows that were pruned are not given
// again, that of a version included that has left nothing.
func pruneToNothing(t *testing.T, s clusto.Store, pruner clusto.Pruner, last clusto.Attr) {
	t.Helper()
	one := clusto.Attr{Key: "one"}
	update(t, s, func(tx clusto.Tx) error {
		one.Entity = id(t, tx, "holder")
		next := create(t, tx, "next", "thing", "generic")
		add(t, tx, one, clusto.Attr{Entity: next, Key: "two"})
		if first := attrsOf(t, tx, clusto.AttrMatch{Key: clusto.Is("one")})[0].ID; next <= last.Entity || first <= last.ID {
			t.Errorf("made entity %d and attribute %d after %d and %d were pruned", next, first, last.Entity, last.ID)
		}
		return nil
	})
	newest := update(t, s, func(tx clusto.Tx) error {
		_, err := tx.DelAttrs(t.Context(), clusto.AttrMatch{Key: clusto.Is("one")})
		return err
	})
	prune(t, s, pruner, newest)
	if v := update(t, s, func(tx clusto.Tx) error { add(t, tx, one); return nil }); v <= newest {
		t.Errorf("version %d was made after %d was pruned", v, newest)
	}
}

// seen is all that a store shows from a version on.
type seen struct {
	States map[clusto.Version]state
	Edits  []clusto.Edit // after the version
}

// lookFrom returns what s shows from version from on.
func lookFrom(t *testing.T, s clusto.Store, from clusto.Version) seen {
	t.Helper()
	all := seen{States: map[clusto.Version]state{}}
	var newest clusto.Version
	view(t, s, clusto.Live, func(r clusto.Reader) (err error) {
		all.States[clusto.Live] = stateOf(t, r)
		all.Edits = editsOf(t, r, clusto.EditMatch{After: from})
		newest, err = r.Version(t.Context())
		return err
	})
	for v := from; v <= newest; v++ {
		view(t, s, v, func(r clusto.Reader) error { all.States[v] = stateOf(t, r); return nil })
	}
	return all
}

func prune(t *testing.T, s clusto.Store, pruner clusto.Pruner, upTo clusto.Version) {
	t.Helper()
	before := lookFrom(t, s, upTo)
	would, err := pruner.Prune(t.Context(), upTo, true)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "what there is after a dry run", lookFrom(t, s, upTo).Edits, before.Edits)
	rows := rowsOf(t, s)
	did, err := pruner.Prune(t.Context(), upTo, false)
	if err != nil {
		t.Fatal(err)
	}
	if did != would || did == (clusto.Pruned{}) {
		t.Errorf("Prune %d removed %+v, and would have %+v", upTo, did, would)
	}
	if left := rowsOf(t, s); rows.Versions-left.Versions != did.Versions || rows.Entities-left.Entities != did.Entities || rows.Attrs-left.Attrs != did.Attrs {
		t.Errorf("Prune %d removed %+v, but of %+v there are left %+v", upTo, did, rows, left)
	}
	after := lookFrom(t, s, upTo)
	wantSame(t, "states after pruning", after.States, before.States)
	wantSame(t, "edits after pruning", after.Edits, before.Edits)
	if again, err := pruner.Prune(t.Context(), upTo, false); again != (clusto.Pruned{}) || err != nil {
		t.Errorf("Prune %d again: %+v, %v", upTo, again, err)
	}
	err = s.View(t.Context(), upTo-1, func(clusto.Reader) error { return nil })
	if !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("View before %d: %v, want ErrNotFound", upTo, err)
	}
	CheckPast(t, s, clusto.Live, rand.New(rand.NewPCG(5, 6)))
	checkLeft(t, s, upTo)
}

// rowsOf counts the rows that can be seen.
func rowsOf(t *testing.T, s clusto.Store) (n clusto.Pruned) {
	t.Helper()
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		versions, err := clusto.Collect(r.Versions(t.Context(), 0))
		n.Versions, n.Entities = len(versions), len(livesOf(t, r, clusto.LifeMatch{}))
		for _, e := range editsOf(t, r, clusto.EditMatch{}) {
			if e.Kind == clusto.AttrMade {
				n.Attrs++
			}
		}
		return err
	})
	return n
}

// checkLeft looks at what pruning up to a version left: the version of every
// edit, and of what ended or changed until then only what has the highest number.
func checkLeft(t *testing.T, s clusto.Store, upTo clusto.Version) {
	t.Helper()
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		versions, err := clusto.Collect(r.Versions(t.Context(), 0))
		var ended []clusto.Edit
		for _, e := range editsOf(t, r, clusto.EditMatch{}) {
			if !slices.ContainsFunc(versions, func(v clusto.VersionInfo) bool { return v.Version == e.Version }) {
				t.Errorf("there is no version of %+v", e)
			}
			if e.Version <= upTo && e.Kind != clusto.EntityMade && e.Kind != clusto.AttrMade {
				ended = append(ended, e)
			}
		}
		if len(ended) > 2 || len(ended) > 0 && upTo < 50 {
			t.Errorf("pruning up to %d left %+v", upTo, ended)
		}
		return err
	})
}
