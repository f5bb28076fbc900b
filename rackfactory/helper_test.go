package rackfactory_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/rackfactory"
)

// textLog returns a logger that writes lines without the time.
func textLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

// world is an inventory in a new database.
type world struct {
	*testing.T
	store   clusto.Store
	drivers *clusto.Registry
	layouts rackfactory.Source
}

// newWorld returns a world with the datacenter dc and in it the rack r1, which
// names the layout.
func newWorld(t *testing.T, layout string, opts rackfactory.Options) *world {
	t.Helper()
	w := &world{T: t, store: dbtest.New(t, sqlstore.Options{}), drivers: all.Drivers(), layouts: open(t, opts)}
	w.change(func(ctx context.Context, inv *clusto.Inventory) error {
		dc := w.create(inv, "basicdatacenter", "dc", nil)
		rack := w.create(inv, "apcrack", "r1", nil)
		if err := dc.Insert(ctx, rack); err != nil {
			return err
		}
		return rack.SetAttr(ctx, clusto.Attr{Key: "racklayout", Value: clusto.String(layout)})
	})
	return w
}

// create makes an entity.
func (w *world) create(inv *clusto.Inventory, driver, name string, props map[string]clusto.Value) *clusto.Object {
	w.Helper()
	d, ok := w.drivers.Driver(driver)
	if !ok {
		w.Fatalf("no driver %s", driver)
	}
	o, err := inv.Create(w.Context(), d, name, props)
	if err != nil {
		w.Fatal(err)
	}
	return o
}

// manager makes an IP manager of a /24.
func (w *world) manager(inv *clusto.Inventory, name, base string) *clusto.Object {
	w.Helper()
	return w.create(inv, "ipmanager", name, map[string]clusto.Value{
		"baseip": clusto.String(base), "netmask": clusto.String("255.255.255.0"),
	})
}

// object returns an entity.
func (w *world) object(inv *clusto.Inventory, name string) *clusto.Object {
	w.Helper()
	o, err := inv.Object(w.Context(), name)
	if err != nil {
		w.Fatal(err)
	}
	return o
}

// try runs fn in a transaction.
func (w *world) try(fn func(context.Context, *clusto.Inventory) error) (clusto.Version, error) {
	return w.store.Update(w.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		return fn(w.Context(), clusto.NewInventory(tx, w.drivers))
	})
}

// change is try for what must not fail.
func (w *world) change(fn func(context.Context, *clusto.Inventory) error) clusto.Version {
	w.Helper()
	v, err := w.try(fn)
	if err != nil {
		w.Fatal(err, clusto.Hint(err))
	}
	return v
}

// connect connects the ports of r1.
func (w *world) connect() (clusto.Version, error) {
	return w.try(func(ctx context.Context, inv *clusto.Inventory) error {
		f, err := rackfactory.For(ctx, w.layouts, inv, "r1")
		if err != nil {
			return err
		}
		return f.ConnectPorts(ctx)
	})
}

// add makes a server, if it is not there, and adds it to r1.
func (w *world) add(name, driver string, port int) (clusto.Version, error) {
	return w.try(func(ctx context.Context, inv *clusto.Inventory) error {
		f, err := rackfactory.For(ctx, w.layouts, inv, "r1")
		if err != nil {
			return err
		}
		server, err := inv.Object(ctx, name)
		if err != nil {
			server = w.create(inv, driver, name, nil)
		}
		return f.AddServer(ctx, server, port)
	})
}

// rows returns the live rows of entities, or of all, a line each.
func (w *world) rows(names ...string) string {
	w.Helper()
	var lines []string
	err := w.store.View(w.Context(), clusto.Live, func(r clusto.Reader) error {
		inv := clusto.NewInventory(r, w.drivers)
		m := clusto.Match{Names: names}
		objects, err := inv.FindObjects(w.Context(), m)
		if err != nil {
			return err
		}
		for _, o := range objects {
			attrs, err := o.Attrs(w.Context(), clusto.AttrMatch{})
			if err != nil {
				return err
			}
			slices.SortFunc(attrs, clusto.CompareAttrs)
			lines = append(lines, fmt.Sprintf("%s: %s %s", o.Name, o.Type, o.Entity.Driver))
			for _, a := range attrs {
				text, err := inv.ValueText(w.Context(), a.Value)
				if err != nil {
					return err
				}
				lines = append(lines, fmt.Sprintf("%s %s = %s %s", o.Name, a.Name(), a.Value.Kind(), text))
			}
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return strings.Join(lines, "\n") + "\n"
}
