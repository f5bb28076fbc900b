package sqlstore

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clusto/clusto"
)

// Options are what a Store can be told. The zero Options work.
type Options struct {
	// Now returns the time of a version; nil means time.Now.
	Now func() time.Time
	// NoVersions keeps no history, as classic clusto does with "versioning = 0":
	// rows are deleted physically, and no change is a version.
	NoVersions bool
	// LockWait is how long a change waits for its turn to write, and for rows
	// that others have locked, before it fails with ErrUnavailable; 0 means
	// DefaultLockWait. MariaDB and MySQL count in whole seconds.
	LockWait time.Duration
	// Patience is how long a change is tried again when the database is out of
	// reach or others are always faster; 0 means DefaultPatience.
	Patience time.Duration
	// OnStatement, if not nil, is called with the text of every statement
	// before it runs. Tests count with it.
	OnStatement func(sql string)
	// Log is told when the changes cannot be followed for a while; nil
	// discards.
	Log *slog.Logger
}

// WithDefaults returns the options with those set that were left to us.
func (o Options) WithDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.LockWait = cmp.Or(o.LockWait, DefaultLockWait)
	o.Patience = cmp.Or(o.Patience, DefaultPatience)
	return o
}

// Store is the inventory in an SQL database.
type Store struct {
	dialect     Dialect
	options     Options
	attrColumns string
	tables      atomic.Pointer[schema] // the tables and indexes that are known to be there
	turns       atomic.Int32           // how many have the turn to write, or wait for it
	joint       joint                  // where changes that may be committed together meet
	spare       spare                  // numbers for rows; who has the turn to write owns them
	writer      int64                  // the number of our row in clusto_meta, where commits can be in doubt
	inserts     sync.Map               // insertKey -> text of the statement
	feed        *feed                  // where those meet who follow the changes

	mu      sync.Mutex // guards what follows
	closed  bool
	readers []*conn // idle; the one used last is last, for its warm cache
	writers []*conn // idle, and last used by an Update
}

var _ clusto.Store = (*Store)(nil)

// DefaultLockWait is how long a change waits for its turn to write unless
// Options say otherwise.
const DefaultLockWait = 30 * time.Second

// DefaultPatience is how long a change is tried again unless Options say
// otherwise: long enough for a standby to take over.
const DefaultPatience = 30 * time.Second

// How many idle connections of each kind are kept: some, and as many as there were
// goroutines that needed one lately. Connecting, and preparing every statement
// again, takes longer than a small change.
const (
	keptIdle = 4
	maxIdle  = 16
	lately   = time.Minute
)

// Expect says what kind of database New is to find.
type Expect uint8

// What New may find.
const (
	MustBeClusto Expect = iota // one with classic clusto's tables
	MayBeEmpty                 // or an empty one, for Migrate to fill
)

