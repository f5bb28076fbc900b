package snmptrap_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/snmp"
	"github.com/clusto/clusto/internal/snmptrap"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/testenv"
)

// running is a daemon that runs until the test's end, or stop.
type running struct {
	*snmptrap.Daemon
	events chan snmptrap.Event
	stop   func()
}

// run starts a daemon whose events go to a channel.
func (w *world) run(opts snmptrap.Options) running {
	w.Helper()
	r := running{events: make(chan snmptrap.Event, 16384)}
	opts.Events = func(e snmptrap.Event) { r.events <- e }
	r.Daemon = w.daemon(opts)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- r.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.Error(err)
		}
	})
	w.Cleanup(r.stop)
	return r
}

// next returns the next event.
func (r running) next(t testing.TB) snmptrap.Event {
	t.Helper()
	select {
	case e := <-r.events:
		return e
	case <-time.After(30 * time.Second):
		t.Fatalf("no event in 30 s: %+v", r.Stats())
		panic("not reached")
	}
}

func learnt(port, vlan, n int) snmp.MACChange {
	return snmp.MACChange{Op: snmp.MACLearnt, VLAN: uint16(vlan), MAC: mac(n), Port: port}
}

func TestTrapsOverUDP(t *testing.T) {
	t.Parallel()
	user := snmp.User{Name: "clusto", Auth: snmp.SHA256, AuthPassword: "authentic words", Priv: snmp.AES, PrivPassword: "private words"}
	w := newWorld(t)
	w.setUp(base)
	r := w.run(snmptrap.Options{Listen: snmp.Options{Addr: "127.0.0.1:0", Users: []snmp.User{user}}})
	source := netip.MustParseAddr("127.0.0.11")
	for i, n := range []snmp.MACNotification{
		{Version: snmp.V1, Community: "public"},
		{Version: snmp.V2c, Community: "public"},
		{Version: snmp.V2c, Community: "public", Inform: true},
		{Version: snmp.V3, User: user},
		{Version: snmp.V3, User: user, Inform: true},
	} {
		n.To, n.From = r.Addr(), source
		n.Changes = []snmp.MACChange{learnt(i+1, 442, i+1)}
		if err := snmp.SendMACNotification(t.Context(), n); err != nil {
			t.Fatalf("SNMPv%s, inform %v: %v", n.Version, n.Inform, err)
		}
		want := fmt.Sprintf("r1-sw1 (127.0.0.11) port %d vlan 442 %s: created s%04d, a penguinserver in r1, 10.2.0.%d", i+1, mac(i+1), i+1, i+1)
		if got := r.next(t).String(); got != want {
			t.Errorf("SNMPv%s, inform %v: got %s, want %s", n.Version, n.Inform, got, want)
		}
	}
	r.stop()
	if s := r.Stats(); s.Traps != 5 || s.Created != 5 || s.Listener.Accepted != 5 {
		t.Errorf("%+v", s)
	}
}

// TestRealSNMPTrap sends with net-snmp's snmptrap.
func TestRealSNMPTrap(t *testing.T) {
	t.Parallel()
	testenv.Require(t, "snmptrap")
	user := snmp.User{Name: "clusto", Auth: snmp.SHA, AuthPassword: "authentic words", Priv: snmp.AES, PrivPassword: "private words"}
	w := newWorld(t)
	w.setUp(base)
	r := w.run(snmptrap.Options{Listen: snmp.Options{Addr: "127.0.0.1:0", Users: []snmp.User{user}}})
	for i, args := range [][]string{
		{"-v2c", "-c", "public"},
		{"-v3", "-u", "clusto", "-l", "authPriv", "-a", "SHA", "-A", "authentic words", "-x", "AES", "-X", "private words", "-e", "8000000001020304"},
	} {
		octets, err := snmp.EncodeMACChanges([]snmp.MACChange{learnt(24+i, 442, 24+i)})
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, "--clientaddr=127.0.0.11", r.Addr().String(), "1", snmp.OIDMACChanged,
			"1.3.6.1.4.1.9.9.215.1.1.8.1.2.1", "x", fmt.Sprintf("%x", octets))
		cmd := exec.CommandContext(t.Context(), "snmptrap", args...)
		dir := t.TempDir()
		cmd.Env = append(os.Environ(), "SNMPCONFPATH="+dir, "SNMP_PERSISTENT_DIR="+dir, "HOME="+dir, "MIBS=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if e := r.next(t); e.Outcome != snmptrap.Created || e.Switch != "r1-sw1" || e.Port != 24+i {
			t.Errorf("%v: %s", args[0], e)
		}
	}
}

