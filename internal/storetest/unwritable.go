package storetest

import (
	"errors"
	"testing"

	"github.com/clusto/clusto"
)

// RunUnwritable tests a store that may only read while another one of the same
// database writes: an Update that changes nothing is answered in one state,
// another is refused.
func RunUnwritable(t *testing.T, writer, reader clusto.Store) {
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
	_, err = reader.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		_, err := tx.Create(ctx, "mine", "server", "basicserver")
		return err
	})
	if !errors.Is(err, clusto.ErrReadOnly) {
		t.Errorf("an Update that writes: %v, want ErrReadOnly", err)
	}
}
