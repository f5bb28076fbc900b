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
	begin := t.advance
	if t.s.dialect.Remote() {
		begin = t.advanceBoth
	}
	inUse, err := begin()
	if err != nil {
		return err
	}
	if err := t.findNumbers(inUse); err != nil {
		return err
	}
	t.stamp = t.s.options.Now().UTC().Truncate(time.Second)
	return nil
}

// advance makes the transaction the one writer where the database is no server,
// and returns the numbers in use.
func (t *tx) advance() (u used, err error) {
	if err := t.c.advance(); err != nil {
		return used{}, err
	}
	_, err = t.c.ints(`SELECT `+highest, nil, &u.version, &u.entity, &u.attr)
	return u, err
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
func (t *tx) advanceBoth() (used, error) {
	before, err := t.enroll()
	if err != nil {
		return used{}, err
	}
	advanced, err := t.c.exec(advanceBoth, t.s.writer)
	if err != nil {
		return used{}, err
	}
	var seq, own int64
	var u used
	state, args := readMeta+`, `+highest, []driver.Value{t.s.writer}
	if sql := t.s.dialect.Sequence(Versions); sql != "" && t.s.spare[Versions] == nil && !t.s.options.NoVersions {
		state, args = state+`, (`+sql+`)`, append(args, int64(1))
	} else {
		state += `, NULL`
	}
	var next int64
	if _, err := t.c.ints(state, args, &seq, &own, &u.version, &u.entity, &u.attr, &next); err != nil {
		return used{}, err
	}
	if next != 0 {
		t.s.spare[Versions] = []int64{next}
	}
	if t.s.mayAbandon() && own != before+1 {
		return used{}, t.overtaken()
	}
	if seq != 0 && advanced < 1+int(min(own, 1)) {
		// The first row ever was committed after our statement looked for it.
		return used{}, t.overtaken()
	}
	if seq == 0 {
		if _, err := t.c.exec(beginMeta, int64(1), int64(1)); err != nil {
			return used{}, err
		}
		seq = 1
	}
	if !t.first && seq != t.seen+1 {
		return used{}, t.overtaken()
	}
	return u, t.markCommit(seq, own)
}

// enroll returns what our row of clusto_meta says, which is made if need be, where
// a transaction may be given up without a word: that it says one more afterwards
// shows that this transaction has advanced both rows and was not given up then.
func (t *tx) enroll() (own int64, err error) {
	if !t.s.mayAbandon() {
		return 0, nil
	}
	var seq int64
	if _, err = t.c.ints(readMeta, []driver.Value{t.s.writer}, &seq, &own); err != nil || own != 0 {
		return own, err
	}
	own = max(seq, 1)
	return own, t.makeMark(own)
}

// makeMark makes our row of clusto_meta, and forgets those that are far behind.
func (t *tx) makeMark(says int64) error {
	if _, err := t.c.exec(forgetMeta, int64(lowestWriter), says-forgotten); err != nil {
		return err
	}
	_, err := t.c.exec(beginMeta, t.s.writer, says)
	return err
}

// markCommit sees to it that our row of clusto_meta, which says own, tells of
// this transaction once it is committed.
func (t *tx) markCommit(seq, own int64) error {
	switch {
	case own == 0:
		t.mark = seq
		return t.makeMark(seq)
	case own < seq-forgotten/2:
		t.mark = seq
		_, err := t.c.exec(renewMeta, seq, t.s.writer)
		return err
	}
	t.mark = own
	return nil
}

// mayAbandon reports whether the server may give up a transaction without saying
// so. What is done then is part of another one, without what was done before.
func (s *Store) mayAbandon() bool {
	a, ok := s.dialect.(Abandoner)
	return ok && a.MayAbandon()
}

// abandoned returns the error of a transaction that the server has given up
// without saying so: our row of clusto_meta is not as it has made it.
func (t *tx) abandoned() error {
	if !t.started || t.broken != nil || !t.s.mayAbandon() {
		return nil
	}
	var own int64
	_, err := t.c.ints(readMeta, []driver.Value{t.s.writer}, new(int64), &own)
	if err == nil && own != t.mark {
		err = t.overtaken()
	}
	return t.fail(err)
}

// confirm returns the error of a commit that was one of nothing, since the server
// had given up the transaction after it was asked about that. The caller has the
// turn to write, so that nobody else has advanced our row.
func (t *tx) confirm() error {
	if !t.s.mayAbandon() {
		return nil
	}
	defer t.c.rollback() // of what the question has begun
	return t.abandoned()
}

// wasCommitted reports whether the transaction whose commit was cut off, and
// that had the given mark, is part of the database. It waits until the server
// has made up its mind. The caller has the turn to write, so that nobody else
// has advanced our row. Where the servers of a cluster each have their own mind, a
// commit here settles it: what has not come before cannot come any more. So our row
// is read after it; if it was one of nothing, then because of another writer's,
// which serves as well.
func (s *Store) wasCommitted(ctx context.Context, mark int64) (bool, error) {
	c, err := s.begin(ctx, &s.writers, ModeWrite)
	if err != nil {
		return false, err
	}
	defer s.give(c, &s.writers)
	defer c.rollback() // of what the last question has begun
	var own int64
	if err = c.advance(); err == nil {
		err = c.control(`COMMIT`)
	}
	if err == nil {
		_, err = c.ints(readMeta, []driver.Value{s.writer}, new(int64), &own)
	}
	return err == nil && own >= mark && own != 0, err
}
