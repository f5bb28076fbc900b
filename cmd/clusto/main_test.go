package main

import (
	"context"
	"errors"
	"flag"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/snmp"
	"github.com/clusto/clusto/internal/testenv"
)

var update = flag.Bool("update", false, "write what the programs print into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(testenv.Tests{M: m}, map[string]func(){
		"clusto":           main,
		"clusto-dhcpd":     main,
		"clusto-httpd":     main,
		"clusto-shell":     main,
		"clusto-snmptrapd": main,
	})
}

// TestScripts runs testdata/script. Besides what testscript has they know:
//
//	newdb VAR            makes an empty database of the kind that package dbtest
//	                     chooses, and sets an environment variable to its DSN
//	classicdb VAR        the same with what classic clusto wrote
//	smalldb FILE         makes a copy of the SQLite database that classic clusto wrote
//	status N COMMAND     runs a command, which must exit with the status N
//	freeport VAR         sets an environment variable to a port that is free
//	learn VAR FILE REGEXP
//	                     sets an environment variable to what the first group
//	                     matches, once a file that another program writes matches
//	fetch STATUS URL     asks for a page and prints it
//	underload URL COMMAND
//	                     runs a command while several ask for a page without pause,
//	                     of which none must fail
//	certificate CERT KEY [EMAIL]
//	                     makes a certificate for 127.0.0.1 that is its own authority
//	envfrom VAR FILE     sets an environment variable to what a file holds
//	inform FROM TO PORT MAC…
//	                     reports from the address FROM to the daemon at TO that these
//	                     MAC addresses were learnt on a port, until it is acknowledged
//	await FILE REGEXP    waits until a file that another program writes matches
//	poll REGEXP COMMAND  runs a command until what it prints matches
//	fewinits             checks that the last command, run with GODEBUG=inittrace=1,
//	                     did next to nothing before main
//	[root]               the test runs as root, for whom every file can be read
//	[sqlite]             newdb makes databases of SQLite, which the commands open
//	[postgresql]         newdb makes databases of PostgreSQL, where a change that
//	                     was taken back leaves a gap in the numbers of versions
//	[server]             newdb and classicdb start a server of the database, and the
//	                     variable has its address, https://…
func TestScripts(t *testing.T) {
	small, err := filepath.Abs("../../testdata/classic/small.db")
	if err != nil {
		t.Fatal(err)
	}
	var server authority
	conf := ""
	if dbtest.OverHTTPS() {
		server = newAuthority(t)
		conf = server.config()
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			if name := strings.TrimPrefix(filepath.Base(env.WorkDir), "script-"); racetest.On && !slices.Contains(concurrent, name) {
				env.T().Skip("no goroutines of this script could race; it runs without the race detector")
			}
			// No configuration of this machine is used: an empty one stands in for it.
			path := filepath.Join(env.WorkDir, ".empty.conf")
			env.Values[testOf{}] = env.T()
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("CLUSTOCONFIG", path)
			env.Setenv("CLUSTOLIB", filepath.Join(env.WorkDir, "lib"))
			// Nor the file that all of net-snmp's programs write.
			env.Setenv("SNMPCONFPATH", filepath.Join(env.WorkDir, ".snmp"))
			env.Setenv("SNMP_PERSISTENT_DIR", filepath.Join(env.WorkDir, ".snmp"))
			return os.WriteFile(path, []byte(conf), 0o600)
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root":
				return os.Geteuid() == 0, nil
			case "sqlite":
				return dbtest.Chosen(t) == dbtest.SQLite && !dbtest.OverHTTPS(), nil
			case "server":
				return dbtest.OverHTTPS(), nil
			case "postgresql":
				return dbtest.Chosen(t) == dbtest.PostgreSQL, nil
			}
			return false, errors.New("unknown condition " + cond)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status":      wantStatus,
			"freeport":    freePort,
			"learn":       learn,
			"fetch":       fetch,
			"underload":   underLoad,
			"inform":      inform,
			"discover":    discover,
			"certificate": certificate, "envfrom": envFrom,
			"await":     await,
			"poll":      poll,
			"fewinits":  fewInits,
			"newdb":     makeDB(server, newDatabase),
			"classicdb": makeDB(server, classictest.Copy),
			"smalldb": func(ts *testscript.TestScript, _ bool, args []string) {
				data, err := os.ReadFile(small)
				ts.Check(err)
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
			},
		},
	})
}

