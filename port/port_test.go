package port_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/port"
)

// update runs fn in a transaction on store.
func update(t *testing.T, store clusto.Store, fn func(ctx context.Context, inv *clusto.Inventory) error) {
	t.Helper()
	_, err := store.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		return fn(t.Context(), clusto.NewInventory(tx, all.Drivers()))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// devices makes entities: pairs of driver and name.
func devices(ctx context.Context, t *testing.T, inv *clusto.Inventory, pairs ...string) []*clusto.Object {
	t.Helper()
	var made []*clusto.Object
	for pair := range slices.Chunk(pairs, 2) {
		d, ok := inv.Drivers().Driver(pair[0])
		if !ok {
			t.Fatalf("no driver %s", pair[0])
		}
		o, err := inv.Create(ctx, d, pair[1], nil)
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, o)
	}
	return made
}

// end is port.Of for ports that are there.
func end(t *testing.T, dev *clusto.Object, portType string, num any) port.End {
	t.Helper()
	e, err := port.Of(dev, portType, num)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestOf(t *testing.T) {
	update(t, classictest.New(t), func(ctx context.Context, inv *clusto.Inventory) error {
		d := devices(ctx, t, inv, "powertowerxm", "pdu1", "basicserver", "web7", "pool", "pool1")
		for _, test := range []struct {
			dev      *clusto.Object
			portType string
			num      any
			want     string
			err      error
			hint     string
		}{
			{dev: d[0], portType: "pwr-nema-5", num: 1, want: "pdu1 pwr-nema-5/1"},
			{dev: d[0], portType: "pwr-nema-5", num: int64(32), want: "pdu1 pwr-nema-5/32"},
			{dev: d[0], portType: "pwr-nema-5", num: "aa1", want: "pdu1 pwr-nema-5/1"},
			{dev: d[0], portType: "pwr-nema-5", num: ".BB8", want: "pdu1 pwr-nema-5/32"},
			{dev: d[1], portType: "nic-eth", num: "2", want: "web7 nic-eth/2"},
			{dev: d[1], portType: "nic-eth", num: 3, want: "web7 has no port nic-eth/3; it has nic-eth/1 to 2", err: clusto.ErrNotFound},
			{dev: d[1], portType: "nic-eth", num: 0, want: "web7 has no port nic-eth/0; it has nic-eth/1 to 2", err: clusto.ErrNotFound},
			{dev: d[1], portType: "pwr-nema-5", num: "aa1", want: "web7 has no port pwr-nema-5/aa1; it has pwr-nema-5/1", err: clusto.ErrNotFound},
			{dev: d[1], portType: "usb", num: 1, want: `web7 has no port of type "usb"`, err: clusto.ErrNotFound,
				hint: "driver basicserver has ports of type console-serial, nic-eth, pwr-nema-5"},
			{dev: d[2], portType: "nic-eth", num: 1, want: `pool1 has no port of type "nic-eth"`, err: clusto.ErrNotFound,
				hint: "entities with driver pool have no ports"},
			{dev: d[1], portType: "nic-eth", num: 1.5, want: "web7 nic-eth: a port is a number or the name of an outlet, not a float", err: clusto.ErrInvalid},
		} {
			e, err := port.Of(test.dev, test.portType, test.num)
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = e.String()
			}
			if got != test.want || !errors.Is(err, test.err) || clusto.Hint(err) != test.hint {
				t.Errorf("Of(%s, %s, %v) = %s (%v, hint %q); want %s", test.dev, test.portType, test.num, got, clusto.KindOf(err), clusto.Hint(err), test.want)
			}
		}
		return nil
	})
}

// TestConnectionRows repeats a connection of classic's database and compares
// the rows on both ends.
func TestConnectionRows(t *testing.T) {
	rows := func(store clusto.Store, name, key string) (found []string) {
		update(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
			o, err := inv.Object(ctx, name)
			if err != nil {
				return err
			}
			attrs, err := o.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(key), Number: clusto.Is(int64(1))})
			if err != nil {
				return err
			}
			all, err := classictest.Rows(ctx, inv, false, attrs)
			found = classictest.Multiset(t, all)
			return err
		})
		return found
	}
	ours, classic := classictest.New(t), classictest.Open(t)
	update(t, ours, func(ctx context.Context, inv *clusto.Inventory) error {
		d := devices(ctx, t, inv, "basicserver", "node001", "basicconsoleserver", "con-01", "basicnetworkswitch", "sw-01")
		if err := port.Connect(ctx, end(t, d[0], port.Console, 1), end(t, d[1], port.Console, 1)); err != nil {
			return err
		}
		nic := end(t, d[0], port.Ethernet, 1)
		for subkey, value := range map[string]string{"cable": "cat6", "mac": "00:16:3e:00:00:01", "osname": "eth0"} {
			if err := port.SetAttr(ctx, nic, subkey, clusto.String(value)); err != nil {
				return err
			}
		}
		return port.Connect(ctx, nic, end(t, d[2], port.Ethernet, 1))
	})
	for _, test := range [][2]string{{"node001", "port-console-serial"}, {"con-01", "port-console-serial"}, {"node001", "port-nic-eth"}} {
		if diff := cmp.Diff(rows(classic, test[0], test[1]), rows(ours, test[0], test[1])); diff != "" {
			t.Errorf("%s %s: -classic +ours\n%s", test[0], test[1], diff)
		}
	}
	update(t, ours, func(ctx context.Context, inv *clusto.Inventory) error {
		o, err := inv.Object(ctx, "con-01")
		if err != nil {
			return err
		}
		return port.Disconnect(ctx, end(t, o, port.Console, 1))
	})
	for _, name := range []string{"node001", "con-01"} {
		if left := rows(ours, name, "port-console-serial"); len(left) > 0 {
			t.Errorf("%s after Disconnect: %s", name, left)
		}
	}
}

