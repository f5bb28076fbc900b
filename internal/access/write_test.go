package access_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/resource"
)

// world is a small inventory: sv3 has the racks r1 (web1, db1, sw1) and r2 (web2);
// the pool web has web1 and web2; web1 and db1 have passwords; net1 and net2 are
// networks, and net1 is in the pool nets.
type world struct {
	*testing.T
	store clusto.Store
	count int // statements
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t}
	w.store = dbtest.New(t, sqlstore.Options{OnStatement: func(sql string) {
		if !dbtest.Bookkeeping(sql) {
			w.count++
		}
	}})
	w.must(w.store, func(ctx context.Context, inv *clusto.Inventory) error {
		for _, e := range []struct{ driver, name, in string }{
			{"basicdatacenter", "sv3", ""}, {"pool", "web", ""}, {"pool", "nets", ""}, {"basicrack", "r1", "sv3"}, {"basicrack", "r2", "sv3"},
			{"basicserver", "web1", "web"}, {"basicserver", "web2", "web"}, {"basicserver", "db1", ""}, {"basicnetworkswitch", "sw1", ""},
		} {
			if err := w.create(ctx, inv, e.driver, e.name, nil, e.in); err != nil {
				return err
			}
		}
		for _, e := range []struct {
			rack, name string
			unit       int
		}{{"r1", "web1", 1}, {"r2", "web2", 1}, {"r1", "db1", 2}, {"r1", "sw1", 3}} {
			rack, thing := w.object(ctx, inv, e.rack), w.object(ctx, inv, e.name)
			if err := rack.Insert(ctx, thing, e.unit); err != nil {
				return err
			}
		}
		for _, name := range []string{"web1", "db1"} {
			if err := w.object(ctx, inv, name).SetAttr(ctx, password("hunter2")); err != nil {
				return err
			}
		}
		err := w.object(ctx, inv, "db1").AddAttrs(ctx, clusto.Attr{Key: "ip", Number: clusto.Num(0), Value: clusto.Int(7)})
		return errors.Join(err,
			w.create(ctx, inv, "ipmanager", "net1", map[string]clusto.Value{"baseip": clusto.String("10.0.1.0"), "netmask": clusto.String("24")}, "nets"),
			w.create(ctx, inv, "ipmanager", "net2", map[string]clusto.Value{"baseip": clusto.String("10.0.2.0"), "netmask": clusto.String("24")}, ""),
			w.allocate(ctx, inv, "net2", "sw1"),
		)
	})
	return w
}

func password(text string) clusto.Attr {
	return clusto.Attr{Key: "ipmi", Subkey: clusto.Sub("password"), Value: clusto.String(text)}
}

func (w *world) create(ctx context.Context, inv *clusto.Inventory, driver, name string, props map[string]clusto.Value, in string) error {
	d, ok := inv.Drivers().Driver(driver)
	if !ok {
		w.Fatal("no driver ", driver)
	}
	o, err := inv.Create(ctx, d, name, props)
	if err != nil || in == "" {
		return err
	}
	return w.object(ctx, inv, in).Insert(ctx, o)
}

func (w *world) object(ctx context.Context, inv *clusto.Inventory, name string) *clusto.Object {
	w.Helper()
	o, err := inv.Object(ctx, name)
	if err != nil {
		w.Fatal(err)
	}
	return o
}

// as returns the store for a subject with grants.
func (w *world) as(o access.Options, lines ...string) clusto.Store {
	w.Helper()
	s, err := access.NewSubject("ann", "192.0.2.7", lines...)
	if err != nil {
		w.Fatal(err)
	}
	p, err := access.NewPolicy(o)
	if err != nil {
		w.Fatal(err)
	}
	return access.Wrap(w.store, s, p)
}

// do changes the inventory through a store.
func (w *world) do(s clusto.Store, fn func(ctx context.Context, inv *clusto.Inventory) error) error {
	_, err := s.Update(w.Context(), clusto.Change{User: "mallory", Origin: "::1"}, func(tx clusto.Tx) error {
		return fn(w.Context(), clusto.NewInventory(tx, all.Drivers()))
	})
	return err
}

func (w *world) must(s clusto.Store, fn func(ctx context.Context, inv *clusto.Inventory) error) {
	w.Helper()
	if err := w.do(s, fn); err != nil {
		w.Fatal(err)
	}
}

// undone is a store in which no change stays.
type undone struct{ clusto.Store }

var errUndone = errors.New("undone")

func (u undone) Update(ctx context.Context, change clusto.Change, fn func(clusto.Tx) error) (clusto.Version, error) {
	_, err := u.Store.Update(ctx, change, func(tx clusto.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errUndone
	})
	if errors.Is(err, errUndone) {
		err = nil
	}
	return 0, err
}

