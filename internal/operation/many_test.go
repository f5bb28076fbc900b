package operation_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/operation"
)

// manyServers is a request that makes n servers with five attributes each, in racks
// and in a pool.
func manyServers(tb testing.TB, n int) []api.Operation {
	var ops []string
	ops = append(ops, `{"create": {"name": "all", "driver": "pool"}}`)
	for i := range n {
		if i%40 == 0 {
			ops = append(ops, fmt.Sprintf(`{"create": {"name": "rack%d", "driver": "basicrack"}}`, i/40))
		}
		ops = append(ops, fmt.Sprintf(`{"create": {"name": "s%04d", "driver": "basicserver", "attrs": [
		  {"key": "system", "subkey": "memory", "value": %d}, {"key": "system", "subkey": "cpucount", "value": 16},
		  {"key": "system", "subkey": "serial", "value": "SN%d"}, {"key": "note", "number": true, "value": "new"},
		  {"key": "tags", "value": ["a", "b"]}], "in": [{"container": "all"}, {"container": "rack%d", "rack_units": [%d]}]}}`, i, i, i, i/40, i%40+1))
	}
	return operations(tb, "["+strings.Join(ops, ",")+"]")
}

// chained is a request with the same for each of n servers.
func chained(tb testing.TB, n int, format string) []api.Operation {
	ops := make([]string, n)
	for i := range ops {
		ops[i] = fmt.Sprintf(format, i)
	}
	return operations(tb, "["+strings.Join(ops, ",")+"]")
}

// TestFewStatements counts the statements of large requests. A database that is a file
// has a statement for each row that is written; there only those that read count.
func TestFewStatements(t *testing.T) {
	w := newWorld(t)
	const n = 500
	set := `{"set_attrs": {"entity": "s%04d", "attrs": [{"key": "system", "subkey": "memory", "value": "x"}, {"key": "x", "value": 1}]}}`
	for _, test := range []struct {
		name     string
		ops      []api.Operation
		read     int // at most
		written  int // at most, by a server
		unneeded bool
	}{
		{"create", manyServers(t, n), 40, 150, false},
		{"set_attrs", chained(t, n, set), 40, n + 40, false}, // a row that ends is one statement
		{"set_attrs as it is", chained(t, n, set), 40, 5, true},
		{"add_attrs", chained(t, n, `{"add_attrs": {"entity": "s%04d", "attrs": [{"key": "y", "value": 1}]}}`), 15, 25, false},
		{"a pool", operations(t, `[{"create": {"name": "more", "driver": "pool"}}]`), 15, 10, false},
		{"insert", chained(t, n, `{"insert": {"entity": "s%04d", "container": "more"}}`), 20, 25, false},
		{"switches", chained(t, n/40+1, `{"create": {"name": "sw%d", "driver": "basicnetworkswitch"}}`), 15, 25, false},
		{"connect", cables(t, n), 60, 150, false},
	} {
		w.statements = nil
		done, err := w.try(test.ops, false)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		read := 0
		for _, s := range w.statements {
			if strings.HasPrefix(s, "SELECT") || strings.HasPrefix(s, "WITH") {
				read++
			}
		}
		written := len(w.statements) - read
		if read > test.read || written > test.written && dbtest.Chosen(t) != dbtest.SQLite {
			t.Errorf("%s: %d statements that read and %d that write for %d operations, most often\n%s", test.name, read, written, len(test.ops), most(w.statements))
		}
		if done.Version == 0 != test.unneeded {
			t.Errorf("%s made version %d", test.name, done.Version)
		}
	}
}

// cables is a request that connects n servers to switches.
func cables(tb testing.TB, n int) []api.Operation {
	ops := make([]string, n)
	for i := range ops {
		ops[i] = fmt.Sprintf(`{"connect": {"from": {"entity": "s%04d", "type": "nic-eth", "port": "1"}, "to": {"entity": "sw%d", "type": "nic-eth", "port": "%d"}}}`, i, i/40, i%40+1)
	}
	return operations(tb, "["+strings.Join(ops, ",")+"]")
}

// TestManyFailures stops to look for what is wrong when it is enough for anybody.
func TestManyFailures(t *testing.T) {
	w := newWorld(t)
	_, err := w.try(chained(t, 1200, `{"delete": {"entity": "nobody%d"}}`), false)
	failed, ok := errors.AsType[*operation.Errors](err)
	if !ok || len(failed.Failed) != 1000 || failed.Of != 1200 {
		t.Errorf("got %T, %+v", err, failed)
	}
}

// most returns the statements that come most often.
func most(statements []string) string {
	counts := map[string]int{}
	for _, s := range statements {
		counts[s[:min(len(s), 120)]]++
	}
	var lines []string
	for s, n := range counts {
		lines = append(lines, fmt.Sprintf("%6d %s", n, s))
	}
	slices.Sort(lines)
	slices.Reverse(lines)
	return strings.Join(lines[:min(6, len(lines))], "\n")
}

// BenchmarkCreate makes 1,000 servers with five attributes in racks and a pool, in a
// request each, and one to one.
func BenchmarkCreate(b *testing.B) {
	for _, n := range []int{1, 1000} {
		b.Run(fmt.Sprintf("servers=%d", n), func(b *testing.B) {
			w := newWorld(b)
			ops := manyServers(b, n)
			b.ReportAllocs()
			for b.Loop() {
				w.statements = nil
				if _, err := w.try(ops, true); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(w.statements)), "statements/op")
		})
	}
}
