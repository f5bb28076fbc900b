package history_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/history"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/port"
)

// world is a database with its history, and what tests do in it.
type world struct {
	t          *testing.T
	store      clusto.Store
	statements []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	w.store = dbtest.New(t, sqlstore.Options{OnStatement: func(sql string) { w.statements = append(w.statements, sql) }})
	return w
}

// hands are what a change in a world is made with.
type hands struct {
	*world
	ctx context.Context
	inv *clusto.Inventory
	tx  clusto.Tx
}

// do makes a change, which must make a version, and returns that.
func (w *world) do(why string, fn func(h hands)) clusto.Version {
	w.t.Helper()
	v, err := w.store.Update(w.t.Context(), clusto.Change{User: "ann", Description: why}, func(tx clusto.Tx) error {
		fn(hands{w, w.t.Context(), clusto.NewInventory(tx, all.Drivers()), tx})
		return nil
	})
	if err != nil {
		w.t.Fatalf("%s: %v", why, err)
	}
	if v == 0 {
		w.t.Fatalf("%s: nothing was changed", why)
	}
	return v
}

// check ends the test if err is one.
func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// make makes an entity.
func (h hands) make(driver, name string, props map[string]clusto.Value) *clusto.Object {
	h.t.Helper()
	d, ok := h.inv.Drivers().Driver(driver)
	if !ok {
		h.t.Fatalf("no driver %s", driver)
	}
	o, err := h.inv.Create(h.ctx, d, name, props)
	h.check(err)
	return o
}

func (h hands) get(name string) *clusto.Object {
	h.t.Helper()
	o, err := h.inv.Object(h.ctx, name)
	h.check(err)
	return o
}

// call calls a method of an entity; texts that begin with @ are entities.
func (h hands) call(name, method string, args ...any) {
	h.t.Helper()
	for i, a := range args {
		if text, ok := a.(string); ok && strings.HasPrefix(text, "@") {
			args[i] = h.get(text[1:])
		}
	}
	_, err := h.get(name).Call(h.ctx, method, args...)
	h.check(err)
}

// set sets attributes: a key, perhaps with a subkey after a dot, and a value.
func (h hands) set(name, key string, value any) {
	h.t.Helper()
	v, err := clusto.ValueOf(value)
	h.check(err)
	a := clusto.Attr{Key: key, Value: v}
	if k, sub, ok := strings.Cut(key, "."); ok {
		a.Key, a.Subkey = k, clusto.Sub(sub)
	}
	h.check(h.get(name).SetAttr(h.ctx, a))
}

func (h hands) unset(name, key string) {
	h.t.Helper()
	_, err := h.get(name).DelAttrs(h.ctx, clusto.AttrMatch{Key: clusto.Is(key)})
	h.check(err)
}

func (h hands) delete(name string) { h.t.Helper(); h.check(h.get(name).Delete(h.ctx)) }

func (h hands) rename(from, to string) {
	h.t.Helper()
	_, err := h.get(from).Rename(h.ctx, to)
	h.check(err)
}

// end is a port of an entity.
func (h hands) end(name, portType string, n int) port.End {
	h.t.Helper()
	e, err := port.Of(h.get(name), portType, n)
	h.check(err)
	return e
}

func (h hands) cable(a string, m int, b string, n int) {
	h.t.Helper()
	h.check(port.Connect(h.ctx, h.end(a, port.Ethernet, m), h.end(b, port.Ethernet, n)))
}

// past calls fn with the history at a version.
func (w *world) past(at clusto.Version, fn func(ctx context.Context, h clusto.History)) {
	w.t.Helper()
	err := w.store.View(w.t.Context(), at, func(r clusto.Reader) error {
		h, err := clusto.Past(r)
		if err == nil {
			fn(w.t.Context(), h)
		}
		return err
	})
	w.check(err)
}

// diffText returns d for people.
func diffText(t *testing.T, d *history.Diff) string {
	t.Helper()
	var b strings.Builder
	if err := d.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// same compares texts line by line; leading line breaks of want do not count.
func same(t *testing.T, what, want, got string) {
	t.Helper()
	if diff := cmp.Diff(strings.Split(strings.TrimLeft(want, "\n"), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// asJSON returns x as JSON.
func asJSON(t *testing.T, x any) string {
	t.Helper()
	text, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// snapshot returns all that lives, names for IDs, for comparing.
func (w *world) snapshot(at clusto.Version) map[string][]string {
	w.t.Helper()
	all := map[string][]string{}
	w.past(at, func(ctx context.Context, h clusto.History) {
		entities, err := clusto.Collect(h.Find(ctx, clusto.Match{}))
		w.check(err)
		names := map[clusto.EntityID]string{}
		for _, e := range entities {
			names[e.ID] = e.Name
			all[e.Name] = []string{e.Type + " " + e.Driver}
		}
		attrs, err := clusto.Collect(h.Attrs(ctx, clusto.AttrMatch{}))
		w.check(err)
		for _, a := range attrs {
			value := a.Value.Text()
			if to := a.Value.Relation(); to != 0 {
				value = names[to]
			}
			all[names[a.Entity]] = append(all[names[a.Entity]], a.Name()+"="+value)
		}
	})
	for _, list := range all {
		slices.Sort(list[1:])
	}
	return all
}

// sorted has cmp compare texts in any order.
var sorted = cmp.Transformer("sorted", func(list []string) []string { return slices.Sorted(slices.Values(list)) })
