package resource_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// onManager calls do with the manager "m".
func (w world) onManager(do func(ctx context.Context, m *resource.Manager) error) error {
	return w.try(func(ctx context.Context, inv *clusto.Inventory) error {
		o, err := inv.Object(ctx, "m")
		if err != nil {
			return err
		}
		m, err := resource.Of(o)
		if err != nil {
			return err
		}
		return do(ctx, m)
	})
}

func (w world) reserve(first, last any, reason string) error {
	return w.onManager(func(ctx context.Context, m *resource.Manager) error {
		_, err := m.Reserve(ctx, first, last, reason)
		return err
	})
}

func (w world) unreserve(first, last any) error {
	return w.onManager(func(ctx context.Context, m *resource.Manager) error { return m.Unreserve(ctx, first, last) })
}

// TestReservations reserves the second and the third resource of each kind.
func TestReservations(t *testing.T) {
	for _, policy := range []string{"next", "lowest", "lru"} {
		for kindName, k := range kinds {
			t.Run(policy+"/"+kindName, func(t *testing.T) {
				w, c := timedWorld(t)
				w.manager(k, map[string]any{"policy": policy})
				for _, n := range append([]int{4}, k.left...) {
					if !k.three {
						w.step(c, k, fmt.Sprint("name ", n))
					}
				}
				w.must(w.reserve(k.names(2)+"-"+k.names(3), nil, "routers"))
				w.step(c, k, "take 1")
				w.step(c, k, "none")
				named := any(k.names(3))
				if k.driver == "simplenummanager" {
					named = 3
				}
				_, err := w.allocate("m", "s1", named)
				want := fmt.Sprintf("%s is reserved by m: %s-%s (routers)", k.names(3), k.names(2), k.names(3))
				if !errors.Is(err, clusto.ErrInUse) || !strings.Contains(err.Error(), want) || !strings.Contains(clusto.Hint(err), "reserved=True") {
					t.Errorf("got %v, want ErrInUse: %s", err, want)
				}
				w.must(w.onManager(func(ctx context.Context, m *resource.Manager) error {
					if free, err := m.Available(ctx, named); err != nil || free {
						t.Errorf("available: %v, %v", free, err)
					}
					s1, err := m.Inventory().Object(ctx, "s1")
					if err != nil {
						return err
					}
					if _, err := m.Allocate(ctx, s1, resource.Request{Resource: named, Reserved: true}); err != nil {
						return err
					}
					_, err = m.Deallocate(ctx, s1, named)
					return err
				}))
				w.step(c, k, "none")
				w.must(w.unreserve(k.names(2), k.names(3)))
				w.step(c, k, "take 2")
				w.step(c, k, "take 3")
				w.step(c, k, "none")
			})
		}
	}
}

// TestReservationForms names what is reserved in every way.
func TestReservationForms(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("ipmanager", "m", map[string]any{"baseip": "10.0.0.0", "netmask": 24}))
	for _, r := range []struct{ first, last any }{
		{"10.0.0.1", nil}, {"10.0.0.2", "10.0.0.3"}, {"10.0.0.4 - 10.0.0.5", nil}, {"10.0.0.16/28", nil},
	} {
		w.must(w.reserve(r.first, r.last, ""))
	}
	list := func() string {
		var texts []string
		w.must(w.onManager(func(ctx context.Context, m *resource.Manager) error {
			all, err := m.Reservations(ctx)
			for _, r := range all {
				texts = append(texts, r.String())
			}
			return err
		}))
		return strings.Join(texts, ", ")
	}
	if diff := cmp.Diff("10.0.0.1, 10.0.0.2-10.0.0.3, 10.0.0.4-10.0.0.5, 10.0.0.16-10.0.0.31", list()); diff != "" {
		t.Error(diff)
	}
	for _, test := range []struct {
		err  error
		kind error
		text string
	}{
		{w.reserve("10.0.0.5", "10.0.0.9", ""), clusto.ErrExists, "10.0.0.4-10.0.0.5 is reserved already"},
		{w.reserve("10.0.0.200", "10.0.1.9", ""), clusto.ErrInvalid, "is not all of what the manager has"},
		{w.reserve("10.0.0.9", "10.0.0.8", ""), clusto.ErrInvalid, "ends before it begins"},
		{w.reserve("web1", nil, ""), clusto.ErrInvalid, `"web1" is not an IP address`},
		{w.unreserve("10.0.0.17", nil), clusto.ErrNotFound, "10.0.0.17 is not reserved"},
	} {
		if !errors.Is(test.err, test.kind) || !strings.Contains(test.err.Error(), test.text) {
			t.Errorf("got %v, want %v: %s", test.err, test.kind, test.text)
		}
	}
	if hint := clusto.Hint(w.unreserve("10.0.0.17", nil)); !strings.Contains(hint, "10.0.0.16-10.0.0.31") {
		t.Errorf("hint %q", hint)
	}
	w.must(w.unreserve("10.0.0.16/28", nil))
	w.must(w.onManager(func(ctx context.Context, m *resource.Manager) error {
		return m.AddAttr(ctx, clusto.Attr{Key: resource.KeyReserved, Number: clusto.Num(9), Value: clusto.String("all of it")})
	}))
	w.must(w.create("basicserver", "s1", nil))
	if _, err := w.allocate("m", "s1", nil); !errors.Is(err, clusto.ErrInvalid) || !strings.Contains(err.Error(), "attribute reserved#9") {
		t.Errorf("got %v, want the attribute that is wrong", err)
	}
}
