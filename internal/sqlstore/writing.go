package sqlstore

import (
	"context"
	"database/sql/driver"
	"math/rand/v2"
	"time"

	"github.com/clusto/clusto"
)

// How a transaction begins to write. Row 1 of clusto_meta is what makes writers
// serial: its update waits for the writer before, and makes the next one wait
// until this one's version is visible. What was checked after it is exact.
//
// A server, whose transactions see what others commit meanwhile, does not tell
// by itself that a function read something before that is stale now. So its
// seq is read when a transaction begins and compared here. And where a
// connection can be lost while a commit is under way, each store has a row of
// its own beside it, which tells afterwards whether the commit was done.

const (
	advance     = `UPDATE clusto_meta SET seq = seq + 1 WHERE id = 1`
	advanceBoth = `UPDATE clusto_meta SET seq = seq + 1 WHERE id = 1 OR id = ?`
	beginMeta   = `INSERT INTO clusto_meta (id, seq) VALUES (?, ?)`
	readMeta    = `SELECT (SELECT seq FROM clusto_meta WHERE id = 1), (SELECT seq FROM clusto_meta WHERE id = ?)`
	renewMeta   = `UPDATE clusto_meta SET seq = ? WHERE id = ?`
	forgetMeta  = `DELETE FROM clusto_meta WHERE id > ? AND seq < ?`
)

// The rows of clusto_meta of writers have numbers above lowestWriter. Such a
// row starts at the seq of row 1 and is renewed before it is far behind, so
// that one which is forgotten seqs behind belongs to a program that has written
// nothing for long.
const (
	lowestWriter = 1 << 32
	forgotten    = 100_000
)

func newWriter() int64 { return lowestWriter + 1 + rand.Int64N(1<<62) }

// observe notes the state that a transaction begins with, where the database
// does not.
func (t *tx) observe() error {
	if !t.s.dialect.Remote() {
		return nil
	}
	if has, err := t.has(metaTable); err != nil || !has {
		return err
	}
	_, err := t.c.ints(readMeta, []driver.Value{t.s.writer}, &t.seen, new(int64))
	return t.fail(err)
}

// overtakenReading reports whether somebody committed since observe.
func (t *tx) overtakenReading() (bool, error) {
	if !t.s.dialect.Remote() {
		return false, nil
	}
	before := t.seen
	err := t.observe()
	return t.seen != before, err
}

// startWriting waits for the writers before and finds the numbers to go on from.
func (t *tx) startWriting() error {
	if err := t.need(metaTable); err != nil {
		return err
	}
	var err error
	if t.s.dialect.Remote() {
		err = t.advanceBoth()
	} else {
		err = t.c.advance()
	}
	if err != nil {
		return err
	}
	if err := t.findNumbers(); err != nil {
		return err
	}
	t.stamp = t.s.options.Now().UTC().Truncate(time.Second)
	return nil
}

// advance waits for the writers before and makes the next ones wait. Of two that
// are the first ever, one fails with FaultStale.
func (c *conn) advance() error {
	n, err := c.exec(advance)
	if err != nil {
		return refused(err)
	}
	if n == 0 {
		_, err = c.exec(beginMeta, int64(1), int64(1))
	}
	return err
}

// overtaken returns the error of a transaction that read what is stale now.
func (t *tx) overtaken() error {
	return &faultError{fault: FaultStale, err: clusto.Errorf(clusto.ErrConflict,
		"database %s was changed by somebody else meanwhile", t.s.dialect.Where())}
}

// refused returns the error of a first write. A database that somebody else
// is writing to refuses at once, since waiting would be in vain: what was read
// is stale when the other commits.
func refused(err error) error {
	if faultOf(err) == FaultBusy {
		return &faultError{fault: FaultStale, err: err}
	}
	return err
}

// advanceBoth is advance where the database is a server. It fails with
// FaultStale if somebody committed since the transaction began.
func (t *tx) advanceBoth() error {
	if _, err := t.c.exec(advanceBoth, t.s.writer); err != nil {
		return err
	}
	var seq, own int64
	if _, err := t.c.ints(readMeta, []driver.Value{t.s.writer}, &seq, &own); err != nil {
		return err
	}
	if seq == 0 {
		if _, err := t.c.exec(beginMeta, int64(1), int64(1)); err != nil {
			return err
		}
		seq = 1
	}
	if !t.first && seq != t.seen+1 {
		return t.overtaken()
	}
	return t.markCommit(seq, own)
}

// markCommit sees to it that our row of clusto_meta, which says own, tells of
// this transaction once it is committed.
func (t *tx) markCommit(seq, own int64) error {
	switch {
	case own == 0:
		if _, err := t.c.exec(forgetMeta, int64(lowestWriter), seq-forgotten); err != nil {
			return err
		}
		t.mark = seq
		_, err := t.c.exec(beginMeta, t.s.writer, seq)
		return err
	case own < seq-forgotten/2:
		t.mark = seq
		_, err := t.c.exec(renewMeta, seq, t.s.writer)
		return err
	}
	t.mark = own
	return nil
}

// wasCommitted reports whether the transaction whose commit was cut off, and
// that had the given mark, is part of the database. It waits until the server
// has made up its mind. The caller has the turn to write, so that nobody else
// has advanced our row. That it commits matters where the servers of a cluster
// each have their own: what has not come before can then not come any more.
func (s *Store) wasCommitted(ctx context.Context, mark int64) (bool, error) {
	c, err := s.begin(ctx, &s.writers, ModeWrite)
	if err != nil {
		return false, err
	}
	defer s.give(c, &s.writers)
	var own int64
	if err = c.advance(); err == nil {
		_, err = c.ints(readMeta, []driver.Value{s.writer}, new(int64), &own)
	}
	if err == nil {
		err = c.control(`COMMIT`)
	}
	if err != nil {
		c.rollback()
		return false, err
	}
	return own >= mark && own != 0, nil
}
