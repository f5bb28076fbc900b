package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/clusto/clusto"
)

// testMisuse uses readers in ways that the contract forbids.
func testMisuse(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	fillTree(t, s)
	check := func(r clusto.Reader) error {
		for what, ask := range map[string]func() error{
			"Version":  func() error { _, err := r.Version(ctx); return err },
			"Entity":   func() error { _, err := r.Entity(ctx, "dc"); return err },
			"Entities": func() error { _, err := r.Entities(ctx, 1); return err },
			"Find":     func() error { _, err := clusto.Collect(r.Find(ctx, clusto.Match{})); return err },
			"Attrs":    func() error { _, err := clusto.Collect(r.Attrs(ctx, clusto.AttrMatch{})); return err },
			"Versions": func() error { _, err := clusto.Collect(r.Versions(ctx, 0)); return err },
			"Contents": func() error { _, err := r.Contents(ctx, []clusto.EntityID{1}, true); return err },
			"Parents":  func() error { _, err := r.Parents(ctx, []clusto.EntityID{1}, true); return err },
			"Counter":  func() error { _, _, err := r.Counter(ctx, 1, "x"); return err },
		} {
			rows := 0
			for _, err := range r.Attrs(ctx, clusto.AttrMatch{}) {
				if err != nil {
					t.Fatal(err)
				}
				if rows++; ask() == nil || errors.Is(ask(), clusto.ErrNotFound) {
					t.Errorf("%s answered while an answer was being ranged over", what)
				}
				if rows == 3 {
					break
				}
			}
			if err := ask(); err != nil {
				t.Errorf("%s after a range that ended early: %v", what, err)
			}
		}
		return nil
	}
	var kept clusto.Reader
	view(t, s, clusto.Live, func(r clusto.Reader) error { kept = r; return check(r) })
	update(t, s, func(tx clusto.Tx) error {
		if err := check(tx); err != nil {
			return err
		}
		seq := tx.Find(ctx, clusto.Match{}) // asks when ranged over, so it sees what is made until then
		create(t, tx, "late", "thing", "generic")
		found, err := clusto.Collect(seq)
		wantSame(t, "entities", len(found), 13)
		for range tx.Attrs(ctx, clusto.AttrMatch{}) {
			if _, err := tx.Create(ctx, "during", "thing", "generic"); err == nil {
				t.Error("Create worked while an answer was being ranged over")
			}
			break
		}
		return err
	})
	if _, err := kept.Entity(ctx, "dc"); err == nil || errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("a reader answered after its View had returned: %v", err)
	}
}

// testContext ends contexts.
func testContext(t *testing.T, s clusto.Store) {
	fillTree(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.View(ctx, clusto.Live, func(r clusto.Reader) error {
		for _, err := range r.Attrs(ctx, clusto.AttrMatch{}) {
			cancel()
			if err != nil {
				return err
			}
		}
		_, err := r.Entity(ctx, "dc")
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("View: %v, want context.Canceled", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	_, err = s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		create(t, tx, "x", "thing", "generic")
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Update: %v, want context.Canceled", err)
	}
	if err := s.View(ctx, clusto.Live, func(clusto.Reader) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("View: %v, want context.Canceled", err)
	}
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		if _, err := r.Entity(t.Context(), "x"); !errors.Is(err, clusto.ErrNotFound) {
			t.Errorf("the change of an ended context was kept: %v", err)
		}
		return nil
	})
}
