package storetest

import (
	"errors"
	"testing"

	"github.com/clusto/clusto"
)

// RunUnwritable tests a store that may only read while another one of the same
// database writes: an Update that changes nothing is answered, another is
// refused.
func RunUnwritable(t *testing.T, writer, reader clusto.Store) {
	ctx := t.Context()
	RunOvertaken(t, writer, reader)
	_, err := reader.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		_, err := tx.Create(ctx, "mine", "server", "basicserver")
		return err
	})
	if !errors.Is(err, clusto.ErrReadOnly) {
		t.Errorf("an Update that writes: %v, want ErrReadOnly", err)
	}
}

// RunOvertaken tests an Update that changes nothing while another store of the
// same database, a server, writes: when it was overtaken it is answered in one
// state, and holds up nobody.
func RunOvertaken(t *testing.T, writer, reader clusto.Store) {
	ctx := t.Context()
	runs := 0
	_, err := reader.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		runs++
		before := find(t, tx, clusto.Match{Types: []string{"server"}})
		update(t, writer, func(tx clusto.Tx) error {
			create(t, tx, "server"+string(rune('0'+runs)), "server", "basicserver")
			return nil
		})
		after := find(t, tx, clusto.Match{Drivers: []string{"basicserver"}})
		if runs > 1 && len(before) != len(after) {
			t.Errorf("two questions about one state: %v and %v", before, after)
		}
		return nil
	})
	if err != nil || runs != 2 {
		t.Errorf("an Update that only reads: %v after %d runs, want 2", err, runs)
	}
}

// RunUndecided tests an Update that is overtaken before it has written, and
// writes when it runs again.
func RunUndecided(t *testing.T, writer, undecided clusto.Store) {
	ctx := t.Context()
	runs := 0
	v, err := undecided.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		runs++
		if _, err := tx.Version(ctx); err != nil {
			return err
		}
		if runs == 1 {
			update(t, writer, func(tx clusto.Tx) error { create(t, tx, "first", "server", "basicserver"); return nil })
			return nil
		}
		if err := tx.ActOutside("do something"); err != nil {
			return err
		}
		_, err := tx.Create(ctx, "second", "server", "basicserver")
		return err
	})
	if v == 0 || err != nil || runs != 3 {
		t.Errorf("version %d, %v after %d runs; want a version after 3", v, err, runs)
	}
}
