package past_test

import (
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/demo/past"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	"github.com/clusto/clusto/rackfactory"
)

func TestSpeed(t *testing.T) {
	var clock past.Clock
	n := 0
	store, _, err := sqlite.Create(t.Context(), "/tmp/world/past.db", sqlite.Options{Options: sqlstore.Options{Now: clock.Now, OnStatement: func(string) { n++ }}})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	layouts, err := rackfactory.New(rackfactory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	drivers := all.Drivers()
	clock.Set(past.Begin(now))
	_, err = store.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		inv := clusto.NewInventory(tx, drivers)
		var m []*clusto.Object
		for class, name := range map[string]string{"BasicDatacenter": "eqix-sv3", "APCRack": "sv3-001", "BasicRack": "sv3-002"} {
			d, _ := drivers.Class(class)
			o, err := inv.Create(t.Context(), d, name, nil)
			if err != nil {
				return err
			}
			m = append(m, o)
		}
		dc, _ := inv.Object(t.Context(), "eqix-sv3")
		for _, o := range m {
			if o.Name != "eqix-sv3" {
				if err := dc.Insert(t.Context(), o); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	err = past.Write(t.Context(), past.Options{Store: store, Clock: &clock, Drivers: drivers, Factories: layouts, Now: now})
	t.Log(time.Since(began), n, err)
	if err != nil {
		t.Fatal(err)
	}
}
