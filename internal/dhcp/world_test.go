package dhcp_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/snapshot"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/port"
)

// world is an inventory in a new database.
type world struct {
	testing.TB
	store   clusto.Store
	drivers *clusto.Registry
	engine  *dhcp.Engine
}

func newWorld(t testing.TB) *world {
	t.Helper()
	dbtest.SQLiteOnly(t, "what is decided comes from memory")
	w := &world{TB: t, store: dbtest.New(t, sqlstore.Options{}), drivers: all.Drivers()}
	w.engine = w.newEngine(dhcp.Options{})
	return w
}

func (w *world) newEngine(o dhcp.Options) *dhcp.Engine {
	w.Helper()
	o.Drivers = w.drivers
	e, err := dhcp.New(o)
	if err != nil {
		w.Fatal(err)
	}
	return e
}

// setUp runs commands, one a line:
//
//	create DRIVER NAME [PROPERTY=VALUE …]
//	insert CONTAINER NAME [UNIT]
//	set NAME KEY[.SUBKEY][#NUMBER]=VALUE
//	add NAME KEY[.SUBKEY][#NUMBER]=VALUE
//	port NAME TYPE/NUMBER KEY=VALUE
//	connect NAME TYPE/NUMBER NAME NUMBER
//	bind NAME ADDRESS [OSPORT [TYPE/NUMBER]]
//	ip NAME ADDRESS
//
// A value goes on to the end of the line. json:… is JSON, @NAME an entity, digits
// are a number.
func (w *world) setUp(script string) {
	w.Helper()
	_, err := w.store.Update(w.Context(), clusto.Change{User: "test"}, func(tx clusto.Tx) error { return w.run(tx, script) })
	if err != nil {
		w.Fatal(err)
	}
}

// run is setUp in a transaction.
func (w *world) run(tx clusto.Tx, script string) error {
	inv := clusto.NewInventory(tx, w.drivers)
	for line := range strings.Lines(script) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if err := w.command(w.Context(), inv, line); err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
	}
	return nil
}

func (w *world) command(ctx context.Context, inv *clusto.Inventory, line string) error {
	words := strings.Fields(line)
	_, written, _ := strings.Cut(line, "=")
	if words[0] == "create" {
		d, ok := w.drivers.Driver(words[1])
		if !ok {
			return errors.New("no such driver")
		}
		props := map[string]clusto.Value{}
		for _, word := range words[3:] {
			name, text, _ := strings.Cut(word, "=")
			props[name] = value(ctx, inv, text)
		}
		_, err := inv.Create(ctx, d, words[2], props)
		return err
	}
	o, err := inv.Object(ctx, words[1])
	if err != nil {
		return err
	}
	switch words[0] {
	case "insert":
		thing, err := inv.Object(ctx, words[2])
		if err != nil {
			return err
		}
		var args []any
		for _, word := range words[3:] {
			n, err := strconv.ParseInt(word, 10, 64)
			if err != nil {
				return err
			}
			args = append(args, n)
		}
		return o.Insert(ctx, thing, args...)
	case "set", "add":
		a, err := attr(words[2])
		if err != nil {
			return err
		}
		a.Value = value(ctx, inv, written)
		if words[0] == "add" {
			return o.AddAttr(ctx, a)
		}
		return o.SetAttr(ctx, a)
	case "port":
		e, err := end(o, words[2])
		if err != nil {
			return err
		}
		name, _, _ := strings.Cut(words[3], "=")
		return port.SetAttr(ctx, e, name, value(ctx, inv, written))
	case "connect":
		other, err := inv.Object(ctx, words[3])
		if err != nil {
			return err
		}
		portType, number, _ := strings.Cut(words[2], "/")
		_, err = o.Call(ctx, "connect_ports", portType, number, other, words[4])
		return err
	case "ip":
		_, err := o.Call(ctx, "add_ip", words[2])
		return err
	case "bind":
		args := []any{words[2], words[3]}
		if len(words) > 4 {
			e, err := end(o, words[4])
			if err != nil {
				return err
			}
			args = append(args, nil, e.Type, int64(e.Port))
		}
		_, err := o.Call(ctx, "bind_ip_to_osport", args...)
		return err
	}
	return errors.New("no such command")
}

func attr(text string) (clusto.Attr, error) {
	name, _, _ := strings.Cut(text, "=")
	name, number, numbered := strings.Cut(name, "#")
	key, subkey, subkeyed := strings.Cut(name, ".")
	a := clusto.Attr{Key: key}
	if subkeyed {
		a.Subkey = clusto.Sub(subkey)
	}
	if numbered {
		n, err := strconv.Atoi(number)
		if err != nil {
			return a, err
		}
		a.Number = clusto.Num(n)
	}
	return a, nil
}

func end(o *clusto.Object, text string) (port.End, error) {
	portType, number, _ := strings.Cut(text, "/")
	return port.Of(o, portType, number)
}

