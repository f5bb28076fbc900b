package resource_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/resource"
)

// newEntity makes a server named by a manager and returns its name.
func (w world) newEntity(manager, name string) (string, error) {
	var got string
	err := w.try(func(ctx context.Context, inv *clusto.Inventory) error {
		o, err := inv.Object(ctx, manager)
		if err != nil {
			return err
		}
		m, err := resource.Of(o)
		if err != nil {
			return err
		}
		d, _ := inv.Drivers().Driver("penguinserver")
		made, err := m.NewEntity(ctx, d, name)
		if err == nil {
			got = made.Name
		}
		return err
	})
	return got, err
}

func TestEntityNames(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("simpleentitynamemanager", "servernames", map[string]any{"basename": "s", "digits": 4}))
	w.must(w.create("pool", "s0003", nil))
	for _, test := range []struct{ ask, want string }{
		{"", "s0001"}, {"", "s0002"},
		{"", "s0004"}, // a pool is called s0003
		{"db1", "db1"},
		{"", "s0005"}, // db1 left the counter alone
	} {
		if got, err := w.newEntity("servernames", test.ask); err != nil || got != test.want {
			t.Errorf("got %q, %v; want %q", got, err, test.want)
		}
	}
	if _, err := w.newEntity("servernames", "s0001"); !errors.Is(err, clusto.ErrExists) {
		t.Errorf("a name that is taken: %v, want ErrExists", err)
	}
	if err := w.deallocate("servernames", "s0001", "s0001"); !errors.Is(err, clusto.ErrUnsupported) {
		t.Errorf("deallocate: %v, want ErrUnsupported", err)
	}
	w.must(w.create("simplenamemanager", "aliases", nil))
	if _, err := w.newEntity("aliases", ""); !errors.Is(err, clusto.ErrUnsupported) {
		t.Errorf("a manager of other names: %v, want ErrUnsupported", err)
	}
}

func TestNamesRunOut(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("simpleentitynamemanager", "names", map[string]any{"basename": "n", "digits": 1, "next": 8, "leadingZeros": 0}))
	for _, want := range []string{"n8", "n9"} {
		if got, err := w.newEntity("names", ""); err != nil || got != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
	_, err := w.newEntity("names", "")
	if !errors.Is(err, clusto.ErrExhausted) || !strings.Contains(err.Error(), "n10 has more than 1 digits") || clusto.Hint(err) == "" {
		t.Errorf("got %v, want ErrExhausted", err)
	}
}

// TestNameAndNumberRows repeats what classic did and compares each row.
func TestNameAndNumberRows(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("simplenamemanager", "aliases", map[string]any{"basename": "svc"}))
	w.must(w.create("simplenummanager", "vlans", map[string]any{"next": 100, "maxnum": 103}))
	w.must(w.create("resourcemanager", "licences", nil))
	w.must(w.create("basicserver", "node001", nil))
	w.must(w.create("basicserver", "node003", nil))
	for _, step := range []struct {
		manager, thing string
		want           any
	}{
		{"aliases", "node001", nil}, {"aliases", "node001", nil},
		{"vlans", "node001", nil},
		{"licences", "node003", "LIC-A"},
	} {
		if _, err := w.allocate(step.manager, step.thing, step.want); err != nil {
			t.Fatal(err)
		}
	}
	classic := classictest.Open(t)
	keys := []string{"simplename", "simplenum"}
	if diff := cmp.Diff(rows(t, classic, "node001", keys...), rows(t, w.store, "node001", keys...)); diff != "" {
		t.Errorf("-classic +ours\n%s", diff)
	}
	want := rows(t, classic, "node003", "resource")
	if diff := cmp.Diff([]string{want[1], want[2]}, rows(t, w.store, "node003", "resource")); diff != "" {
		t.Errorf("-classic +ours\n%s", diff)
	}
	if _, err := w.allocate("licences", "node001", "LIC-A"); !errors.Is(err, clusto.ErrInUse) || !strings.Contains(err.Error(), "belongs to node003") {
		t.Errorf("a licence that is taken: %v, want ErrInUse naming node003", err)
	}
	if _, err := w.allocate("licences", "node001", nil); !errors.Is(err, clusto.ErrUnsupported) {
		t.Errorf("the next licence: %v, want ErrUnsupported", err)
	}
}

func TestChosenNumber(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("resourcemanager", "licences", nil))
	w.must(w.create("basicserver", "s1", nil))
	w.do(func(ctx context.Context, inv *clusto.Inventory) error {
		m, o, err := both(ctx, inv, "licences", "s1")
		if err != nil {
			return err
		}
		held, err := m.Allocate(ctx, o, resource.Request{Resource: "A", Number: clusto.Num(7)})
		if err != nil || held.Number != clusto.Num(7) {
			t.Errorf("got %s, %v; want number 7", held.Name(), err)
		}
		if _, err := m.Allocate(ctx, o, resource.Request{Resource: "B", Number: clusto.Num(7)}); !errors.Is(err, clusto.ErrInUse) {
			t.Errorf("number 7 again: %v, want ErrInUse", err)
		}
		return nil
	})
}

// TestOwnersOfOneManager: two managers of a kind have numbers of their own.
func TestOwnersOfOneManager(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"east", "west"} {
		w.must(w.create("simplenummanager", name, map[string]any{"maxnum": 9}))
		w.must(w.create("basicserver", name+"-1", nil))
		if got, err := w.allocate(name, name+"-1", 7); err != nil || got != "7" {
			t.Fatalf("%s: %s, %v", name, got, err)
		}
	}
	w.do(func(ctx context.Context, inv *clusto.Inventory) error {
		m, _, err := both(ctx, inv, "east", "west")
		if err != nil {
			return err
		}
		owners, err := m.Owners(ctx, 7)
		if err != nil || len(owners) != 1 || owners[0].Name != "east-1" {
			t.Errorf("owners of 7 in east: %v, %v", owners, err)
		}
		count, err := m.Count(ctx)
		if err != nil || count != 1 {
			t.Errorf("count of east: %d, %v", count, err)
		}
		return nil
	})
}

func TestNumbers(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("simplenummanager", "vlans", map[string]any{"next": 10, "maxnum": 13}))
	w.must(w.create("basicserver", "s1", nil))
	if _, err := w.allocate("vlans", "s1", 11); err != nil {
		t.Fatal(err)
	}
	take := func(want string) {
		t.Helper()
		if got, err := w.allocate("vlans", "s1", nil); err != nil || got != want {
			t.Fatalf("got %s, %v; want %s", got, err, want)
		}
	}
	take("10")
	take("12") // 11 was given by hand
	w.must(w.deallocate("vlans", "s1", 10))
	take("13")
	take("10") // given back
	if _, err := w.allocate("vlans", "s1", nil); !errors.Is(err, clusto.ErrExhausted) {
		t.Errorf("got %v, want ErrExhausted", err)
	}
	if _, err := w.allocate("vlans", "s1", 14); !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("14 is beyond maxnum: %v, want ErrInvalid", err)
	}
	if _, err := w.allocate("vlans", "s1", "x"); !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("x is no number: %v, want ErrInvalid", err)
	}
}
