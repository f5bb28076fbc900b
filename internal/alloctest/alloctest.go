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
	// Where are the DSNs that Open, and the function that Child is given, open.
	// Stores and processes take them in turn, so that those of a cluster can
	// each have another node first.
	Where []string
	// Open opens the database again, as another process would.
	Open func(ctx context.Context, where string) (clusto.Store, error)
	// Disturb, if not nil, is called when the workers have begun, and they work
	// until it returns at least. Await waits until they have got done n updates
	// more.
	Disturb func(t *testing.T, await func(n int))
	// Check are the DSNs by which the history is read in the end, where all of
	// several servers must have it; none means by Store.
	Check []string
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
// of create makes a new one.
func Run(t *testing.T, create func(t *testing.T) Database, o Options) {
	o = o.withDefaults()
	t.Run("Goroutines", func(t *testing.T) {
		test(t, create(t), o, func(db Database) *log { return runHere(t, db, o) })
	})
	if o.Processes > 0 {
		t.Run("Processes", func(t *testing.T) {
			test(t, create(t), o, func(db Database) *log { return runProcesses(t, db, o) })
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
	for _, problem := range l.starved(o.Unfair) {
		t.Error(problem)
	}
	if len(db.Check) == 0 {
		check(t, db.Store, l)
	}
	for _, where := range db.Check {
		store := open(t, db, where)
		t.Logf("in %s:", where)
		check(t, store, l)
	}
	if len(l.answers) == 0 {
		t.Error("nobody was answered anything: there was nothing to check")
	}
}

// check compares the history that a store has with what workers were told.
func check(t *testing.T, store clusto.Store, l *log) {
	t.Helper()
	c, err := newChecker(t.Context(), store)
	if err != nil {
		t.Fatalf("read the history: %v", err)
	}
	for _, problem := range c.check(l) {
		t.Error(problem)
	}
	t.Logf("%d versions, %d answers, %d refusals, %d to %d updates a worker", c.versions, len(l.answers), len(l.refusals), l.least(), l.most())
}

// open opens the database until the test ends.
func open(t *testing.T, db Database, where string) clusto.Store {
	t.Helper()
	store, err := db.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// where returns the DSN of the store or process of a number.
func (db Database) where(n int) string { return db.Where[n%len(db.Where)] }

// disturb returns when the time is over, and whatever is to disturb the workers.
func (db Database) disturb(t *testing.T, l *log, o Options) {
	t.Helper()
	over := time.After(o.For)
	if db.Disturb != nil {
		db.Disturb(t, l.await)
	}
	<-over
}

// runHere works on a database that is opened several times.
func runHere(t *testing.T, db Database, o Options) *log {
	l := newLog()
	var workers []*worker
	for s := range o.Stores {
		store := open(t, db, db.where(s))
		for n := range o.Workers {
			w := newWorker(fmt.Sprintf("w%d-%d", s, n), store, o.Seed+uint64(s*o.Workers+n), l.note)
			l.expect(w.name)
			workers = append(workers, w)
		}
	}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(stop) // also when the test ends in the middle
	for _, w := range workers {
		wg.Go(func() { w.work(t.Context(), stop) })
	}
	db.disturb(t, l, o)
	return l
}
