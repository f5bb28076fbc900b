package snmptrap_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/snmp"
	"github.com/clusto/clusto/internal/snmptrap"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/rackfactory"
)

// world is an inventory in a new database.
type world struct {
	testing.TB
	store   clusto.Store
	drivers *clusto.Registry
	layouts *rackfactory.Layouts
}

func newWorld(t testing.TB) *world {
	t.Helper()
	return newWorldWith(t, sqlstore.Options{})
}

func newWorldWith(t testing.TB, o sqlstore.Options) *world {
	t.Helper()
	layouts, err := rackfactory.New(rackfactory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &world{TB: t, store: dbtest.New(t, o), drivers: all.Drivers(), layouts: layouts}
}

// daemon returns a daemon that listens on a free port of the loopback.
func (w *world) daemon(opts snmptrap.Options) *snmptrap.Daemon {
	w.Helper()
	opts.Store, opts.Drivers, opts.Factories = w.store, w.drivers, w.layouts
	if opts.Listen.Addr == "" {
		opts.Listen = snmp.Options{Addr: "127.0.0.1:0"}
	}
	d, err := snmptrap.New(opts)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { d.Close() }) // again, after Run
	return d
}

// setUp runs commands, one a line:
//
//	create DRIVER NAME [PROPERTY=VALUE …]
//	delete NAME
//	insert CONTAINER NAME [UNIT]
//	set NAME KEY[.SUBKEY][#NUMBER] VALUE
//	port NAME TYPE/NUMBER KEY VALUE
//	connect NAME TYPE/NUMBER NAME NUMBER
//	ip NAME ADDRESS
//	connect_ports RACK
//
// A value that begins with @ is an entity, digits are a number. Lines that begin
// with # and empty ones are not read.
func (w *world) setUp(script string) {
	w.Helper()
	_, err := w.store.Update(w.Context(), clusto.Change{User: "test"}, func(tx clusto.Tx) error {
		inv := clusto.NewInventory(tx, w.drivers)
		for line := range strings.Lines(script) {
			words := strings.Fields(line)
			if len(words) == 0 || words[0][0] == '#' {
				continue
			}
			if err := w.command(w.Context(), inv, words); err != nil {
				return fmt.Errorf("%s: %w", strings.TrimSpace(line), err)
			}
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) command(ctx context.Context, inv *clusto.Inventory, words []string) error {
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
	case "delete":
		return o.Delete(ctx)
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
	case "set":
		name, number, numbered := strings.Cut(words[2], "#")
		key, subkey, subkeyed := strings.Cut(name, ".")
		a := clusto.Attr{Key: key, Value: value(ctx, inv, words[3])}
		if subkeyed {
			a.Subkey = clusto.Sub(subkey)
		}
		if numbered {
			n, err := strconv.Atoi(number)
			if err != nil {
				return err
			}
			a.Number = clusto.Num(n)
		}
		return o.SetAttr(ctx, a)
	case "port":
		e, err := end(o, words[2])
		if err != nil {
			return err
		}
		return port.SetAttr(ctx, e, words[3], value(ctx, inv, words[4]))
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
	case "connect_ports":
		f, err := rackfactory.Of(ctx, w.layouts, o)
		if err != nil {
			return err
		}
		return f.ConnectPorts(ctx)
	}
	return errors.New("no such command")
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
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return clusto.Int(n)
	}
	return clusto.String(text)
}

// rows returns all live rows, a line each, sorted.
func (w *world) rows() []string {
	w.Helper()
	var lines []string
	err := w.store.View(w.Context(), clusto.Live, func(r clusto.Reader) error {
		inv := clusto.NewInventory(r, w.drivers)
		objects, err := inv.FindObjects(w.Context(), clusto.Match{})
		if err != nil {
			return err
		}
		for _, o := range objects {
			attrs, err := o.Attrs(w.Context(), clusto.AttrMatch{})
			if err != nil {
				return err
			}
			names, err := inv.Names(w.Context(), attrs)
			if err != nil {
				return err
			}
			lines = append(lines, fmt.Sprintf("%s: %s %s", o.Name, o.Type, o.Entity.Driver))
			for _, a := range attrs {
				text := a.Value.Text()
				if id := a.Value.Relation(); id != 0 {
					text = names[id]
				}
				lines = append(lines, fmt.Sprintf("%s %s = %s %s", o.Name, a.Name(), a.Value.Kind(), text))
			}
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}

// versions returns the versions after since, as user: description.
func (w *world) versions(since clusto.Version) (lines []string, newest clusto.Version) {
	w.Helper()
	err := w.store.View(w.Context(), clusto.Live, func(r clusto.Reader) error {
		all, err := clusto.Collect(r.Versions(w.Context(), since))
		if err != nil {
			return err
		}
		for _, v := range all {
			lines = append(lines, v.User+": "+v.Description)
		}
		newest, err = r.Version(w.Context())
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return lines, newest
}