// deeds are changes that somebody may want to make.
var deeds = map[string]func(ctx context.Context, w *world, inv *clusto.Inventory) error{
	"dhcp of web1": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		return w.object(ctx, inv, "web1").SetAttr(ctx, clusto.Attr{Key: "dhcp", Subkey: clusto.Sub("enabled"), Value: clusto.Int(1)})
	},
	"password of web1": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		return w.object(ctx, inv, "web1").SetAttr(ctx, password("new"))
	},
	"all of web1": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		_, err := w.object(ctx, inv, "web1").DelAttrs(ctx, clusto.AttrMatch{})
		return err
	},
	"rename web1": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		return inv.Reader.(clusto.Tx).Rename(ctx, w.object(ctx, inv, "web1").ID, "web9")
	},
	"rename web1 to vip1": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		return inv.Reader.(clusto.Tx).Rename(ctx, w.object(ctx, inv, "web1").ID, "vip1")
	},
	"make web1 a rack": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		return inv.Reader.(clusto.Tx).ChangeDriver(ctx, w.object(ctx, inv, "web1").ID, "rack", "basicrack")
	},
	"delete web1": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		return inv.Reader.(clusto.Tx).Delete(ctx, w.object(ctx, inv, "web1").ID)
	},
	"create web3": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		return w.create(ctx, inv, "basicserver", "web3", nil, "")
	},
	"create web3 in web": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		return w.create(ctx, inv, "basicserver", "web3", nil, "web")
	},
	"create web3 in web with dhcp": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		if err := w.create(ctx, inv, "basicserver", "web3", nil, "web"); err != nil {
			return err
		}
		return w.object(ctx, inv, "web3").SetAttr(ctx, clusto.Attr{Key: "dhcp", Value: clusto.Int(1)})
	},
	"db1 into web": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		return w.object(ctx, inv, "web").Insert(ctx, w.object(ctx, inv, "db1"))
	},
	"db1 into web, and dhcp of it": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		db := w.object(ctx, inv, "db1")
		if err := w.object(ctx, inv, "web").Insert(ctx, db); err != nil {
			return err
		}
		return db.SetAttr(ctx, clusto.Attr{Key: "dhcp", Value: clusto.Int(1)})
	},
	"web1 out of web": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		return w.object(ctx, inv, "web").Remove(ctx, w.object(ctx, inv, "web1"))
	},
	"connect web1 to sw1": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		a, err := port.Of(w.object(ctx, inv, "web1"), "nic-eth", 1)
		if err != nil {
			return err
		}
		b, err := port.Of(w.object(ctx, inv, "sw1"), "nic-eth", 7)
		if err != nil {
			return err
		}
		return port.Connect(ctx, a, b)
	},
	"address of net1 for web1": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		return w.allocate(ctx, inv, "net1", "web1")
	},
	"address of net2 for web1": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		return w.allocate(ctx, inv, "net2", "web1")
	},
	"address of net1 for web1 and back": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		if err := w.allocate(ctx, inv, "net1", "web1"); err != nil {
			return err
		}
		m, err := resource.Of(w.object(ctx, inv, "net1"))
		if err != nil {
			return err
		}
		_, err = m.Deallocate(ctx, w.object(ctx, inv, "web1"), nil)
		return err
	},
	"dhcp as if it were of net1": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		web, net := w.object(ctx, inv, "web1"), w.object(ctx, inv, "net1")
		return web.AddAttrs(ctx, clusto.Attr{Key: "dhcp", Number: clusto.Num(0), Value: clusto.Int(1)},
			clusto.Attr{Key: "dhcp", Number: clusto.Num(0), Subkey: clusto.Sub("manager"), Value: clusto.RelationTo(net.ID)})
	},
	"adopt the address of db1": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		db, net := w.object(ctx, inv, "db1"), w.object(ctx, inv, "net1")
		return db.AddAttrs(ctx, clusto.Attr{Key: "ip", Number: clusto.Num(0), Subkey: clusto.Sub("manager"), Value: clusto.RelationTo(net.ID)})
	},
	"address by hand": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		return w.object(ctx, inv, "db1").SetAttr(ctx, clusto.Attr{Key: "ip", Number: clusto.Num(0), Value: clusto.Int(8)})
	},
	"other address in place of that of sw1": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		return w.object(ctx, inv, "sw1").SetAttr(ctx, clusto.Attr{Key: "ip", Number: clusto.Num(0), Value: clusto.Int(8)})
	},
	"note about the address of sw1": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		return w.object(ctx, inv, "sw1").SetAttr(ctx, clusto.Attr{Key: "ip", Number: clusto.Num(0), Subkey: clusto.Sub("note"), Value: clusto.Int(8)})
	},
	"try delete, then dhcp": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		if err := inv.Reader.(clusto.Tx).Delete(ctx, w.object(ctx, inv, "web1").ID); !errors.Is(err, clusto.ErrDenied) {
			return err
		}
		return w.object(ctx, inv, "web1").SetAttr(ctx, clusto.Attr{Key: "dhcp", Value: clusto.Int(1)})
	},
	"create web3 in a nest that fails, then dhcp": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		undo := errors.New("undo")
		tx := inv.Reader.(clusto.Tx)
		err := tx.Nest(ctx, func(tx clusto.Tx) error {
			_, err := tx.Create(ctx, "web3", "server", "basicserver")
			return errors.Join(err, undo)
		})
		if !errors.Is(err, undo) || errors.Is(err, clusto.ErrDenied) {
			return err
		}
		return w.object(ctx, inv, "web1").SetAttr(ctx, clusto.Attr{Key: "dhcp", Value: clusto.Int(1)})
	},
	"redact": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		_, err := inv.Reader.(clusto.Tx).Redact(ctx, w.object(ctx, inv, "web1").ID, "ipmi", clusto.Cond[string]{})
		return err
	},
	"mend": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		_, err := inv.Reader.(clusto.Mender).EndAttrs(ctx, 1, 2, 3)
		return err
	},
	"hints of net1": func(ctx context.Context, w *world, inv *clusto.Inventory) error {
		return inv.Reader.(clusto.Tx).ClearFreeRanges(ctx, w.object(ctx, inv, "net1").ID)
	},
}