// TestStoreErrors has the database refuse what a trap wrote.
func TestStoreErrors(t *testing.T) {
	dbtest.FakeTime(t)
	t.Parallel()
	locked := clusto.Errorf(clusto.ErrUnavailable, "database is locked")
	tests := []struct {
		name  string
		fails int
		err   error
		want  snmptrap.Stats
		after time.Duration
	}{
		{"locked for a while", 4, locked, snmptrap.Stats{Traps: 1, Changes: 2, Created: 2, Dropped: map[snmptrap.Reason]uint64{}}, 1500 * time.Millisecond},
		{"locked for good", 99, locked, snmptrap.Stats{Traps: 1, Changes: 2, Dropped: map[snmptrap.Reason]uint64{snmptrap.Database: 2}}, 1500 * time.Millisecond},
		{"conflict", 1, clusto.ErrConflict, snmptrap.Stats{Traps: 1, Changes: 2, Created: 2, Dropped: map[snmptrap.Reason]uint64{}}, 100 * time.Millisecond},
		{"read only", 1, clusto.ErrReadOnly, snmptrap.Stats{Traps: 1, Changes: 2, Dropped: map[snmptrap.Reason]uint64{snmptrap.Database: 2}}, 0},
		{"other", 1, errors.New("broken"), snmptrap.Stats{Traps: 1, Changes: 2, Dropped: map[snmptrap.Reason]uint64{snmptrap.Failed: 2}}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.setUp(base)
			before := w.rows()
			w.store = &flaky{Store: w.store, fails: tt.fails, err: tt.err}
			d := w.daemon(snmptrap.Options{})
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				d.Handle(t.Context(), parseTrap(t, "127.0.0.11: learnt 1 442 02:00:00:00:00:01, learnt 2 442 02:00:00:00:00:02"))
				if took := time.Since(began); took != tt.after {
					t.Errorf("took %s, want %s", took, tt.after)
				}
			})
			got := d.Stats()
			got.Listener = snmp.Stats{}
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("(-got +want):\n%s", diff)
			}
			if tt.want.Created == 0 && !slices.Equal(before, w.rows()) {
				t.Error("something was written")
			}
		})
	}
}

// flaky is a store whose first updates fail after their function has run.
type flaky struct {
	clusto.Store
	fails int
	err   error
}

func (f *flaky) Update(ctx context.Context, change clusto.Change, fn func(clusto.Tx) error) (clusto.Version, error) {
	if f.fails == 0 {
		return f.Store.Update(ctx, change, fn)
	}
	f.fails--
	return f.Store.Update(ctx, change, func(tx clusto.Tx) error { return errors.Join(fn(tx), f.err) })
}