// New returns the store of the database behind d, of which it learns how far it
// is migrated. It returns ErrInvalid if the database is not as expected, and
// ErrUnsupported if a newer program has migrated it.
func New(ctx context.Context, d Dialect, o Options, expect Expect) (*Store, error) {
	s := &Store{dialect: d, options: o.WithDefaults(), attrColumns: attrColumns(d), writer: newWriter(), feed: newFeed()}
	names, err := s.inspect(ctx)
	switch {
	case err != nil || names.all(classicTables):
	case len(names) > 0 && !names[migrationTable]: // with it, a migration was cut off
		err = clusto.WithHint(
			clusto.Errorf(clusto.ErrInvalid, "%s is a database of something else: it has tables, but not those of clusto", d.Where()),
			"see whether the DSN names the right database")
	case expect == MustBeClusto:
		err = clusto.WithHint(
			clusto.Errorf(clusto.ErrInvalid, "database %s is empty", d.Where()),
			"to make it one of clusto, run: clusto initdb")
	}
	if err == nil && names[migrationTable] {
		err = s.checkMigrations(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Where names the database for people: a path, or a DSN without secrets.
func (s *Store) Where() string { return s.dialect.Where() }

// count reports a statement to Options.OnStatement.
func (s *Store) count(sql string) {
	if s.options.OnStatement != nil {
		s.options.OnStatement(sql)
	}
}

// begin returns a connection that has begun a transaction.
func (s *Store) begin(ctx context.Context, idle *[]*conn, mode Mode) (*conn, error) {
	c, err := s.take(ctx, idle)
	if err != nil {
		return nil, err
	}
	return s.beginOn(ctx, c, idle, mode)
}

// beginOn is begin on a connection that was taken. An idle one may have been
// lost since it was used last; as nothing was done on it yet, another takes its
// place.
func (s *Store) beginOn(ctx context.Context, c *conn, idle *[]*conn, mode Mode) (*conn, error) {
	for {
		used := len(c.prepared) > 0
		err := c.begin(mode)
		if err == nil {
			return c, nil
		}
		s.give(c, idle)
		if faultOf(err) != FaultLost || !used {
			return nil, err
		}
		if c, err = s.take(ctx, idle); err != nil {
			return nil, err
		}
	}
}

// take returns an idle connection, or a new one. While the server takes no more
// of them, it waits until somebody, here or elsewhere, needs one less. Who has
// the turn to write must have a connection: those who wait for the turn have
// theirs.
func (s *Store) take(ctx context.Context, idle *[]*conn) (*conn, error) {
	again := &retries{patience: s.options.Patience}
	for {
		c, err := s.connection(ctx, idle)
		if faultOf(err) != FaultCrowded {
			return c, err
		}
		if err := again.wait(ctx, err); err != nil {
			return nil, err
		}
	}
}

// connection returns an idle connection, or a new one.
func (s *Store) connection(ctx context.Context, idle *[]*conn) (*conn, error) {
	s.mu.Lock()
	closed, n := s.closed, len(*idle)
	if !closed && n > 0 {
		c := (*idle)[n-1]
		*idle = (*idle)[:n-1]
		s.mu.Unlock()
		return c, nil
	}
	s.mu.Unlock()
	if closed {
		return nil, clusto.Errorf(clusto.ErrUnavailable, "database %s was closed", s.dialect.Where())
	}
	raw, err := s.dialect.Connect(ctx)
	if err != nil {
		return nil, s.unreachable(err)
	}
	return &conn{raw: raw, store: s, prepared: map[string]*statement{}}, nil
}

// unreachable returns the error of a connection that could not be made. A server
// that cannot be reached may be back in a moment, as one that was lost.
func (s *Store) unreachable(err error) error {
	err = s.fault(err, "connect")
	if s.dialect.Remote() && clusto.KindOf(err) == clusto.ErrUnavailable {
		f := &faultError{fault: FaultLost, err: err}
		if s.dialect.Fault(err) == FaultCrowded {
			f.fault = FaultCrowded
		}
		return f
	}
	return err
}

// give takes back a connection, and lets go of the one that was idle for longest
// if there are more than were needed lately. One that may be inside a transaction still is
// closed.
func (s *Store) give(c *conn, idle *[]*conn) {
	c.since = time.Now()
	leave := c
	s.mu.Lock()
	if !c.inDoubt && !s.closed && len(*idle) < maxIdle {
		*idle, leave = append(*idle, c), nil
		if first := (*idle)[0]; len(*idle) > keptIdle && c.since.Sub(first.since) > lately {
			*idle, leave = slices.Delete(*idle, 0, 1), first
		}
	}
	s.mu.Unlock()
	if leave != nil {
		// What is lost with the connection is a cache; its transaction is over
		// or ends with it.
		_ = leave.close()
	}
}

// Close closes the connections. One that is in use is closed when its View or
// Update returns.
func (s *Store) Close() error {
	s.mu.Lock()
	idle := append(s.readers, s.writers...)
	s.readers, s.writers, s.closed = nil, nil, true
	s.mu.Unlock()
	var errs error
	for _, c := range idle {
		errs = errors.Join(errs, c.close())
	}
	return errs
}

// View implements clusto.Store.
func (s *Store) View(ctx context.Context, at clusto.Version, fn func(clusto.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	c, err := s.begin(ctx, &s.readers, ModeView)
	if err != nil {
		return err
	}
	defer s.give(c, &s.readers)
	r := &reader{c: c, s: s, at: at}
	defer r.end()
	if err := r.checkVersion(at); err != nil {
		return err
	}
	return fn(r)
}

// end gives up the transaction of r.
func (r *reader) end() {
	r.ended = true
	r.c.rollback()
}
