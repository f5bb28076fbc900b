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
	var newest clusto.Version
	var last clusto.EntityID
	view(t, s, clusto.Live, func(r clusto.Reader) (err error) {
		last = livesOf(t, r, clusto.LifeMatch{Names: []string{"last"}})[0].ID
		newest, err = r.Version(t.Context())
		return err
	})
	prune(t, s, pruner, newest)
	for _, wrong := range []clusto.Version{0, -1, 20, newest - 1, newest + 1} {
		for _, dry := range []bool{true, false} {
			if got, err := pruner.Prune(t.Context(), wrong, dry); !errors.Is(err, clusto.ErrNotFound) {
				t.Errorf("Prune %d, dry %v: %+v, %v, want ErrNotFound", wrong, dry, got, err)
			}
		}
	}
	var next clusto.EntityID
	v := update(t, s, func(tx clusto.Tx) error { next = create(t, tx, "next", "thing", "generic"); return nil })
	if v <= newest || next <= last {
		t.Errorf("after pruning, version %d makes number %d, want them after %d and %d", v, next, newest, last)
	}
}

// redactAtRandom adds a record of redactions, and an entity that is dead and
// has the highest number.
func redactAtRandom(t *testing.T, s clusto.Store) {
	t.Helper()
	update(t, s, func(tx clusto.Tx) error {
		for id := clusto.EntityID(2); id < 12; id++ {
			if _, err := tx.Redact(t.Context(), id, "k", clusto.Cond[string]{}); err != nil {
				return err
			}
		}
		last := create(t, tx, "last", "thing", "generic")
		add(t, tx, clusto.Attr{Entity: last, Key: "k", Value: clusto.String("x")})
		return nil
	})
	update(t, s, func(tx clusto.Tx) error { return tx.Delete(t.Context(), id(t, tx, "last")) })
}

// seen is all that a store shows from a version on.
type seen struct {
	States map[clusto.Version]State
	Edits  []clusto.Edit // after the version
}

// lookFrom returns what s shows from version from on.
func lookFrom(t *testing.T, s clusto.Store, from clusto.Version) seen {
	t.Helper()
	all := seen{States: map[clusto.Version]State{}}
	var newest clusto.Version
	view(t, s, clusto.Live, func(r clusto.Reader) (err error) {
		all.States[clusto.Live] = StateOf(t, r)
		all.Edits = editsOf(t, r, clusto.EditMatch{After: from})
		newest, err = r.Version(t.Context())
		return err
	})
	for v := from; v <= newest; v++ {
		view(t, s, v, func(r clusto.Reader) error { all.States[v] = StateOf(t, r); return nil })
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
	checkBlame(t, s)
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

// checkBlame looks for the version of every edit that is left.
func checkBlame(t *testing.T, s clusto.Store) {
	t.Helper()
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		versions, err := clusto.Collect(r.Versions(t.Context(), 0))
		for _, e := range editsOf(t, r, clusto.EditMatch{}) {
			if !slices.ContainsFunc(versions, func(v clusto.VersionInfo) bool { return v.Version == e.Version }) {
				t.Errorf("there is no version of %+v", e)
			}
		}
		return err
	})
}