func TestLog(t *testing.T) {
	dbtest.FakeTime(t)
	t.Parallel()
	w := newWorld(t)
	w.setUp(base)
	var log bytes.Buffer
	d := w.daemon(snmptrap.Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Listen: snmp.Options{Addr: "127.0.0.1:0", Communities: []string{"c"}, ReadBuffer: 4096, Log: slog.New(slog.DiscardHandler)}})
	synctest.Test(t, func(t *testing.T) {
		for range 5 {
			d.Handle(t.Context(), parseTrap(t, "192.0.2.1: learnt 1 442 02:00:00:00:00:01, learnt 2 442 02:00:00:00:00:02"))
			d.Handle(t.Context(), parseTrap(t, "127.0.0.11: learnt 48 442 02:00:00:00:00:01"))
		}
		time.Sleep(time.Minute)
		d.Handle(t.Context(), parseTrap(t, "192.0.2.1: learnt 1 442 02:00:00:00:00:01"))
		d.Handle(t.Context(), parseTrap(t, "127.0.0.11: learnt 3 442 02:00:00:00:00:03, removed 4 442 02:00:00:00:00:04"))
	})
	var got []string
	for line := range strings.Lines(log.String()) {
		_, line, _ = strings.Cut(line, " ") // the time
		got = append(got, strings.TrimSpace(line))
	}
	want := []string{
		`level=WARN msg="MAC notification dropped" source=192.0.2.1 switch="" port=1 vlan=442 mac=02:00:00:00:00:01 reason="unknown switch" err="nothing in the inventory has the address 192.0.2.1"`,
		`level=WARN msg="MAC notification dropped" source=127.0.0.11 switch=r1-sw1 port=48 vlan=442 mac=02:00:00:00:00:01 reason="not in layout" err="switch port 48 is not in layout 201001 of rack r1"`,
		`level=WARN msg="MAC notification dropped" source=192.0.2.1 switch="" port=1 vlan=442 mac=02:00:00:00:00:01 reason="unknown switch" err="nothing in the inventory has the address 192.0.2.1" repeated=9`,
		`level=INFO msg="MAC learnt: created" source=127.0.0.11 switch=r1-sw1 port=3 vlan=442 mac=02:00:00:00:00:03 entity=s0001 ip=10.2.0.1 version=4`,
		`level=INFO msg="MAC removed by the switch; nothing is cleared" source=127.0.0.11 switch="" port=4 vlan=442 mac=02:00:00:00:00:04 reason=removed`,
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("log (-got +want):\n%s", diff)
	}
}

func TestNewErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	opts := snmptrap.Options{Store: w.store, Drivers: w.drivers, Factories: w.layouts}
	for _, text := range []string{"", "zz", "00:19:fd:00:00:00:01"} {
		bad := opts
		bad.Prefixes = []string{text}
		if _, err := snmptrap.New(bad); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("prefix %q: got error %v, want ErrInvalid", text, err)
		}
	}
	if _, err := snmptrap.New(snmptrap.Options{}); !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("no store: got error %v, want ErrInvalid", err)
	}
	opts.Listen.Addr = "nowhere"
	if _, err := snmptrap.New(opts); err == nil {
		t.Error("an address that cannot be listened on: no error")
	}
}

// TestStatements checks that what a trap costs does not depend on how much is in
// the inventory, and that a repetition costs little.
func TestStatements(t *testing.T) {
	t.Parallel()
	count := func(racks int) (created, repeated int) {
		statements := 0
		w := newWorldWith(t, sqlstore.Options{OnStatement: func(sql string) {
			if !dbtest.Bookkeeping(sql) {
				statements++
			}
		}})
		w.setUp(burstRacks(racks))
		d := w.daemon(snmptrap.Options{})
		for n := 1; n <= 10; n++ {
			trap := parseTrap(t, fmt.Sprintf("127.0.1.1: learnt %d 442 %s", n, mac(n)))
			statements = 0
			d.Handle(t.Context(), trap)
			created, statements = statements, 0
			d.Handle(t.Context(), trap)
			repeated = statements
		}
		return created, repeated
	}
	created, repeated := count(1)
	createdMany, repeatedMany := count(20)
	if created != createdMany || repeated != repeatedMany {
		t.Errorf("%d and %d statements in a rack, %d and %d in twenty", created, repeated, createdMany, repeatedMany)
	}
	if created > 60 || repeated > 11 {
		t.Errorf("%d statements make a server, %d are a repetition", created, repeated)
	}
}

// BenchmarkTrapToServer measures a trap that makes a server, until that is
// committed: named, racked, cabled, with MAC and address.
func BenchmarkTrapToServer(b *testing.B) {
	const racks, servers = 200, 30
	w := newWorld(b)
	w.setUp(burstRacks(racks))
	d := w.daemon(snmptrap.Options{})
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		rack, number := n/servers, n%servers+1
		n++
		trap := parseTrap(b, fmt.Sprintf("127.0.%d.%d: learnt %d 442 %s", 1+(rack+1)/256, (rack+1)%256, number, mac(n)))
		d.Handle(b.Context(), trap)
	}
	if s := d.Stats(); s.Created != uint64(min(n, racks*servers)) {
		b.Fatalf("%d traps: %+v", n, s)
	}
}
