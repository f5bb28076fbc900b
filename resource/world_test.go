package resource_test

import (
	"context"
	"slices"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/resource"
)

// world is a database with what the tests want to do to it.
type world struct {
	t     *testing.T
	store clusto.Store
}

func newWorld(t *testing.T) world { return world{t, classictest.New(t)} }

// do runs fn in a transaction and fails the test if that fails.
func (w world) do(fn func(ctx context.Context, inv *clusto.Inventory) error) {
	w.t.Helper()
	if err := w.try(fn); err != nil {
		w.t.Fatal(err)
	}
}

// try runs fn in a transaction.
func (w world) try(fn func(ctx context.Context, inv *clusto.Inventory) error) error {
	_, err := w.store.Update(w.t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		return fn(w.t.Context(), clusto.NewInventory(tx, all.Drivers()))
	})
	return err
}

// create makes an entity.
func (w world) create(driver, name string, props map[string]any) error {
	return w.try(func(ctx context.Context, inv *clusto.Inventory) error {
		_, err := create(ctx, inv, driver, name, props)
		return err
	})
}

func create(ctx context.Context, inv *clusto.Inventory, driver, name string, props map[string]any) (*clusto.Object, error) {
	d, ok := inv.Drivers().Driver(driver)
	if !ok {
		return nil, clusto.Errorf(clusto.ErrNotFound, "no driver %s", driver)
	}
	values := map[string]clusto.Value{}
	for key, v := range props {
		value, err := clusto.ValueOf(v)
		if err != nil {
			return nil, err
		}
		values[key] = value
	}
	return inv.Create(ctx, d, name, values)
}

// must fails the test if err is not nil.
func (w world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// allocate gives thing something from manager, nil for whatever comes next, and
// returns it as text.
func (w world) allocate(manager, thing string, want any) (string, error) {
	var text string
	err := w.try(func(ctx context.Context, inv *clusto.Inventory) error {
		m, o, err := both(ctx, inv, manager, thing)
		if err != nil {
			return err
		}
		held, err := m.Allocate(ctx, o, resource.Request{Resource: want})
		text = held.Value.Text()
		if addr, addrErr := resource.ValueAddr(held.Value); held.Key == resource.KeyIP && addrErr == nil {
			text = addr.String()
		}
		return err
	})
	return text, err
}

// deallocate takes something, or everything, from thing.
func (w world) deallocate(manager, thing string, what any) error {
	return w.try(func(ctx context.Context, inv *clusto.Inventory) error {
		m, o, err := both(ctx, inv, manager, thing)
		if err != nil {
			return err
		}
		_, err = m.Deallocate(ctx, o, what)
		return err
	})
}

func both(ctx context.Context, inv *clusto.Inventory, manager, thing string) (*resource.Manager, *clusto.Object, error) {
	o, err := inv.Object(ctx, manager)
	if err != nil {
		return nil, nil, err
	}
	m, err := resource.Of(o)
	if err != nil {
		return nil, nil, err
	}
	o, err = inv.Object(ctx, thing)
	return m, o, err
}

// rows returns the attributes of an entity whose key is one of keys, as
// classic's answers have them.
func rows(t *testing.T, store clusto.Store, name string, keys ...string) []string {
	t.Helper()
	var found []classictest.Row
	err := store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		inv := clusto.NewInventory(r, all.Drivers())
		o, err := inv.Object(t.Context(), name)
		if err != nil {
			return err
		}
		attrs, err := o.Attrs(t.Context(), clusto.AttrMatch{})
		if err != nil {
			return err
		}
		attrs = slices.DeleteFunc(attrs, func(a clusto.Attr) bool { return !slices.Contains(keys, a.Key) })
		found, err = classictest.Rows(t.Context(), inv, false, attrs)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return classictest.Multiset(t, found)
}
