package all_test

import (
	"context"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/racetest"
)

// classicPast is what classic says of the inventory at an old version.
type classicPast struct {
	Names    []string                     `json:"names"`
	Drivers  map[string][]string          `json:"drivers"` // type and driver
	Attrs    map[string][]classictest.Row `json:"attrs"`
	Contents map[string][]string          `json:"contents"`
	Parents  map[string][]string          `json:"parents"`
}

// TestClassicHistory looks at old versions of classic's database and compares
// with what classic saw there.
func TestClassicHistory(t *testing.T) {
	racetest.OneAtATime(t)
	var expected struct {
		History map[string]classicPast `json:"history"`
	}
	classictest.Expected(t, &expected)
	store := classictest.Open(t)
	for text, want := range expected.History {
		t.Run(text, func(t *testing.T) {
			version, err := strconv.Atoi(text)
			if err != nil {
				t.Fatal(err)
			}
			err = store.View(t.Context(), clusto.Version(version), func(r clusto.Reader) error {
				return want.compare(t.Context(), t, clusto.NewInventory(r, all.Drivers()))
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func (want classicPast) compare(ctx context.Context, t *testing.T, inv *clusto.Inventory) error {
	objects, err := inv.FindObjects(ctx, clusto.Match{})
	if err != nil {
		return err
	}
	drivers := map[string][]string{}
	for _, o := range objects {
		drivers[o.Name] = []string{o.Type, o.Entity.Driver}
	}
	same(t, "names", want.Names, namesOf(objects))
	if diff := cmp.Diff(want.Drivers, drivers); diff != "" {
		t.Errorf("types and drivers (-classic +ours):\n%s", diff)
	}
	for name, rows := range want.Attrs {
		o, err := inv.Object(ctx, name)
		if err != nil {
			return err
		}
		attrs, err := o.Attrs(ctx, clusto.AttrMatch{})
		if err != nil {
			return err
		}
		have, err := classictest.Rows(ctx, inv, false, attrs)
		if err != nil {
			return err
		}
		if diff := cmp.Diff(classictest.Multiset(t, rows), classictest.Multiset(t, have)); diff != "" {
			t.Errorf("%s: attributes (-classic +ours):\n%s", name, diff)
		}
		contents, err := o.Contents(ctx, false, clusto.Match{})
		if err != nil {
			return err
		}
		same(t, name+": contents", want.Contents[name], namesOf(contents))
		parents, err := o.Parents(ctx, false, clusto.Match{})
		if err != nil {
			return err
		}
		same(t, name+": parents", want.Parents[name], namesOf(parents))
	}
	return nil
}

func namesOf(objects []*clusto.Object) []string {
	names := make([]string, len(objects))
	for i, o := range objects {
		names[i] = o.Name
	}
	return names
}

// same compares two lists of names without regard to order.
func same(t *testing.T, what string, want, got []string) {
	t.Helper()
	want, got = slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-classic +ours):\n%s", what, diff)
	}
}
