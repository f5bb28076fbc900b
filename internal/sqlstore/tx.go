package sqlstore

import (
	"context"
	"database/sql/driver"
	"iter"
	"strings"
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
	origin  string
	outside string // what it has done outside the database
	memory  memory
	pending pending
	effect  effect
	nests   []*nest // that are open, outermost first

	first      bool           // it had the turn to write before it began
	oneState   bool           // it reads one state, and cannot write
	onlyRead   bool           // it was overtaken, and had not begun to write
	started    bool           // it is the one writer, see writing.go
	writing    bool           // since the first write
	revived    bool           // an entity was, in this transaction
	working    clusto.Version // the version being made
	stamp      time.Time      // its time
	numbers    struct{ entities, attrs numbers }
	seen       int64          // clusto_meta.seq when the transaction began; see writing.go
	mark       int64          // what our row of clusto_meta says if this commits
	lacks      string         // the table of ours that must be made before fn can run again
	made       clusto.Version // the version that was committed
	committing bool           // since COMMIT was sent
	onCommit   []func(context.Context) error
}

var _ clusto.Tx = (*tx)(nil)

func newTx(s *Store, u *turn, first bool, change clusto.Change) *tx {
	return &tx{
		reader: reader{s: s, at: clusto.Live},
		turn:   u,
		first:  first,
		user:   cut(change.User, clusto.MaxUserLen),
		why:    change.Description,
		origin: cut(change.Origin, clusto.MaxOriginLen),
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
	rows     int                               // made and not removed again
	ended    int                               // older rows that are not live any more
	redacted int                               // old values that were redacted
	was      map[clusto.EntityID]clusto.Entity // what renamed entities were before
	aside    bool                              // counters or hints were changed, which have no history
}

func (e *effect) changed() bool {
	return e.rows != 0 || e.ended != 0 || e.redacted != 0 || len(e.was) != 0
}

// beginWrite is called before every write. The first one makes this
// transaction the one writer, and fails if somebody committed since its first
// read.
func (t *tx) beginWrite(ctx context.Context) error {
	if err := t.startOnce(ctx); err != nil {
		return err
	}
	t.writing = true
	return t.fail(t.openNests())
}

// startOnce takes the turn to write and begins to, unless that is done.
func (t *tx) startOnce(ctx context.Context) error {
	if t.started {
		return nil
	}
	if t.oneState {
		return t.fail(t.overtaken())
	}
	if err := t.turn.take(ctx); err != nil {
		return t.fail(err)
	}
	if err := t.fail(t.startWriting()); err != nil {
		return err
	}
	t.started = true
	return nil
}

const insertVersion = `INSERT INTO clustoversioning (version, timestamp, "user", description) VALUES (?, ?, ?, ?)`

func (t *tx) insertVersion() error {
	if t.s.options.NoVersions {
		return nil
	}
	_, err := t.c.exec(insertVersion, int64(t.working), t.stamp.Format(storedStamp), orNull(wellFormed(t.user)), orNull(wellFormed(t.why)))
	if err != nil {
		return err
	}
	return t.insertOrigin()
}

// wellFormed returns what every database can hold of s: nobody's change fails for
// the sake of its description.
func wellFormed(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
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
			give(t.info())
		}
		return err
	})
}

// info tells about the version being made.
func (t *tx) info() clusto.VersionInfo {
	return clusto.VersionInfo{Version: t.working, Time: t.stamp, User: t.user, Description: t.why, Origin: t.origin}
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
	if t.oneState { // it may want to write afterwards
		return t.fail(t.overtaken())
	}
	t.outside = what
	if !t.first && !t.started {
		t.turn.end() // nobody is to wait for what happens outside
	}
	return nil
}