func value(ctx context.Context, inv *clusto.Inventory, text string) clusto.Value {
	if name, ok := strings.CutPrefix(text, "@"); ok {
		if o, err := inv.Object(ctx, name); err == nil {
			return clusto.RelationTo(o.ID)
		}
	}
	if raw, ok := strings.CutPrefix(text, "json:"); ok {
		if v, err := clusto.JSON([]byte(raw)); err == nil {
			return v
		}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return clusto.Int(n)
	}
	return clusto.String(text)
}

// decide decides about c by what is in the database.
func (w *world) decide(e *dhcp.Engine, c dhcp.Client, story *dhcp.Story) *dhcp.Answer {
	w.Helper()
	a := &dhcp.Answer{}
	err := w.store.View(w.Context(), clusto.Live, func(r clusto.Reader) error {
		return e.Decide(w.Context(), r, &c, a, story)
	})
	if err != nil {
		w.Fatal(err)
	}
	return a
}

func mac(text string) clusto.MAC {
	m, err := clusto.ParseMAC(text)
	if err != nil {
		panic(err)
	}
	return m
}

func from(macText, link string) dhcp.Client {
	c := dhcp.Client{Family: dhcp.V4, Link: netip.MustParseAddr(link)}
	if macText != "" {
		c.MAC = mac(macText)
	}
	if c.Link.Is6() {
		c.Family = dhcp.V6
	}
	return c
}

// show returns an answer as lines, for comparison.
func show(a *dhcp.Answer) string {
	var b strings.Builder
	if a.Reason != dhcp.Answered {
		fmt.Fprintf(&b, "no answer: %s\n", a.Reason)
	}
	if a.Host.Name != "" {
		fmt.Fprintf(&b, "host %s", a.Host.Name)
		if a.Port != 0 {
			fmt.Fprintf(&b, " %s/%d", a.PortType, a.Port)
		}
		for _, flag := range []struct {
			on   bool
			name string
		}{{a.BMC, "bmc"}, {a.Learn, "learn"}} {
			if flag.on {
				b.WriteString(" " + flag.name)
			}
		}
		b.WriteString("\n")
	}
	if a.Network.Prefix.IsValid() {
		fmt.Fprintf(&b, "network %s %s\n", a.Network.Manager.Name, a.Network.Prefix)
	}
	if len(a.Addrs) > 0 {
		fmt.Fprintf(&b, "addrs %v\n", a.Addrs)
	}
	if a.NextServer.IsValid() {
		fmt.Fprintf(&b, "siaddr %s\n", a.NextServer)
	}
	if a.ServerName != "" {
		fmt.Fprintf(&b, "sname %s\n", a.ServerName)
	}
	if a.BootFile != "" {
		fmt.Fprintf(&b, "file %s\n", a.BootFile)
	}
	for _, o := range a.Options {
		fmt.Fprintf(&b, "%d %s\n", o.Code, showData(o.Data))
	}
	if a.BadSettings > 0 {
		fmt.Fprintf(&b, "bad %d\n", a.BadSettings)
	}
	return b.String()
}

func showData(data []byte) string {
	text := len(data) > 4
	for _, c := range data {
		text = text && c >= ' ' && c <= '~'
	}
	if text {
		return strconv.Quote(string(data))
	}
	if addr, ok := netip.AddrFromSlice(data); ok && addr.Is4() {
		return addr.String()
	}
	return fmt.Sprintf("%x", data)
}

// snapshot returns what is in the database, in memory.
func (w *world) snapshot() *snapshot.Snapshot {
	w.Helper()
	b := snapshot.NewBuilder()
	var s *snapshot.Snapshot
	err := w.store.View(w.Context(), clusto.Live, func(r clusto.Reader) error {
		entities, err := clusto.Collect(r.Find(w.Context(), clusto.Match{}))
		if err != nil {
			return err
		}
		for _, e := range entities {
			b.Entity(e)
		}
		for a, err := range r.Attrs(w.Context(), clusto.AttrMatch{}) {
			if err != nil {
				return err
			}
			b.Attr(a)
		}
		version, err := r.Version(w.Context())
		if err == nil {
			s, err = b.Build(version)
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return s
}

// version returns the newest version.
func (w *world) version() (v clusto.Version) {
	w.Helper()
	err := w.store.View(w.Context(), clusto.Live, func(r clusto.Reader) (err error) {
		v, err = r.Version(w.Context())
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return v
}

// follow brings a snapshot of a version up to date.
func (w *world) follow(s *snapshot.Snapshot, since clusto.Version) (*snapshot.Snapshot, clusto.Version) {
	w.Helper()
	newest := w.version()
	err := w.store.View(w.Context(), clusto.Live, func(r clusto.Reader) error {
		h, err := clusto.Past(r)
		if err != nil {
			return err
		}
		edits, err := clusto.Collect(h.Edits(w.Context(), clusto.EditMatch{After: since}))
		if err == nil {
			s, err = s.Apply(newest, edits)
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return s, newest
}
