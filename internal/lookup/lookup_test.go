package lookup_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/lookup"
)

func TestLookup(t *testing.T) {
	store := classictest.Open(t)
	_, err := store.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		inv := clusto.NewInventory(tx, all.Drivers())
		o, err := inv.Object(t.Context(), "node002")
		if err != nil {
			return err
		}
		// A switch knows the address of what is plugged in, and a name may be the
		// serial number of another.
		sw, err := inv.Object(t.Context(), "sw-01")
		if err != nil {
			return err
		}
		if err := sw.AddAttr(t.Context(), clusto.Attr{Key: "port-nic-eth", Number: clusto.Num(1), Subkey: clusto.Sub("mac"), Value: clusto.String("00163e000001")}); err != nil {
			return err
		}
		return o.AddAttr(t.Context(), clusto.Attr{Key: "system", Subkey: clusto.Sub("serial"), Value: clusto.String("rk-01")})
	})
	if err != nil {
		t.Fatal(err)
	}
	err = store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		inv := clusto.NewInventory(r, all.Drivers())
		for word, want := range map[string][]string{
			"node001":           {"node001 name"},
			"Node001":           {},
			"P0123456789":       {"node001 serial"},
			"rk-01":             {"rk-01 name", "node002 serial"},
			"192.168.50.2":      {"node001 address"},
			"::ffff:10.20.0.2":  {"node001 address"},
			"192.168.50":        {},
			"00-16-3E-00-00-01": {"node001 mac", "sw-01 mac"},
			"00163eaabb01":      {"node001 mac"},
			"":                  {},
			"\x00":              {},
		} {
			found, err := lookup.Exact(t.Context(), inv, word)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(want, texts(found)); diff != "" {
				t.Errorf("Exact(%q) (-want +got):\n%s", word, diff)
			}
			first, err := lookup.First(t.Context(), inv, word)
			if err != nil {
				return err
			}
			if len(want) > 0 && (len(first) == 0 || texts(first)[0] != want[0]) || len(first) > len(found) {
				t.Errorf("First(%q): %q, want those of the kind of %q", word, texts(first), want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func texts(found []lookup.Found) []string {
	all := []string{}
	for _, f := range found {
		all = append(all, f.Name+" "+string(f.By))
	}
	return all
}
