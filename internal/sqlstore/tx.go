package sqlstore

import (
	"context"
	"database/sql/driver"
	"iter"
	"time"

	"github.com/clusto/clusto"
)

// tx is a transaction that changes the inventory: a reader of the live rows
// that remembers what it saw and made (memory) and writes in batches (pending).
type tx struct {
	reader
	turn    *turn
	user    string
	why     string
	outside string // what it has done outside the database
	memory  memory
	pending pending
	effect  effect
	nests   []*nest // that are open, outermost first

	writing bool           // since the first write
	working clusto.Version // the version being made
	stamp   time.Time      // its time
	last    struct {       // the highest numbers in use
		entity clusto.EntityID
		attr   clusto.AttrID
	}
	made     clusto.Version // the version that was committed
	onCommit []func(context.Context) error
}

var _ clusto.Tx = (*tx)(nil)

func newTx(s *Store, c *conn, u *turn, change clusto.Change) *tx {
	return &tx{
		reader: reader{c: c, s: s, at: clusto.Live},
		turn:   u,
		user:   cut(change.User, clusto.MaxUserLen),
		why:    change.Description,
		memory: newMemory(),
		effect: effect{was: map[clusto.EntityID]clusto.Entity{}},
	}
}

// cut returns at most n characters of s.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// effect is what a transaction has done so far, as far as it leaves a version.
type effect struct {
	rows  int                               // made and not removed again
	ended int                               // older rows that are not live any more
	was   map[clusto.EntityID]clusto.Entity // what renamed entities were before
	aside bool                              // counters or hints were changed, which have no history
}

func (e *effect) changed() bool { return e.rows != 0 || e.ended != 0 || len(e.was) != 0 }

// beginWrite is called before every write. The first one takes the turn to
// write and then updates the one row of clusto_meta: that makes writers serial
// and their versions visible in order, and it fails if somebody committed since
// this transaction's first read.
func (t *tx) beginWrite(ctx context.Context) error {
	if !t.writing {
		if err := t.turn.take(ctx); err != nil {
			return t.fail(err)
		}
		if err := t.fail(t.startWriting()); err != nil {
			return err
		}
		t.writing = true
	}
	return t.fail(t.openNests())
}

const (
	advance = `UPDATE clusto_meta SET seq = seq + 1 WHERE id = 1`
	begin   = `INSERT INTO clusto_meta (id, seq) VALUES (1, 1)`
	highest = `SELECT (SELECT max(version) FROM clustoversioning), (SELECT max(entity_id) FROM entities), (SELECT max(attr_id) FROM entity_attrs)`
)

func (t *tx) startWriting() error {
	if own, err := t.hasOwnTables(); err != nil {
		return err
	} else if !own {
		if err := t.makeOwnTables(); err != nil {
			return overtaken(err)
		}
	}
	n, err := t.c.exec(advance)
	if err != nil {
		return overtaken(err)
	}
	if n == 0 {
		if _, err := t.c.exec(begin); err != nil {
			return err
		}
	}
	var version, entity, attr int64
	if _, err := t.c.ints(highest, nil, &version, &entity, &attr); err != nil {
		return err
	}
	t.working = clusto.Version(version + 1)
	t.last.entity, t.last.attr = clusto.EntityID(entity), clusto.AttrID(attr)
	t.stamp = t.s.options.Now().UTC().Truncate(time.Second)
	return nil
}

// overtaken returns the error of a first write. A database that somebody else
// is writing to refuses at once, since waiting would be in vain: what was read
// is stale when the other commits.
func overtaken(err error) error {
	if faultOf(err) == FaultBusy {
		return &faultError{fault: FaultStale, err: err}
	}
	return err
}

const insertVersion = `INSERT INTO clustoversioning (version, timestamp, "user", description) VALUES (?, ?, ?, ?)`

func (t *tx) insertVersion() error {
	_, err := t.c.exec(insertVersion, int64(t.working), t.stamp.Format(storedStamp), orNull(t.user), orNull(t.why))
	return err
}

// orNull returns s, or NULL for an empty one, as classic clusto stores it.
func orNull(s string) driver.Value {
	if s == "" {
		return nil
	}
	return s
}

func (t *tx) Version(ctx context.Context) (clusto.Version, error) {
	if t.writing {
		return t.working, t.enter(ctx)
	}
	return t.reader.Version(ctx)
}

func (t *tx) Versions(ctx context.Context, since clusto.Version) iter.Seq2[clusto.VersionInfo, error] {
	return ranged(ctx, &t.reader, func(give func(clusto.VersionInfo) bool) error {
		more := true
		err := t.versions(ctx, since, func(v clusto.VersionInfo) bool {
			more = give(v)
			return more
		})
		if err == nil && more && t.writing && t.working > since {
			give(clusto.VersionInfo{Version: t.working, Time: t.stamp, User: t.user, Description: t.why})
		}
		return err
	})
}

// Describe implements clusto.Tx.
func (t *tx) Describe(text string) { t.why = text }

// OnCommit implements clusto.Tx.
func (t *tx) OnCommit(fn func(context.Context) error) { t.onCommit = append(t.onCommit, fn) }

// ActOutside implements clusto.Tx.
func (t *tx) ActOutside(what string) error {
	if t.writing {
		return clusto.WithHint(
			clusto.Errorf(clusto.ErrInvalid, "cannot %s in a change that has begun to write to the inventory", what),
			"do it before the first change, or after the commit")
	}
	if t.broken != nil {
		return t.broken
	}
	t.outside = what
	return nil
}
