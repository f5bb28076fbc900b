package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/clusto/clusto"
)

// TestAskedAhead asks for many names and counters at once. A transaction then
// knows those that are not there too, and asks no more.
func TestAskedAhead(t *testing.T) {
	t.Parallel()
	var ran statements
	s, _ := createAt(t, ran.options())
	const many = 3000
	_, err := s.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		for i := range many {
			e, err := tx.Create(t.Context(), fmt.Sprintf("old%d", i), "server", "basicserver")
			if err != nil {
				return err
			}
			if err := tx.SetCounter(t.Context(), e.ID, "k", int64(i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	var ids []clusto.EntityID
	for i := range many {
		names = append(names, fmt.Sprintf("old%d", i), fmt.Sprintf("new%d", i))
		ids = append(ids, clusto.EntityID(i+2))
	}
	ran.all = nil
	_, err = s.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		ctx := t.Context()
		if found, err := clusto.Collect(tx.Find(ctx, clusto.Match{Names: names})); err != nil || len(found) != many {
			t.Errorf("found %d, %v", len(found), err)
		}
		for i := range many {
			if _, err := tx.Create(ctx, fmt.Sprintf("new%d", i), "server", "basicserver"); err != nil {
				return err
			}
		}
		if _, err := tx.Create(ctx, "old2999", "server", "basicserver"); !errors.Is(err, clusto.ErrExists) {
			t.Errorf("a name that is taken: %v", err)
		}
		if _, err := tx.Create(ctx, "new7", "server", "basicserver"); !errors.Is(err, clusto.ErrExists) {
			t.Errorf("a name that was just taken: %v", err)
		}
		return readCounters(ctx, t, tx, ids)
	})
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, sql := range ran.all {
		if strings.HasPrefix(sql, "SELECT") {
			asked++
		}
	}
	if asked > 12 {
		t.Errorf("%d questions", asked)
	}
	err = s.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		n, found, err := r.Counter(t.Context(), ids[5], "k")
		if n != 105 || !found {
			t.Errorf("the counter that was changed is %d, %t", n, found)
		}
		n, found, err2 := r.Counter(t.Context(), ids[6], "other")
		if n != 7 || !found {
			t.Errorf("the counter that was made is %d, %t", n, found)
		}
		return errors.Join(err, err2)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// readCounters reads the counters of many entities, and changes some.
func readCounters(ctx context.Context, t *testing.T, tx clusto.Tx, ids []clusto.EntityID) error {
	if err := tx.SetCounter(ctx, ids[5], "k", 105); err != nil { // which reading must not forget
		return err
	}
	if err := tx.(interface {
		ReadCounters(ctx context.Context, ids ...clusto.EntityID) error
	}).ReadCounters(ctx, ids...); err != nil {
		return err
	}
	for i, id := range ids {
		want := int64(i)
		if i == 5 {
			want = 105
		}
		if n, found, err := tx.Counter(ctx, id, "k"); n != want || !found || err != nil {
			t.Fatalf("counter %d is %d, %t, %v", i, n, found, err)
		}
		if _, found, err := tx.Counter(ctx, id, "other"); found || err != nil {
			t.Fatalf("a counter that is not there: %t, %v", found, err)
		}
	}
	if _, err := tx.Entities(ctx, ids[6]); err != nil {
		return err
	}
	return tx.SetCounter(ctx, ids[6], "other", 7)
}
