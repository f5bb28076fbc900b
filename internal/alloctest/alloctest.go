// Package alloctest checks that a store hands everything out exactly once, however
// many ask at a time. Workers in goroutines and in processes allocate and give
// back addresses, names, numbers, entity names, rack units and ports in random
// mixes; some processes are killed in the middle of a transaction. Afterwards the
// committed history is read, version by version:
//
//   - nothing ever has two owners,
//   - every answer that a worker was given is true at the version it was given with,
//   - nothing was refused while it was free,
//   - no worker starved.
//
// A database's own test calls [Run] with a function that makes a new database, and
// [Child] first of all in its TestMain.
package alloctest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/clusto/clusto"
)

// Database is a new database.
type Database struct {
	// Store is open on it. It holds no more than a new database does.
	Store clusto.Store
	// Where is the DSN that Open, and the function that Child is given, open.
	Where string
	// Open opens the database again, as another process would.
	Open func(ctx context.Context, where string) (clusto.Store, error)
}

// Options say how much to do. The zero Options take about five seconds.
type Options struct {
	// Stores is how many times the database is opened in this process, and
	// Workers how many goroutines use each, here and in every process. 0 means 3 and 4.
	Stores, Workers int
	// Processes is how many processes run at a time, of which Killed are killed
	// in the middle of a transaction. 0 means 4, 2 of them; below 0 none.
	Processes, Killed int
	// For is how long each of the two runs lasts. 0 means 1.5 s.
	For time.Duration
	// Unfair is how many times as much as another one a worker may get done.
	// 0 means 50.
	Unfair int
	// Seed is that of what the workers do; 0 means one that the test chooses and logs.
	Seed uint64
}

func (o Options) withDefaults() Options {
	or := func(n *int, value int) {
		if *n == 0 {
			*n = value
		}
	}
	or(&o.Stores, 3)
	or(&o.Workers, 4)
	if o.Processes == 0 {
		or(&o.Killed, 2)
	}
	or(&o.Processes, 4)
	or(&o.Unfair, 50)
	if o.For == 0 {
		o.For = 1500 * time.Millisecond
	}
	if o.Seed == 0 {
		o.Seed = rand.Uint64()
	}
	return o
}

// Run tests a database, once with goroutines and once with processes. Each call
// of open makes a new one.
func Run(t *testing.T, open func(t *testing.T) Database, o Options) {
	o = o.withDefaults()
	t.Run("Goroutines", func(t *testing.T) {
		test(t, open(t), o, func(db Database) *log { return runHere(t, db, o) })
	})
	if o.Processes > 0 {
		t.Run("Processes", func(t *testing.T) {
			test(t, open(t), o, func(db Database) *log { return runProcesses(t, db, o) })
		})
	}
}

// test sets a database up, has run work on it, and checks what came of that.
func test(t *testing.T, db Database, o Options, run func(Database) *log) {
	t.Helper()
	t.Logf("seed %d", o.Seed)
	if err := setUp(t.Context(), db.Store); err != nil {
		t.Fatalf("set up: %v", err)
	}
	l := run(db)
	for _, e := range l.errors {
		t.Errorf("%s: %s", e.Worker, e.Error)
	}
	c, err := newChecker(t.Context(), db.Store)
	if err != nil {
		t.Fatalf("read the history: %v", err)
	}
	for _, problem := range append(c.check(l), l.starved(o.Unfair)...) {
		t.Error(problem)
	}
	t.Logf("%d versions, %d answers, %d refusals, %d to %d updates a worker", c.versions, len(l.answers), len(l.refusals), l.least(), l.most())
	if len(l.answers) == 0 {
		t.Error("nobody was answered anything: there was nothing to check")
	}
}

// runHere works on a database that is opened several times.
func runHere(t *testing.T, db Database, o Options) *log {
	l := newLog()
	deadline := time.Now().Add(o.For)
	var wg sync.WaitGroup
	for s := range o.Stores {
		store, err := db.Open(t.Context(), db.Where)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		}()
		for n := range o.Workers {
			w := newWorker(fmt.Sprintf("w%d-%d", s, n), store, o.Seed+uint64(s*o.Workers+n), l.note)
			l.expect(w.name)
			wg.Go(func() { w.work(t.Context(), deadline) })
		}
	}
	wg.Wait()
	return l
}
