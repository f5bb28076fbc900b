// Package drivertest is what every driver must pass, built in or not.
package drivertest

import (
	"context"
	"errors"
	"regexp"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/basic"
)

// Run tests the driver d, which drivers holds together with all that it
// extends. store is an empty database.
func Run(t *testing.T, store clusto.Store, drivers *clusto.Registry, d *clusto.Driver) {
	t.Run("form", func(t *testing.T) { checkForm(t, drivers, d) })
	t.Run("methods", func(t *testing.T) { checkMethods(t, d) })
	t.Run("entity", func(t *testing.T) { checkEntity(t, store, drivers, d) })
}

// identifier is what scripts can write as a name.
var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func checkForm(t *testing.T, drivers *clusto.Registry, d *clusto.Driver) {
	if got, ok := drivers.Driver(d.Name); !ok || got != d {
		t.Errorf("the registry does not have it as %s", d.Name)
	}
	if got, ok := drivers.Class(d.Class); !ok || got != d || !identifier.MatchString(d.Class) {
		t.Errorf("the registry does not have it as class %q, or scripts cannot write that", d.Class)
	}
	if d.Doc == "" {
		t.Error("it does not say what it is for")
	}
	if !d.Is(clusto.RootDriver) {
		t.Errorf("it does not extend %s", clusto.RootDriver)
	}
	if d.Base != nil {
		if got, ok := drivers.Driver(d.Base.Name); !ok || got != d.Base {
			t.Errorf("its base %s is not in the registry", d.Base.Name)
		}
	}
	ports := map[string]bool{}
	for _, group := range d.AllPorts() {
		if ports[group.Type] {
			t.Errorf("ports of type %s are listed twice", group.Type)
		}
		ports[group.Type] = true
	}
	if len(ports) > 0 && !d.Has(basic.Ports) {
		t.Error("it has ports but not the methods for them")
	}
	for name, n := range d.PortNames {
		if got, ok := d.PortNamed(name); !ok || got != n {
			t.Errorf("port name %q is not found: names are in lower case, without a dot", name)
		}
	}
}

func checkMethods(t *testing.T, d *clusto.Driver) {
	for m := range d.AllMethods {
		if m.Doc == "" {
			t.Errorf("method %s does not say what it does", m.Name)
		}
		if !identifier.MatchString(m.Name) {
			t.Errorf("scripts cannot write the method name %q", m.Name)
		}
		if m.Reads && (m.OnClass || len(m.Params) > 0) {
			t.Errorf("method %s is read like a value but wants arguments, or an entity", m.Name)
		}
		for i, p := range m.Params {
			if !identifier.MatchString(p.Name) || i > 0 && m.Params[i-1].Optional && !p.Optional {
				t.Errorf("method %s: parameter %q cannot be written there", m.Name, p.Name)
			}
		}
	}
}

// checkEntity makes an entity, reads everything that can be read of it without
// arguments, and deletes it. Then nothing is left.
func checkEntity(t *testing.T, store clusto.Store, drivers *clusto.Registry, d *clusto.Driver) {
	const name = "drivertest"
	ctx := t.Context()
	errUndo := errors.New("undo")
	_, err := store.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		inv := clusto.NewInventory(tx, drivers)
		o, err := inv.Create(ctx, d, name, nil)
		if err != nil {
			return err
		}
		checkProperties(ctx, t, o)
		for m := range d.AllMethods {
			if !m.Reads {
				continue
			}
			if _, err := o.Call(ctx, m.Name); err != nil {
				t.Errorf("reading %s: %v", m.Name, err)
			}
		}
		if err := o.Delete(ctx); err != nil {
			return err
		}
		attrs, err := clusto.Collect(inv.Attrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{o.ID}}))
		if err != nil {
			return err
		}
		if len(attrs) > 0 {
			t.Errorf("after deletion %d attributes are left", len(attrs))
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		t.Error(err)
	}
}

func checkProperties(ctx context.Context, t *testing.T, o *clusto.Object) {
	if o.Type != o.Driver().EntityType() || o.Entity.Driver != o.Driver().Name {
		t.Errorf("made an entity of type %s and driver %s", o.Type, o.Entity.Driver)
	}
	for _, p := range o.Driver().AllProperties() {
		if got, err := o.Property(ctx, p.Name); err != nil || !got.Equal(p.Default) {
			t.Errorf("property %s of a new entity is %q, %v; want its default %q", p.Name, got.Text(), err, p.Default.Text())
		}
	}
	attrs, err := o.Attrs(ctx, clusto.AttrMatch{})
	if err != nil {
		t.Error(err)
	}
	for _, a := range attrs {
		if a.Subkey != clusto.Sub(clusto.SubkeyProperty) || a.Value.IsNone() {
			t.Errorf("a new entity has the attribute %s = %q, which is not a default of a property", a.Name(), a.Value.Text())
		}
	}
}
