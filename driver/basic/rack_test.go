package basic_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/driver/basic"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// Drivers of one half of a unit's width, and of none.
var (
	twin = &clusto.Driver{Name: "twin", Class: "Twin", Base: basic.Server, RackUnits: 1, Width: clusto.HalfWidth}
	rail = &clusto.Driver{Name: "rail", Class: "Rail", Base: basic.PowerStrip, RackUnits: clusto.NoUnits}
)

// TestHalves: what goes where in a rack, and the rows that say so, which classic
// clusto reads: one of the subkey ru in a unit, and for the rest ordinary members.
func TestHalves(t *testing.T) {
	t.Parallel()
	drivers := all.Drivers()
	for _, d := range []*clusto.Driver{twin, rail} {
		if _, err := drivers.Register(d); err != nil {
			t.Fatal(err)
		}
	}
	store := dbtest.New(t, sqlstore.Options{})
	_, err := store.Update(t.Context(), clusto.Change{User: "test"}, func(tx clusto.Tx) error {
		ctx, inv := t.Context(), clusto.NewInventory(tx, drivers)
		made := map[string]*clusto.Object{}
		for name, driver := range map[string]string{
			"r1": "basicrack", "a": "twin", "b": "twin", "c": "twin", "full": "basicserver", "full2": "basicserver", "pdu": "rail", "strip": "basicpowerstrip",
		} {
			d, _ := drivers.Driver(driver)
			o, err := inv.Create(ctx, d, name, nil)
			if err != nil {
				return err
			}
			made[name] = o
		}
		for _, step := range []struct {
			thing string
			args  []any
			want  string // a part of the error
		}{
			{"a", []any{int64(7)}, "at which side?"},
			{"a", []any{int64(7), "up"}, "no side"},
			{"full", []any{int64(7), "left"}, "takes the full width"},
			{"pdu", []any{int64(7)}, "takes no rack unit"},
			{"pdu", nil, "at which?"},
			{"full", []any{clusto.NotGiven}, "into which unit?"},
			{"a", []any{clusto.NotGiven, "left"}, "takes 1 rack units"},
			{"a", []any{int64(7), "left"}, ""},
			{"c", []any{int64(7), "left"}, "unit 7 holds a at its left"},
			{"full", []any{int64(7)}, "unit 7 holds a at its left"},
			{"b", []any{int64(7), "right"}, ""},
			{"c", []any{int64(7), "right"}, "unit 7 holds b at its right"},
			{"full", []any{int64(8)}, ""},
			{"c", []any{int64(8), "right"}, "unit 8 holds full"},
			{"c", []any{int64(9), "right"}, ""},
			{"full2", []any{int64(9)}, "unit 9 holds c at its right"},
			{"pdu", []any{clusto.NotGiven, "right"}, ""},
			{"strip", []any{clusto.NotGiven, "left"}, ""},
		} {
			err := made["r1"].Insert(ctx, made[step.thing], step.args...)
			if step.want == "" && err != nil || step.want != "" && (err == nil || !strings.Contains(err.Error(), step.want)) {
				t.Errorf("insert %s %v: %v, want %q", step.thing, step.args, err, step.want)
			}
		}
		checkRows(ctx, t, made["r1"])
		for _, look := range []struct {
			args []any
			want string
		}{
			{[]any{int64(7)}, "a"}, {[]any{int64(7), "right"}, "b"}, {[]any{int64(8), "right"}, "full"}, {[]any{int64(9)}, "c"}, {[]any{int64(9), "left"}, ""},
		} {
			got, err := made["r1"].Call(ctx, "get_device_in", look.args...)
			if err != nil {
				return err
			}
			if o, _ := got.(*clusto.Object); o == nil && look.want != "" || o != nil && o.Name != look.want {
				t.Errorf("get_device_in%v = %v, want %q", look.args, got, look.want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkRows(ctx context.Context, t *testing.T, rack *clusto.Object) {
	t.Helper()
	rows, err := rack.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains)})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, a := range rows {
		things, err := rack.Inventory().Objects(ctx, a.Value.Relation())
		if err != nil {
			t.Fatal(err)
		}
		row := a.Subkey.Or("none")
		if clusto.InUnit(a.Subkey) {
			row = a.Name()
		}
		got[things[0].Name] = row
	}
	want := map[string]string{
		"a": "_contains.ru#7", "b": "_contains.ru-right#7", "full": "_contains.ru#8", "c": "_contains.ru-right#9", "pdu": "side-right", "strip": "side-left",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("rows: -want +got\n" + diff)
	}
}
