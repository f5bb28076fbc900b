package demo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/demo"
	"github.com/clusto/clusto/internal/script"
	"github.com/clusto/clusto/internal/snmp"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/testenv"
	"github.com/clusto/clusto/rackfactory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(testenv.Tests{M: m}) }

// options returns a demonstration on a new database that prints to out.
func options(t *testing.T, out io.Writer) demo.Options {
	t.Helper()
	store := dbtest.New(t, sqlstore.Options{})
	layouts, err := rackfactory.New(rackfactory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	drivers := all.Drivers()
	engine, err := script.New(script.Options{Store: store, Drivers: drivers, Racks: layouts})
	if err != nil {
		t.Fatal(err)
	}
	return demo.Options{
		Store:     store,
		DSN:       "sqlite:///demo.db",
		Drivers:   drivers,
		Factories: engine.RackSource(),
		Script: func(ctx context.Context, name, text string) error {
			session := engine.Session(nil)
			defer session.Close()
			return session.Run(ctx, name, text)
		},
		Rack: func(_ context.Context, w io.Writer, _ *clusto.Inventory, name string) error {
			_, err := fmt.Fprintf(w, "elevation of %s\n", name)
			return err
		},
		Out: out,
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	o := options(t, &out)
	if err := demo.Run(t.Context(), o); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, want := range []string{
		"port 2 vlan 442 00:00:5e:00:53:02: created s0002, a penguinserver in sv3-001, 192.168.20.",
		"unchanged at s0004",
		"racked s0001 in sv3-001",
		"created s0006, a penguinserver2u in sv3-002",
		"dropped, not in layout",
		"127.0.9.9 port 1 vlan 442 00:00:5e:00:53:08: dropped, unknown switch",
		"dropped, removed",
		"elevation of sv3-002\n",
		"7 traps: 5 servers made, 1 found its place, 3 reports told nothing new, 3 dropped.",
		"export CLUSTODSN=sqlite:///demo.db\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the account lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
	err := o.Store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		servers, err := clusto.Collect(r.Find(t.Context(), clusto.Match{Types: []string{"server"}}))
		if len(servers) != 6 {
			t.Errorf("there are %d servers, want 6: %v", len(servers), servers)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestRunIsInterrupted ends the demonstration when the daemon runs. What it
// started must be gone; goleak looks for that.
func TestRunIsInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	o := options(t, writerFunc(func(p []byte) (int, error) {
		if strings.Contains(string(p), "trap daemon listens") {
			cancel()
		}
		return len(p), nil
	}))
	if err := demo.Run(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want context.Canceled", err)
	}
}

// TestPast is told after the datacenter was described and before the story.
func TestPast(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	o := options(t, &out)
	o.Past = func(context.Context) (string, error) { return "The company has grown.", nil }
	if err := demo.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	described, rest, found := strings.Cut(out.String(), "The company has grown.\n")
	if !found || !strings.Contains(described, "APCRack('sv3-001')") || !strings.Contains(rest, "trap daemon listens") {
		t.Errorf("the account is not in order:\n%s", &out)
	}
	boom := errors.New("boom")
	o = options(t, io.Discard)
	o.Past = func(context.Context) (string, error) { return "", boom }
	if err := demo.Run(t.Context(), o); !errors.Is(err, boom) {
		t.Errorf("got error %v, want %v", err, boom)
	}
}

// TestGoOn listens to what the switch reports after the story, and ends it.
func TestGoOn(t *testing.T) {
	t.Parallel()
	listener, err := snmp.Listen(snmp.Options{Addr: "127.0.0.1:0", Communities: []string{demo.Community}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	var told []string
	ticks := make(chan time.Time, 2)
	ticks <- time.Time{}
	ticks <- time.Time{}
	went := make(chan error, 1)
	go func() {
		went <- demo.GoOn(ctx, listener.Addr(), ticks, func(text string) { told = append(told, text) })
	}()
	var heard []snmp.MACChange
	err = listener.Run(ctx, func(_ context.Context, trap snmp.Trap) {
		changes, err := snmp.MACChanges(trap)
		if err != nil {
			t.Error(err)
		}
		if heard = append(heard, changes...); len(heard) == 2 {
			end()
		}
	})
	if err := errors.Join(err, <-went); err != nil {
		t.Fatal(err)
	}
	if len(heard) != 2 || heard[0].Port == heard[1].Port || heard[0].MAC == heard[1].MAC {
		t.Errorf("heard %v, want two machines at two ports", heard)
	}
	if len(told) == 0 || !strings.Contains(told[0], fmt.Sprintf("port %d: %s", heard[0].Port, heard[0].MAC)) {
		t.Errorf("told %q, heard %v", told, heard)
	}
}

// TestRunFails gives back what stops the demonstration.
func TestRunFails(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	o := options(t, io.Discard)
	o.Script = func(context.Context, string, string) error { return boom }
	if err := demo.Run(t.Context(), o); !errors.Is(err, boom) {
		t.Errorf("got error %v, want %v", err, boom)
	}
	o = options(t, writerFunc(func([]byte) (int, error) { return 0, boom }))
	if err := demo.Run(t.Context(), o); !errors.Is(err, boom) {
		t.Errorf("with a writer that fails: got error %v, want %v", err, boom)
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
