package snmptrap_test

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/snmp"
	"github.com/clusto/clusto/internal/snmptrap"
)

var update = flag.Bool("update", false, "write what comes into the files of testdata")

// base is the world that every case begins with.
const base = `
create basicdatacenter dc
set dc snmp.discovery 1
create apcrack r1
insert dc r1
set r1 racklayout 201001
create ipmanager loopback baseip=127.0.0.0 netmask=255.255.255.0
create ipmanager net baseip=10.2.0.0 netmask=255.255.255.0
create simpleentitynamemanager servernames basename=s digits=4
connect_ports r1
ip r1-sw1 127.0.0.11
set r1 ipmanager @net
`

// TestCases runs the files of testdata. In each, "setup" are commands on top of
// base; then come steps, named trap and more commands: a trap has a line
// "SOURCE: OPERATION PORT VLAN MAC, …". After a step stand its events, the
// versions it made, and the rows that came (+) and went (-), as far as there are any.
//
// Every case is run in the database alone, and with the state in memory: nothing
// may come out differently.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		if !racetest.On { // which finds no more in it, and takes long
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				testCase(t, file, false, *update)
			})
		}
		t.Run("memory/"+name, func(t *testing.T) {
			t.Parallel()
			testCase(t, file, true, false)
		})
	}
}

func testCase(t *testing.T, file string, inMemory, update bool) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := &txtar.Archive{Comment: archive.Comment}
	runCase(t, archive, got, inMemory)
	text := txtar.Format(got)
	if update {
		if err := os.WriteFile(file, text, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(text), string(txtar.Format(archive))); diff != "" {
		t.Errorf("(-got +want):\n%s", diff)
	}
}

// runCase does the steps of a case and appends them with what came of them.
func runCase(t *testing.T, archive, got *txtar.Archive, inMemory bool) {
	w := newWorld(t)
	w.setUp(base)
	var opts snmptrap.Options
	var events []string
	opts.Events = func(e snmptrap.Event) { events = append(events, e.String()) }
	var d *snmptrap.Daemon
	handle := func(trap snmp.Trap) { d.Handle(t.Context(), trap) }
	if inMemory {
		memory := &memory{world: w}
		opts.View = memory.view
		handle = func(trap snmp.Trap) { memory.handle(d, trap, &events) }
	}
	for _, f := range archive.Files {
		switch f.Name {
		case "options":
			for line := range strings.Lines(string(f.Data)) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				switch key {
				case "prefix":
					opts.Prefixes = append(opts.Prefixes, value)
				case "names":
					opts.NameManager = value
				}
			}
			got.Files = append(got.Files, f)
		case "setup":
			w.setUp(string(f.Data))
			got.Files = append(got.Files, f)
		case "trap":
			if d == nil {
				d = w.daemon(opts)
			}
			before := w.rows()
			_, newest := w.versions(0)
			events = nil
			for line := range strings.Lines(string(f.Data)) {
				handle(parseTrap(t, strings.TrimSpace(line)))
			}
			versions, _ := w.versions(newest)
			got.Files = append(got.Files, f)
			report(got, "events", events)
			report(got, "versions", versions)
			report(got, "rows", changed(before, w.rows()))
		}
	}
	checkSum(t, d.Stats())
}

// checkSum checks that every change has come to an outcome.
func checkSum(t testing.TB, s snmptrap.Stats) {
	t.Helper()
	sum := s.Created + s.Racked + s.Recorded + s.Unchanged
	for reason, n := range s.Dropped {
		if reason != snmptrap.NotAMACNotification && reason != snmptrap.Malformed {
			sum += n
		}
	}
	if sum != s.Changes {
		t.Errorf("%d changes, and outcomes of %d: %+v", s.Changes, sum, s)
	}
}

func report(got *txtar.Archive, name string, lines []string) {
	if len(lines) > 0 {
		got.Files = append(got.Files, txtar.File{Name: name, Data: []byte(strings.Join(lines, "\n") + "\n")})
	}
}

// changed returns what is only in after, with a plus, and only in before, with a minus.
func changed(before, after []string) []string {
	var lines []string
	for _, line := range before {
		if !slices.Contains(after, line) {
			lines = append(lines, "- "+line)
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			lines = append(lines, "+ "+line)
		}
	}
	return lines
}

// parseTrap reads "127.0.0.11: learnt 24 442 02:00:00:00:00:01, removed …".
func parseTrap(t testing.TB, line string) snmp.Trap {
	t.Helper()
	source, list, ok := strings.Cut(line, ": ")
	if !ok {
		t.Fatalf("trap %q", line)
	}
	trap := snmp.Trap{
		Source: netip.AddrPortFrom(netip.MustParseAddr(source), 4711),
		OID:    snmp.OIDMACChanged,
	}
	if list == "nothing" {
		return trap
	}
	trap.VarBinds = []snmp.VarBind{{OID: "1.3.6.1.4.1.9.9.215.1.1.8.1.2.1", Value: []byte(list)}}
	if list == "garbage" {
		return trap
	}
	var changes []snmp.MACChange
	for part := range strings.SplitSeq(list, ", ") {
		changes = append(changes, parseChange(t, part))
	}
	octets, err := snmp.EncodeMACChanges(changes)
	if err != nil {
		t.Fatal(err)
	}
	trap.VarBinds[0].Value = octets
	return trap
}

func parseChange(t testing.TB, text string) snmp.MACChange {
	t.Helper()
	words := strings.Fields(text)
	op := map[string]snmp.MACOp{"learnt": snmp.MACLearnt, "removed": snmp.MACRemoved}[words[0]]
	number, err := strconv.Atoi(words[1])
	if err != nil {
		t.Fatal(err)
	}
	vlan, err := strconv.Atoi(words[2])
	if err != nil {
		t.Fatal(err)
	}
	mac, err := clusto.ParseMAC(words[3])
	if err != nil {
		t.Fatal(err)
	}
	return snmp.MACChange{Op: op, Port: number, VLAN: uint16(vlan), MAC: snmp.MAC(mac)}
}

// mac returns the nth address for tests.
func mac(n int) snmp.MAC { return snmp.MAC{2, 0, 0, byte(n >> 16), byte(n >> 8), byte(n)} }

func ExampleEvent_String() {
	fmt.Println(snmptrap.Event{
		Outcome: snmptrap.Created, Source: netip.MustParseAddr("127.0.0.11"), Switch: "sv3-001-sw1",
		Port: 24, VLAN: 442, MAC: clusto.MAC(mac(1)),
		Server: "s0003", Driver: "penguinserver", Rack: "sv3-001", Address: netip.MustParseAddr("10.2.3.4"),
	})
	// Output: sv3-001-sw1 (127.0.0.11) port 24 vlan 442 02:00:00:00:00:01: created s0003, a penguinserver in sv3-001, 10.2.3.4
}
