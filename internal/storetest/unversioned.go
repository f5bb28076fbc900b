package storetest

import (
	"errors"
	"testing"

	"github.com/clusto/clusto"
)

// RunUnversioned tests a database that is written by turns with and without
// history, as classic clusto's "versioning" has it. Both stores are of the same
// new database; the second keeps no history.
func RunUnversioned(t *testing.T, versioned, unversioned clusto.Store) {
	ctx := t.Context()
	var plain, told clusto.EntityID
	update(t, unversioned, func(tx clusto.Tx) error {
		plain = create(t, tx, "plain", "server", "basicserver")
		add(t, tx, clusto.Attr{Entity: plain, Key: "k", Value: clusto.RelationTo(1)})
		return tx.SetCounter(ctx, plain, "c", 1)
	})
	update(t, unversioned, func(tx clusto.Tx) error { return tx.Rename(ctx, plain, "renamed") })
	update(t, unversioned, func(tx clusto.Tx) error { return tx.ChangeDriver(ctx, plain, "router", "basicrouter") })
	view(t, unversioned, clusto.Live, func(r clusto.Reader) error {
		e, err := r.Entity(ctx, "renamed")
		if e.ID != plain || e.Type != "router" || e.Driver != "basicrouter" {
			t.Errorf("renamed and of another driver: %+v", e)
		}
		return err
	})
	deleted := func() {
		t.Helper()
		update(t, unversioned, func(tx clusto.Tx) error {
			return errors.Join(tx.Delete(ctx, plain), tx.Rename(ctx, 1, "x"), tx.Rename(ctx, 1, clusto.MetaEntity))
		})
	}
	deleted()
	update(t, unversioned, func(tx clusto.Tx) error {
		if again := create(t, tx, "plain", "server", "basicserver"); again < plain {
			t.Errorf("entity %d after %d", again, plain)
		} else {
			plain = again
		}
		return nil
	})
	deleted()

	// Of what has a history the number does not become another's.
	update(t, versioned, func(tx clusto.Tx) error { told = create(t, tx, "before", "server", "basicserver"); return nil })
	update(t, versioned, func(tx clusto.Tx) error { return tx.Rename(ctx, told, "after") })
	update(t, unversioned, func(tx clusto.Tx) error { return tx.Delete(ctx, told) })
	update(t, unversioned, func(tx clusto.Tx) error {
		if other := create(t, tx, "other", "server", "basicserver"); other == told {
			t.Errorf("a new entity has the number %d of one that has a history", other)
		}
		return nil
	})
	view(t, versioned, clusto.Live, func(r clusto.Reader) error {
		lives, err := clusto.Collect(past(t, r).Lives(ctx, clusto.LifeMatch{Names: []string{"before"}}))
		if len(lives) != 1 || lives[0].ID != told || lives[0].Ended == 0 {
			t.Errorf("who was called before: %+v, want entity %d, which is dead", lives, told)
		}
		if got := find(t, r, clusto.Match{Names: []string{"before", "after"}}); len(got) != 0 {
			t.Errorf("%v live", got)
		}
		return err
	})
}