func (w *world) allocate(ctx context.Context, inv *clusto.Inventory, manager, thing string) error {
	m, err := resource.Of(w.object(ctx, inv, manager))
	if err != nil {
		return err
	}
	_, err = m.Allocate(ctx, w.object(ctx, inv, thing), resource.Request{})
	return err
}

// TestChanges has a subject with some grants try every deed: it can do those
// that are listed, and what it cannot do changes nothing.
func TestChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ grants, may string }{
		{"", ""},
		{"read | secret | act | script", ""},
		{"write attr/dhcp on web1", "dhcp of web1 | dhcp as if it were of net1 | try delete, then dhcp"},
		{"write attr/dhcp.enabled in pool web", "dhcp of web1"},
		{"write attr/dhcp.disabled in pool web", ""},
		{"write attr/dhcp in rack web", ""},
		{"write attr/dhcp in datacenter sv3 in pool web of type server", "dhcp of web1 | dhcp as if it were of net1 | try delete, then dhcp"},
		{"write attr/dhcp in sv3", "dhcp of web1 | dhcp as if it were of net1 | try delete, then dhcp"},
		{"write attr/ipmi in r1", "password of web1 | all of web1"}, // it has nothing else,
		{"write attr/* in r1", "dhcp of web1 | password of web1 | all of web1 | dhcp as if it were of net1 | try delete, then dhcp | address by hand | note about the address of sw1"},
		{"write entity on web1", "make web1 a rack | delete web1"},
		{"write entity in web", "rename web1 | rename web1 to vip1 | make web1 a rack | delete web1"},
		{"write entity of type server", "rename web1 | rename web1 to vip1 | delete web1 | create web3"},
		{"write entity on web1 | write entity on vip1", "rename web1 to vip1 | make web1 a rack | delete web1"},
		{"write entity in web | write contents in web", "rename web1 | rename web1 to vip1 | make web1 a rack | delete web1 | create web3 in web | web1 out of web"},
		{"write contents in web", "web1 out of web"},
		{"write contents in sv3", ""},
		{"write contents in web | write contents in sv3", "db1 into web | web1 out of web"},
		{"write * in web", "dhcp of web1 | password of web1 | all of web1 | rename web1 | rename web1 to vip1 | make web1 a rack | delete web1 | " +
			"create web3 in web | create web3 in web with dhcp | web1 out of web | dhcp as if it were of net1 | create web3 in a nest that fails, then dhcp"},
		{"write port in r1", "connect web1 to sw1"},
		{"write port in web", ""},
		{"allocate in net1", "address of net1 for web1 | address of net1 for web1 and back | hints of net1"},
		{"allocate in pool nets", "address of net1 for web1 | address of net1 for web1 and back | hints of net1"},
		{"allocate", "address of net1 for web1 | address of net2 for web1 | address of net1 for web1 and back | hints of net1 | " +
			"other address in place of that of sw1 | note about the address of sw1"},
		{"allocate in net1 | write attr/ip", "address of net1 for web1 | address of net1 for web1 and back | hints of net1 | adopt the address of db1 | " +
			"address by hand | note about the address of sw1"},
		{"write attr/* | write entity of type rack", "dhcp of web1 | password of web1 | all of web1 | dhcp as if it were of net1 | try delete, then dhcp | hints of net1 | " +
			"create web3 in a nest that fails, then dhcp | address by hand | note about the address of sw1"},
		{"admin", "*"},
	} {
		t.Run(c.grants, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			var lines []string
			if c.grants != "" {
				lines = strings.Split(c.grants, " | ")
			}
			w.store = undone{w.store}
			store := w.as(access.Options{}, lines...)
			var may []string
			if c.may != "" {
				may = strings.Split(c.may, " | ")
			}
			for name, deed := range deeds {
				err := w.do(store, func(ctx context.Context, inv *clusto.Inventory) error { return deed(ctx, w, inv) })
				switch allowed := c.may == "*" && name != "try delete, then dhcp" || slices.Contains(may, name); {
				case allowed && err != nil:
					t.Errorf("%s: %v (%s)", name, err, clusto.Hint(err))
				case !allowed && name == "try delete, then dhcp" && err == nil: // the deletion is what is permitted
				case !allowed && !errors.Is(err, clusto.ErrDenied):
					t.Errorf("%s: %v, want ErrDenied", name, err)
				}
			}
		})
	}
}
