package resource_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/resource"
)

// ask allocates as a request says.
func (w world) ask(manager, thing string, want resource.Request) (string, error) {
	var text string
	_, err := w.store.Update(w.t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		m, o, err := both(w.t.Context(), clusto.NewInventory(tx, all.Drivers()), manager, thing)
		if err != nil {
			return err
		}
		held, err := m.Allocate(w.t.Context(), o, want)
		text = held.Value.Text()
		if addr, addrErr := resource.ValueAddr(held.Value); err == nil && addrErr == nil && held.Key == resource.KeyIP {
			text = addr.String()
		}
		return err
	})
	return text, err
}

func TestIdempotencyKey(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("ipmanager", "net", map[string]any{"baseip": "10.0.0.0", "netmask": 24}))
	w.must(w.create("simplenummanager", "vlans", nil))
	w.must(w.create("basicserver", "s1", nil))
	w.must(w.create("basicserver", "s2", nil))
	a := resource.Request{IdempotencyKey: "a"}
	for _, test := range []struct {
		name           string
		manager, thing string
		want           resource.Request
		got            string
		err            error
		text           string
	}{
		{name: "first", manager: "net", thing: "s1", want: a, got: "10.0.0.1"},
		{name: "again", manager: "net", thing: "s1", want: a, got: "10.0.0.1"},
		{name: "another key", manager: "net", thing: "s1", want: resource.Request{IdempotencyKey: "b"}, got: "10.0.0.2"},
		{name: "no key", manager: "net", thing: "s1", got: "10.0.0.3"},
		{name: "another thing", manager: "net", thing: "s2", want: a, err: clusto.ErrConflict, text: `idempotency key "a" was used for another request`},
		{name: "another manager", manager: "vlans", thing: "s1", want: a, err: clusto.ErrConflict, text: "another request"},
		{name: "another resource", manager: "net", thing: "s1", want: resource.Request{IdempotencyKey: "a", Resource: "10.0.0.9"}, err: clusto.ErrConflict, text: "another request"},
		{name: "a number", manager: "vlans", thing: "s2", want: resource.Request{IdempotencyKey: "c", Resource: 7, Number: clusto.Num(5)}, got: "7"},
		{name: "a number again", manager: "vlans", thing: "s2", want: resource.Request{IdempotencyKey: "c", Resource: 7, Number: clusto.Num(5)}, got: "7"},
		{name: "what fails leaves no receipt", manager: "vlans", thing: "s1", want: resource.Request{IdempotencyKey: "d", Resource: 7}, err: clusto.ErrInUse, text: "7 belongs to s2"},
		{name: "and can be asked again", manager: "vlans", thing: "s1", want: resource.Request{IdempotencyKey: "d", Resource: 8}, got: "8"},
	} {
		got, err := w.ask(test.manager, test.thing, test.want)
		if got != test.got && test.err == nil || !errors.Is(err, test.err) || test.err != nil && !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: got %s, %v; want %s, %v: %s", test.name, got, err, test.got, test.err, test.text)
		}
	}
	w.must(w.deallocate("net", "s1", "10.0.0.1"))
	_, err := w.ask("net", "s1", a)
	if !errors.Is(err, clusto.ErrNotFound) || !strings.Contains(err.Error(), "got 10.0.0.1, which was given back since") {
		t.Errorf("after it was given back: %v", err)
	}
}

func TestIdempotentEntity(t *testing.T) {
	w := newWorld(t)
	w.must(w.create("simpleentitynamemanager", "names", map[string]any{"basename": "web"}))
	make1 := func(driver string, want resource.Request) (string, error) {
		var name string
		_, err := w.store.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
			inv := clusto.NewInventory(tx, all.Drivers())
			o, err := inv.Object(t.Context(), "names")
			if err != nil {
				return err
			}
			m, err := resource.Of(o)
			if err != nil {
				return err
			}
			d, _ := inv.Drivers().Driver(driver)
			made, err := m.MakeEntity(t.Context(), d, want)
			if err == nil {
				name = made.Name
			}
			return err
		})
		return name, err
	}
	a := resource.Request{IdempotencyKey: "a"}
	for range 2 {
		if got, err := make1("basicserver", a); err != nil || got != "web01" {
			t.Fatalf("got %s, %v; want web01", got, err)
		}
	}
	if _, err := make1("basicnetworkswitch", a); !errors.Is(err, clusto.ErrConflict) {
		t.Errorf("another driver: %v, want ErrConflict", err)
	}
	w.do(func(ctx context.Context, inv *clusto.Inventory) error {
		o, err := inv.Object(ctx, "web01")
		if err != nil {
			return err
		}
		return o.Delete(ctx)
	})
	if _, err := make1("basicserver", a); !errors.Is(err, clusto.ErrNotFound) || !strings.Contains(err.Error(), "got web01, which was given back since") {
		t.Errorf("after it was deleted: %v", err)
	}
}