func TestConnectRefuses(t *testing.T) {
	update(t, classictest.New(t), func(ctx context.Context, inv *clusto.Inventory) error {
		d := devices(ctx, t, inv, "basicserver", "web3", "basicserver", "web7", "basicnetworkswitch", "sw1")
		web3, web7, sw := end(t, d[0], "nic-eth", 1), end(t, d[1], "nic-eth", 1), end(t, d[2], "nic-eth", 12)
		if err := port.Connect(ctx, web3, sw); err != nil {
			return err
		}
		err := port.Connect(ctx, web7, sw)
		used, ok := errors.AsType[*port.InUseError](err)
		if !ok || !errors.Is(err, clusto.ErrInUse) || used.Other.String() != "web3 nic-eth/1" {
			t.Errorf("got %v, want an InUseError naming web3", err)
		}
		if want := "connect web7 nic-eth/1 to sw1 nic-eth/12: sw1 nic-eth/12 is connected to web3 nic-eth/1"; err == nil || err.Error() != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
		for _, test := range []struct {
			a, b port.End
			err  error
		}{
			{web7, web7, clusto.ErrInvalid},
			{web7, end(t, d[0], "pwr-nema-5", 1), clusto.ErrInvalid},
			{web7, port.End{Device: d[2], Type: "nic-eth", Port: 49}, clusto.ErrNotFound},
			{web3, end(t, d[2], "nic-eth", 13), clusto.ErrInUse},
		} {
			if err := port.Connect(ctx, test.a, test.b); !errors.Is(err, test.err) {
				t.Errorf("connect %s to %s: %v, want %v", test.a, test.b, err, test.err)
			}
		}
		if err := port.Disconnect(ctx, web7); !errors.Is(err, clusto.ErrNotFound) {
			t.Errorf("disconnect a free port: %v, want ErrNotFound", err)
		}
		if err := port.SetAttr(ctx, web7, "connection", clusto.RelationTo(d[2].ID)); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("setting half a connection: %v, want ErrInvalid", err)
		}
		return port.Connect(ctx, web7, end(t, d[1], "nic-eth", 2)) // two ports of one device
	})
}

// TestOldRows reads and mends what classic left: the name of an outlet as the
// port's number, connections with one end, and numbers without connection.
func TestOldRows(t *testing.T) {
	update(t, classictest.New(t), func(ctx context.Context, inv *clusto.Inventory) error {
		d := devices(ctx, t, inv, "basicserver", "web1", "powertowerxm", "pdu1", "basicserver", "web2")
		key := clusto.Attr{Key: "port-pwr-nema-5", Number: clusto.Num(1)}
		row := func(o *clusto.Object, number int64, subkey string, v clusto.Value) {
			a := key
			a.Number, a.Subkey, a.Value = clusto.Num(number), clusto.Sub(subkey), v
			if err := o.AddAttr(ctx, a); err != nil {
				t.Fatal(err)
			}
		}
		row(d[0], 1, "connection", clusto.RelationTo(d[1].ID))
		row(d[0], 1, "otherportnum", clusto.String("ab2"))
		row(d[1], 10, "connection", clusto.RelationTo(d[0].ID))
		row(d[1], 10, "otherportnum", clusto.Int(1))
		row(d[2], 1, "connection", clusto.RelationTo(d[1].ID)) // half: no number, nothing at the strip
		row(d[1], 20, "otherportnum", clusto.Int(1))           // half: no connection

		plug := end(t, d[0], "pwr-nema-5", 1)
		peer, ok, err := port.Peer(ctx, plug)
		if err != nil || !ok || peer.String() != "pdu1 pwr-nema-5/10" {
			t.Errorf("Peer: %s, %v, %v; want pdu1 pwr-nema-5/10", peer, ok, err)
		}
		half := end(t, d[2], "pwr-nema-5", 1)
		if peer, ok, err := port.Peer(ctx, half); err != nil || !ok || peer.String() != "pdu1 pwr-nema-5/?" {
			t.Errorf("Peer: %s, %v, %v; want pdu1 pwr-nema-5/?", peer, ok, err)
		}
		stale := end(t, d[1], "pwr-nema-5", 20)
		if free, err := port.Free(ctx, stale); err != nil || !free {
			t.Errorf("Free: %v, %v; want true", free, err)
		}
		for _, e := range []port.End{plug, half} {
			if err := port.Disconnect(ctx, e); err != nil {
				t.Error(err)
			}
		}
		if err := port.Connect(ctx, half, stale); err != nil {
			t.Error(err)
		}
		attrs, err := d[1].Attrs(ctx, clusto.AttrMatch{Key: clusto.Is("port-pwr-nema-5")})
		if err != nil || len(attrs) != 2 {
			t.Errorf("pdu1 has %v, %v; want the two rows of one cable", attrs, err)
		}
		return nil
	})
}

