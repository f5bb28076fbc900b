package resource_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// TestBareDatabases allocates in databases that have no place for hints, or no
// history: nothing is refused while it is free, and nothing handed out twice.
func TestBareDatabases(t *testing.T) {
	for _, noVersions := range []bool{false, true} {
		for _, migrated := range []bool{false, true} {
			for _, policy := range []string{"next", "lowest", "lru"} {
				t.Run(fmt.Sprintf("versions=%v/migrated=%v/%s", !noVersions, migrated, policy), func(t *testing.T) {
					c := &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
					store := dbtest.Open(t, classictest.Copy(t), sqlstore.Options{NoVersions: noVersions, Now: func() time.Time { return c.now }})
					if migrated {
						if _, err := store.Migrate(t.Context()); err != nil {
							t.Fatal(err)
						}
					}
					testBare(world{t, store}, c, policy)
				})
			}
		}
	}
}

// testBare uses up a manager of each kind, and again after its server was deleted.
func testBare(w world, c *clock, policy string) {
	free := map[string]int{"IPv4": 5, "IPv6": 3, "numbers": 4, "names": 9}
	for kindName, k := range kinds {
		props := map[string]any{"policy": policy}
		for key, v := range k.props {
			props[key] = v
		}
		if kindName == "IPv4" { // a network that classic's database has not
			props["baseip"], props["gateway"] = "172.31.255.0", "172.31.255.5"
		}
		w.must(w.create(k.driver, kindName, props))
		for round := range 3 {
			server := fmt.Sprint("bare-", kindName, round)
			w.must(w.create("basicserver", server, nil))
			seen := map[string]bool{}
			for {
				got, err := w.allocate(kindName, server, nil)
				if errors.Is(err, clusto.ErrExhausted) {
					break
				}
				if w.must(err); seen[got] {
					w.t.Fatalf("%s was handed out twice", got)
				}
				seen[got] = true
			}
			if len(seen) != free[kindName] {
				w.t.Errorf("%s: got %v, want %d", kindName, seen, free[kindName])
			}
			c.pass(time.Minute)
			if round == 1 {
				w.must(w.deallocate(kindName, server, nil))
				continue
			}
			w.do(func(ctx context.Context, inv *clusto.Inventory) error {
				o, err := inv.Object(ctx, server)
				if err != nil {
					return err
				}
				return o.Delete(ctx)
			})
		}
	}
}

// TestQuarantineUnmigrated has a server deleted in a database that has no place
// for notes: what it had rests because the history says when it was.
func TestQuarantineUnmigrated(t *testing.T) {
	c := &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	store := dbtest.Open(t, classictest.Copy(t), sqlstore.Options{Now: func() time.Time { return c.now }})
	w, k := world{t, store}, kinds["numbers"]
	w.manager(k, map[string]any{"policy": "lru", "quarantine": "1h"})
	w.must(w.create("basicserver", "s2", nil))
	for range 4 {
		_, err := w.allocate("m", "s2", nil)
		w.must(err)
	}
	w.do(func(ctx context.Context, inv *clusto.Inventory) error {
		o, err := inv.Object(ctx, "s2")
		if err != nil {
			return err
		}
		return o.Delete(ctx)
	})
	w.step(c, k, "none")
	w.step(c, k, "wait 1h")
	w.step(c, k, "none")
	w.step(c, k, "wait 1s")
	w.step(c, k, "take 1")
}
