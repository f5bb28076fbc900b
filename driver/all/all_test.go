package all_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/driver/basic"
	"github.com/clusto/clusto/driver/drivertest"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/resource"
)

func TestDrivers(t *testing.T) {
	store := classictest.New(t)
	drivers := all.Drivers()
	for _, d := range drivers.Drivers() {
		t.Run(d.Name, func(t *testing.T) { drivertest.Run(t, store, drivers, d) })
	}
}

// scripted are the drivers of classic clusto that ship as scripts.
var scripted = map[string]bool{"equinixdatacenter": true}

// TestClassicDrivers compares every driver with classic's.
func TestClassicDrivers(t *testing.T) {
	drivers := all.Drivers()
	known := map[string]bool{}
	for _, want := range classictest.Drivers(t) {
		known[want.Driver] = true
		if scripted[want.Driver] {
			continue
		}
		d, ok := drivers.Driver(want.Driver)
		if !ok {
			t.Errorf("%s is missing", want.Driver)
			continue
		}
		if want.ResourceKey == "" {
			want.ResourceKey = "resource" // what Key says of anything else
		}
		if diff := cmp.Diff(want, describe(d)); diff != "" {
			t.Errorf("%s: -classic +ours\n%s", d.Name, diff)
		}
	}
	for _, d := range drivers.Drivers() {
		if !known[d.Name] {
			t.Errorf("%s is not a driver of classic clusto", d.Name)
		}
	}
}

// describe returns d in the words of classic's table.
func describe(d *clusto.Driver) classictest.Driver {
	got := classictest.Driver{
		Driver: d.Name, Class: d.Class, Type: d.EntityType(),
		Properties:  map[string]any{},
		Ported:      d.Has(basic.Ports),
		IP:          d.Has(basic.Addresses),
		Outlets:     d.PortNames,
		RackUnits:   d.Units(),
		ResourceKey: resource.Key(d),
	}
	if d.Base != nil {
		got.Base = d.Base.Name
	}
	for _, p := range d.Properties {
		if p.Name == resource.PropertyPolicy || p.Name == resource.PropertyQuarantine {
			continue // classic had one policy
		}
		var value any
		switch {
		case p.Default.IsNone():
		case p.Default.Kind() == clusto.KindInt:
			value = float64(p.Default.Int64())
		default:
			value = p.Default.Str()
		}
		got.Properties[p.Name] = value
	}
	for _, group := range d.AllPorts() {
		if got.Ports == nil {
			got.Ports = map[string]int{}
		}
		got.Ports[group.Type] = group.Count
	}
	return got
}