// Half a cable that leads to a port is taken away without the cable that is there.
func TestDisconnectHalf(t *testing.T) {
	update(t, classictest.New(t), func(ctx context.Context, inv *clusto.Inventory) error {
		d := devices(ctx, t, inv, "basicserver", "web1", "basicnetworkswitch", "sw1")
		nic, half, sw := end(t, d[0], "nic-eth", 1), end(t, d[1], "nic-eth", 1), end(t, d[1], "nic-eth", 2)
		if err := port.Connect(ctx, nic, sw); err != nil {
			return err
		}
		err := d[1].AddAttrs(ctx,
			clusto.Attr{Key: half.Key(), Number: clusto.Num(1), Subkey: clusto.Sub("connection"), Value: clusto.RelationTo(d[0].ID)},
			clusto.Attr{Key: half.Key(), Number: clusto.Num(1), Subkey: clusto.Sub("otherportnum"), Value: clusto.Int(1)})
		if err != nil {
			return err
		}
		if err := port.Disconnect(ctx, half); err != nil {
			return err
		}
		if free, err := port.Free(ctx, half); !free || err != nil {
			t.Errorf("%s is free: %v, %v", half, free, err)
		}
		for _, e := range []port.End{nic, sw} {
			if _, ok, err := port.Peer(ctx, e); !ok || err != nil {
				t.Errorf("%s is connected: %v, %v", e, ok, err)
			}
		}
		return nil
	})
}

func TestDeletedPeer(t *testing.T) {
	update(t, classictest.New(t), func(ctx context.Context, inv *clusto.Inventory) error {
		d := devices(ctx, t, inv, "basicserver", "web1", "basicnetworkswitch", "sw1")
		sw := end(t, d[1], "nic-eth", 5)
		if err := port.Connect(ctx, end(t, d[0], "nic-eth", 1), sw); err != nil {
			return err
		}
		if err := port.SetAttr(ctx, sw, "vlan", clusto.Int(7)); err != nil {
			return err
		}
		if err := d[0].Delete(ctx); err != nil {
			return err
		}
		info, err := port.Info(ctx, d[1])
		if err != nil {
			return err
		}
		i := slices.IndexFunc(info, func(s port.Status) bool { return s.String() == sw.String() })
		if s := info[i]; s.Connected || !s.OtherPort.IsNone() || len(s.Attrs) != 1 {
			t.Errorf("after its peer is gone: %+v", s)
		}
		return nil
	})
}

// TestStatements: what is asked of a device does not grow with its ports.
func TestStatements(t *testing.T) {
	var statements []string
	store := dbtest.New(t, sqlstore.Options{OnStatement: func(sql string) { statements = append(statements, sql) }})
	const cables = 40
	update(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
		sw := devices(ctx, t, inv, "basicnetworkswitch", "sw1")[0]
		for i := range cables {
			web := devices(ctx, t, inv, "basicserver", "web"+string(rune('A'+i)))[0]
			if err := port.Connect(ctx, end(t, web, "nic-eth", 1), end(t, sw, "nic-eth", i+1)); err != nil {
				return err
			}
		}
		return nil
	})
	err := store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		sw, err := clusto.NewInventory(r, all.Drivers()).Object(t.Context(), "sw1")
		if err != nil {
			return err
		}
		statements = nil
		connected, err := port.Connected(t.Context(), sw, "nic-eth")
		if len(connected) != cables {
			t.Errorf("%d ports are connected, want %d", len(connected), cables)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(statements) > 4 {
		t.Errorf("%d statements:\n%s", len(statements), strings.Join(statements, "\n"))
	}
}
