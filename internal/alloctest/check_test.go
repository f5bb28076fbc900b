package alloctest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/resource"
)

// forged is a database whose history a test forges.
type forged struct {
	t     *testing.T
	store clusto.Store
}

// update changes the database as "w1" and returns the version.
func (f forged) update(fn func(ctx context.Context, inv *clusto.Inventory, tx clusto.Tx) error) clusto.Version {
	f.t.Helper()
	v, err := f.store.Update(f.t.Context(), clusto.Change{User: "w1"}, func(tx clusto.Tx) error {
		return fn(f.t.Context(), inventory(tx), tx)
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return v
}

// give gives a worker an address by hand, whoever has it already.
func (f forged) give(worker, addr, manager string) clusto.Version {
	return f.update(func(ctx context.Context, inv *clusto.Inventory, tx clusto.Tx) error {
		w, err := inv.Object(ctx, worker)
		if err != nil {
			return err
		}
		m, err := inv.Object(ctx, manager)
		if err != nil {
			return err
		}
		a, err := resource.ParseAddr(addr)
		if err != nil {
			return err
		}
		n, err := w.NextNumber(ctx, "forged")
		if err != nil {
			return err
		}
		return tx.AddAttrs(ctx,
			clusto.Attr{Entity: w.ID, Key: "ip", Number: clusto.Num(n), Value: resource.IPValue(a)},
			clusto.Attr{Entity: w.ID, Key: "ip", Number: clusto.Num(n), Subkey: clusto.Sub("manager"), Value: clusto.RelationTo(m.ID)})
	})
}

// TestChecker forges histories, and what was told of them, and checks that each is
// found out.
func TestChecker(t *testing.T) {
	const manager, addr = "net-next", "10.0.0.1"
	one := claim{manager, addr}
	for _, test := range []struct {
		name  string
		forge func(f forged, l *log)
		want  string // "" for a history that is right
	}{
		{"right", func(f forged, l *log) {
			l.note(event{Worker: "w1", Version: f.give("w1", addr, manager), Took: []claim{one}})
		}, ""},
		{"two owners", func(f forged, l *log) {
			l.note(event{Worker: "w1", Version: f.give("w1", addr, manager), Took: []claim{one}})
			l.note(event{Worker: "w1", Version: f.give("w2", addr, manager)})
		}, "net-next 10.0.0.1 has 2 owners"},
		{"not told", func(f forged, _ *log) { f.give("w1", addr, manager) }, "nobody was told of it"},
		{"told of nothing", func(f forged, l *log) {
			l.note(event{Worker: "w1", Version: f.give("w1", "10.0.0.2", manager), Took: []claim{one}})
		}, "was told that it took net-next 10.0.0.1, and nobody has it"},
		{"told of what another has", func(f forged, l *log) {
			l.note(event{Worker: "w1", Version: f.give("w2", addr, manager), Took: []claim{one}})
		}, "w1 was told that it took net-next 10.0.0.1, and w2 has it"},
		{"told of a version that is not there", func(_ forged, l *log) {
			l.note(event{Worker: "w1", Version: 99, Took: []claim{one}})
		}, "version 99, which there is not"},
		{"not given back", func(f forged, l *log) {
			v := f.give("w1", addr, manager)
			l.note(event{Worker: "w1", Version: v, Took: []claim{one}})
			l.note(event{Worker: "w1", Version: v, Gave: []claim{one}})
		}, "gave net-next 10.0.0.1 back, and it is not free"},
		{"refused without need", func(f forged, l *log) {
			l.note(event{Worker: "w1", Seen: f.give("w1", addr, manager), Refused: []claim{{manager, ""}}})
		}, "was refused anything of net-next, and 10.0.0.2 was free"},
		{"refused what was free", func(f forged, l *log) {
			v := f.give("w1", addr, manager)
			l.note(event{Worker: "w1", Version: v, Took: []claim{one}})
			l.note(event{Worker: "w1", Seen: v - 1, Refused: []claim{one}})
			l.note(event{Worker: "w1", Seen: v, Refused: []claim{one}})
		}, "was refused net-next 10.0.0.1, which was free"},
		{"half a cable", func(f forged, l *log) {
			f.update(func(ctx context.Context, inv *clusto.Inventory, tx clusto.Tx) error {
				box, err := inv.Object(ctx, poolPorts)
				if err != nil {
					return err
				}
				return tx.AddAttrs(ctx, clusto.Attr{
					Entity: box.ID, Key: "port-nic-eth", Number: clusto.Num(1), Subkey: clusto.Sub("connection"), Value: clusto.RelationTo(box.ID),
				})
			})
		}, "is half a cable"},
		{"a unit twice", func(f forged, l *log) {
			f.update(func(ctx context.Context, inv *clusto.Inventory, tx clusto.Tx) error {
				rack, err := inv.Object(ctx, poolUnits)
				if err != nil {
					return err
				}
				row := clusto.Attr{Entity: rack.ID, Key: clusto.KeyContains, Number: clusto.Num(1), Subkey: clusto.Sub("ru")}
				for _, name := range []string{"w1", "w2"} {
					w, err := inv.Object(ctx, name)
					if err != nil {
						return err
					}
					row.Value = clusto.RelationTo(w.ID)
					if err := tx.AddAttrs(ctx, row); err != nil {
						return err
					}
				}
				return nil
			})
		}, "rack 1 has 2 owners"},
		{"an address without manager", func(f forged, l *log) {
			f.update(func(ctx context.Context, inv *clusto.Inventory, tx clusto.Tx) error {
				w, err := inv.Object(ctx, "w1")
				if err != nil {
					return err
				}
				return w.AddAttr(ctx, clusto.Attr{Key: "ip", Number: clusto.Num(7), Value: clusto.Int(1)})
			})
		}, "1 resources ip#7 from 0 managers"},
		{"starved", func(f forged, l *log) {
			for range 100 {
				l.note(event{Worker: "w2"})
			}
			l.note(event{Worker: "w1"})
		}, "more than 50 times as many"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := forge(t)
			l := newLog()
			test.forge(f, l)
			c, err := newChecker(t.Context(), f.store)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(append(c.check(l), l.starved(50)...), "\n")
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("found: %s\nwant: %s", got, test.want)
			}
		})
	}
}

// forge makes a database with the workers w1 and w2.
func forge(t *testing.T) forged {
	t.Helper()
	store := dbtest.New(t, sqlstore.Options{})
	if err := setUp(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	_, err := store.Update(t.Context(), clusto.Change{Description: "arrive"}, func(tx clusto.Tx) error {
		inv := inventory(tx)
		return errors.Join(create(t.Context(), inv, "basicserver", "w1", nil), create(t.Context(), inv, "basicserver", "w2", nil))
	})
	if err != nil {
		t.Fatal(err)
	}
	return forged{t, store}
}
