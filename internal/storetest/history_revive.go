package storetest

import (
	"errors"
	"testing"

	"github.com/clusto/clusto"
)

// livesOf returns what r says about lives, or ends the test.
func livesOf(t *testing.T, r clusto.Reader, m clusto.LifeMatch) []clusto.Life {
	t.Helper()
	lives, err := clusto.Collect(past(t, r).Lives(t.Context(), m))
	if err != nil {
		t.Fatalf("Lives(%+v): %v", m, err)
	}
	return lives
}

func testRevive(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	var a, b clusto.EntityID
	made := update(t, s, func(tx clusto.Tx) error {
		a, b = create(t, tx, "a", "thing", "generic"), create(t, tx, "b", "thing", "generic")
		return nil
	})
	update(t, s, func(tx clusto.Tx) error {
		return errors.Join(tx.Rename(ctx, a, "c"), tx.ChangeDriver(ctx, a, "server", "basicserver"))
	})
	// What else happens to it in the version that deletes it is not seen.
	ended := update(t, s, func(tx clusto.Tx) error { return errors.Join(tx.Rename(ctx, a, "d"), tx.Delete(ctx, a)) })
	dead := clusto.Life{Entity: clusto.Entity{ID: a, Name: "c", Type: "server", Driver: "basicserver", Version: made}, Ended: ended}

	var again clusto.Entity
	revived := update(t, s, func(tx clusto.Tx) (err error) {
		for id, kind := range map[clusto.EntityID]error{b: clusto.ErrNotFound, b + 100: clusto.ErrNotFound, a: clusto.ErrExists} {
			if _, err := tx.Revive(ctx, id, "b"); !errors.Is(err, kind) {
				t.Errorf("Revive %d as b: %v, want %v", id, err, kind)
			}
		}
		err = tx.Nest(ctx, func(tx clusto.Tx) error {
			if _, err := tx.Revive(ctx, a, "c"); err != nil {
				t.Error(err)
			}
			return errWanted
		})
		if !errors.Is(err, errWanted) {
			return err
		}
		again, err = tx.Revive(ctx, a, "c")
		wantSame(t, "lives in the transaction", livesOf(t, tx, clusto.LifeMatch{Names: []string{"c"}}),
			[]clusto.Life{dead, {Entity: again, SuccessorOf: a}})
		return err
	})
	if again.ID == a || again.Name != "c" || again.Type != "server" || again.Driver != "basicserver" || again.Version != revived {
		t.Errorf("revived: %+v", again)
	}
	for at, want := range map[clusto.Version][]clusto.Life{
		clusto.Live: {dead, {Entity: again, SuccessorOf: a}},
		ended:       {dead},
		ended - 1:   {{Entity: dead.Entity}},
		made:        {},
	} {
		view(t, s, at, func(r clusto.Reader) error {
			wantSame(t, "lives", livesOf(t, r, clusto.LifeMatch{Names: []string{"c", "d"}}), want)
			return nil
		})
	}
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		heir := []clusto.Life{{Entity: again, SuccessorOf: a}}
		wantSame(t, "successors", livesOf(t, r, clusto.LifeMatch{SuccessorsOf: []clusto.EntityID{a, b}}), heir)
		wantSame(t, "successors by name", livesOf(t, r, clusto.LifeMatch{SuccessorsOf: []clusto.EntityID{a}, Names: []string{"c"}}), heir)
		wantSame(t, "successors of the living", livesOf(t, r, clusto.LifeMatch{SuccessorsOf: []clusto.EntityID{b}}), []clusto.Life{})
		wantSame(t, "successors of none", livesOf(t, r, clusto.LifeMatch{SuccessorsOf: []clusto.EntityID{}}), []clusto.Life{})
		return nil
	})
	view(t, s, ended, func(r clusto.Reader) error {
		wantSame(t, "successors to come", livesOf(t, r, clusto.LifeMatch{SuccessorsOf: []clusto.EntityID{a}}), []clusto.Life{})
		return nil
	})
	testReviveInVain(t, s, a)
	CheckEdits(t, s)
}

// testReviveInVain revives an entity and deletes it at once: whoever gets its
// number afterwards is nobody's successor.
func testReviveInVain(t *testing.T, s clusto.Store, dead clusto.EntityID) {
	ctx := t.Context()
	_, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		e, err := tx.Revive(ctx, dead, "short")
		if err != nil {
			return err
		}
		if err := tx.Delete(ctx, e.ID); err != nil {
			return err
		}
		return tx.SetCounter(ctx, id(t, tx, "b"), "n", 1) // so that there is something to commit
	})
	if err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx clusto.Tx) error {
		next := create(t, tx, "next", "thing", "generic")
		if lives := livesOf(t, tx, clusto.LifeMatch{IDs: []clusto.EntityID{next}}); len(lives) != 1 || lives[0].SuccessorOf != 0 {
			t.Errorf("lives of a new entity: %+v", lives)
		}
		return nil
	})
}