// concurrent are the scripts whose programs do several things at once: daemons, the
// prompt, copies. With the race detector only these run, because every start of a
// program takes a second with it.
var concurrent = []string{
	"access", "copy", "demo", "dhcpd", "discovery", "interrupt", "run", "script_child", "serve", "shell", "snmptrap", "snmptrapd", "use", "version",
}

// testOf is the key of the test that runs a script.
type testOf struct{}

// makeDB returns a command of scripts that makes a database of the chosen kind, and
// starts a server of it if that is the kind.
func makeDB(server authority, create func(testing.TB) (dsn string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		dsn := create(ts.Value(testOf{}).(testing.TB))
		if dbtest.OverHTTPS() {
			dsn = server.serve(ts, dsn)
		}
		ts.Setenv(args[0], dsn)
	}
}

// wantStatus is the command status of scripts.
func wantStatus(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%v: got status %d, want %d", args[1:], got, want)
	}
}

// freePort is the command freeport of scripts.
func freePort(ts *testscript.TestScript, _ bool, args []string) {
	port, err := testenv.FreePort()
	ts.Check(err)
	ts.Setenv(args[0], strconv.Itoa(port))
}

// inform is the command inform of scripts. A daemon that was just started may
// not listen yet, so that the first informs are lost.
func inform(ts *testscript.TestScript, _ bool, args []string) {
	port, err := strconv.Atoi(args[2])
	ts.Check(err)
	n := snmp.MACNotification{
		From: netip.MustParseAddr(args[0]), To: netip.MustParseAddrPort(args[1]), Community: "public", Inform: true,
	}
	for i, text := range args[3:] {
		mac, err := clusto.ParseMAC(text)
		ts.Check(err)
		n.Changes = append(n.Changes, snmp.MACChange{Op: snmp.MACLearnt, VLAN: 442, MAC: snmp.MAC(mac), Port: port + i})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for err = snmp.SendMACNotification(ctx, n); err != nil && ctx.Err() == nil; {
		err = snmp.SendMACNotification(ctx, n)
	}
	ts.Check(err)
}

// await is the command await of scripts.
func await(ts *testscript.TestScript, _ bool, args []string) {
	until(ts, args[0], args[1], func() string {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		if err != nil {
			return ""
		}
		return string(text)
	})
}

// learn is the command learn of scripts.
func learn(ts *testscript.TestScript, _ bool, args []string) {
	groups := until(ts, args[1], args[2], func() string {
		text, _ := os.ReadFile(ts.MkAbs(args[1])) // it may not be there yet
		return string(text)
	})
	ts.Setenv(args[0], groups[1])
}

// poll is the command poll of scripts.
func poll(ts *testscript.TestScript, _ bool, args []string) {
	until(ts, strings.Join(args[1:], " "), args[0], func() string {
		if ts.Exec(args[1], args[2:]...) != nil {
			return ""
		}
		return ts.ReadFile("stdout")
	})
}

// until waits until what look returns matches a regular expression, and returns
// what its groups match.
func until(ts *testscript.TestScript, what, want string, look func() string) (groups []string) {
	re, err := regexp.Compile("(?m)" + want)
	ts.Check(err)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	giveUp := time.After(20 * time.Second)
	for {
		text := look()
		if groups = re.FindStringSubmatch(text); groups != nil {
			return groups
		}
		select {
		case <-tick.C:
		case <-giveUp:
			ts.Fatalf("%s does not come to match %s:\n%s", what, want, text)
		}
	}
}

// initLine is what the runtime says about the initialisation of a package.
var initLine = regexp.MustCompile(`(?m)^init .* clock, (\d+) bytes, (\d+) allocs$`)

// fewInits is the command fewinits of scripts. It counts allocations, which are
// the same in every run, because times are not.
func fewInits(ts *testscript.TestScript, _ bool, _ []string) {
	lines := initLine.FindAllStringSubmatch(ts.ReadFile("stderr"), -1)
	if len(lines) < 10 {
		ts.Fatalf("the trace of initialisations has %d lines", len(lines))
	}
	bytes, allocs := 0, 0
	for _, l := range lines {
		b, _ := strconv.Atoi(l[1])
		n, _ := strconv.Atoi(l[2])
		bytes, allocs = bytes+b, allocs+n
	}
	if bytes > 1<<20 && !racetest.On || allocs > 10_000 {
		ts.Fatalf("%d bytes in %d allocations before main; something does work in its package variables", bytes, allocs)
	}
}
