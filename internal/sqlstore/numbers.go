package sqlstore

import (
	"context"
	"database/sql/driver"

	"github.com/clusto/clusto"
)

// numbers gives the rows of a table their numbers, ascending in the order in
// which transactions write. A database whose other users take numbers from a
// sequence has us take ours there too, some at a time.
type numbers struct {
	last  int64   // the highest in use
	taken []int64 // from the sequence, and not yet used
	size  int     // how many were taken at once last
}

// The least and the most numbers that are taken from a sequence at once.
const (
	fewNumbers  = 16
	manyNumbers = 4096
)

const (
	highest    = `(SELECT max(version) FROM clustoversioning), (SELECT max(entity_id) FROM entities), (SELECT max(attr_id) FROM entity_attrs)`
	rowVersion = `SELECT max(version) FROM entities`
)

// used are the highest numbers of rows that are in use: the columns of highest.
type used struct{ version, entity, attr int64 }

// findNumbers finds the version to make and where the numbers of rows go on.
func (t *tx) findNumbers(u used) error {
	version := u.version
	if version == 0 {
		// Classic clusto writes 1 into the rows of a database whose history it
		// does not keep.
		if _, err := t.c.ints(rowVersion, nil, &version); err != nil {
			return err
		}
	}
	t.numbers.entities = numbers{last: u.entity, taken: t.s.spare.of(Entities, u.entity)}
	t.numbers.attrs = numbers{last: u.attr, taken: t.s.spare.of(Attrs, u.attr)}
	if t.s.options.NoVersions {
		t.working = clusto.Version(max(version, 1))
		return nil
	}
	return t.nextVersion(version)
}

// nextVersion numbers the version to make, after the highest that there is.
func (t *tx) nextVersion(highest int64) error {
	n, err := t.number(&numbers{last: highest, taken: t.s.spare.of(Versions, highest)}, Versions, 1)
	t.working = clusto.Version(n)
	return err
}

// number returns the next number for a row of table, of which at least atLeast
// will be wanted.
func (t *tx) number(n *numbers, table Table, atLeast int) (int64, error) {
	if len(n.taken) == 0 {
		sql := t.s.dialect.Sequence(table)
		if sql == "" {
			n.last++
			return n.last, nil
		}
		if err := t.takeNumbers(n, sql, table, atLeast); err != nil {
			return 0, err
		}
	}
	next := n.taken[0]
	n.taken = n.taken[1:]
	return next, nil
}

// takeNumbers takes numbers from the sequence of a table: of versions exactly
// one, since each is one change. A sequence that is behind what is in use,
// because rows were copied into the table, catches up.
func (t *tx) takeNumbers(n *numbers, sql string, table Table, atLeast int) error {
	n.size = min(max(2*n.size, fewNumbers, atLeast), manyNumbers)
	if table == Versions {
		n.size = 1
	}
	for take := int64(n.size); ; {
		highest := int64(0)
		err := t.c.query(context.Background(), sql, []driver.Value{take}, func(r row) (bool, error) {
			if highest = r.int(0); highest > n.last {
				n.taken = append(n.taken, highest)
			}
			return true, nil
		})
		if err != nil || len(n.taken) > 0 {
			return t.fail(err)
		}
		take = min(max(n.last-highest, int64(n.size)), manyNumbers)
	}
}

// spare keeps numbers that were taken and not used, for the next transaction
// of this store. The turn to write guards it.
type spare [Attrs + 1][]int64

// of returns the spare numbers of a table, which are of use only while nobody
// has made a row with a higher one.
func (s *spare) of(table Table, highest int64) []int64 {
	taken := s[table]
	if len(taken) == 0 || taken[0] <= highest {
		return nil
	}
	return taken
}

// keep keeps what a transaction has left, and the number of its version if
// that was not made.
func (s *spare) keep(t *tx, committed bool) {
	s[Entities], s[Attrs] = t.numbers.entities.taken, t.numbers.attrs.taken
	s[Versions] = nil
	if !committed || t.made == 0 {
		s[Versions] = []int64{int64(t.working)}
	}
}
