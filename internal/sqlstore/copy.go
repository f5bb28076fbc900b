package sqlstore

import (
	"context"
	"fmt"

	"github.com/clusto/clusto"
)

// Copying is what a Dialect says about taking in rows with the numbers that they
// had in another database. Its statements run inside the transaction of a copy,
// which they must not end.
type Copying interface {
	// AfterCopy returns the statements that make the database give new rows
	// numbers above those that were inserted: for each sequence of PostgreSQL one
	// like SELECT setval(pg_get_serial_sequence('entities', 'entity_id'),
	// max(entity_id)) FROM entities. SQLite and InnoDB go on from the highest
	// number by themselves and need none.
	AfterCopy() []string

	// PermitDoubled returns the statements that take back what UniqueNames did,
	// for a copy of a database in which live names are doubled; none if that
	// cannot be done inside a transaction, as with MySQL.
	PermitDoubled() []string
}

// CopyOptions are what Copy can be told. The zero CopyOptions work.
type CopyOptions struct {
	// Lossy copies also if something does not fit into the destination and
	// must be cut or left out.
	Lossy bool
	// Progress, if not nil, is called now and then.
	Progress func(CopyProgress)
}

// CopyProgress tells how far a copy is.
type CopyProgress struct {
	Table     string
	Rows, Of  int64
	Verifying bool // the rows are written and being read again
}

// CopyReport tells what Copy did.
type CopyReport struct {
	From, To string // the databases, as Dialect.Where names them
	Version  clusto.Version
	Tables   []CopiedTable
	Lost     []CopyLoss // what did not fit into the destination
	Doubled  []Doubled  // names that several live entities have in both databases
}

// CopiedTable is a table that was copied and verified.
type CopiedTable struct {
	Name string
	Rows int64
	Sum  string // of the rows, in hex; the same for all kinds of database
}

// Copy copies the whole of one database to another, of whatever kind: every row
// of every version as it is. It copies one state of the source, whatever others
// write meanwhile, and reads back what it has written before it commits.
//
// The destination must be migrated and hold nothing but what Migrate leaves in a
// new database; else Copy returns ErrExists. It returns ErrInvalid if the
// destination cannot hold something. After an error the destination is as it
// was, so that the copy can be tried again, unless the error says otherwise.
func Copy(ctx context.Context, from, to *Store, o CopyOptions) (CopyReport, error) {
	if o.Progress == nil {
		o.Progress = func(CopyProgress) {}
	}
	var report CopyReport
	err := from.View(ctx, clusto.Live, func(r clusto.Reader) error {
		source := r.(*reader)
		version, err := source.Version(ctx)
		if err != nil {
			return err
		}
		report = CopyReport{From: from.dialect.Where(), To: to.dialect.Where(), Version: version}
		return to.receive(ctx, source.c, o, &report)
	})
	if err != nil {
		return CopyReport{}, fmt.Errorf("copy %s to %s: %w", from.dialect.Where(), to.dialect.Where(), err)
	}
	// The statistics of an empty database would mislead a large one.
	if _, err := to.Migrate(ctx); err != nil {
		return CopyReport{}, clusto.WithHint(fmt.Errorf("%s is complete, but not ready for use: %w", to.dialect.Where(), err), "run clusto initdb on it")
	}
	return report, nil
}

// receive copies everything that the connection from shows into s.
func (s *Store) receive(ctx context.Context, from *conn, o CopyOptions, report *CopyReport) error {
	release, err := s.dialect.Lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	c, err := s.begin(ctx, &s.writers, ModeWrite)
	if err != nil {
		return err
	}
	defer s.give(c, &s.writers)
	if err := c.mustBeNew(); err != nil {
		c.rollback()
		return err
	}
	t := &transfer{ctx: ctx, from: from, to: c, options: o, report: report}
	err = t.run()
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		c.rollback()
		return clusto.WithHint(err, "%s", triedAgain(s.dialect.Where(), clusto.Hint(err)))
	}
	if err := c.control(`COMMIT`); err != nil {
		return clusto.WithHint(fmt.Errorf("at the very end: %w", err),
			"the copy is whole or not there at all: try it again; if %s then holds an inventory already, it was done", s.dialect.Where())
	}
	return nil
}

// triedAgain is the hint of a copy that was given up after it had begun.
func triedAgain(where, hint string) string {
	text := "nothing was kept of the copy: " + where + " is still empty, and the copy can be tried again"
	if hint != "" {
		text += "; " + hint
	}
	return text
}

// mustBeNew returns ErrExists if the database holds more than what Migrate
// leaves in a new one. It keeps other writers from coming between.
func (c *conn) mustBeNew() error {
	if err := c.looksNew(); err != nil {
		return err
	}
	names, err := c.schema(context.Background())
	if err != nil {
		return err
	}
	if !names.all(tableNames()) {
		return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "database %s lacks some of clusto's tables", c.store.dialect.Where()),
			"run clusto initdb on it first")
	}
	if err := c.advance(); err != nil {
		return err
	}
	if err := c.hasNoAccounts(); err != nil {
		return err
	}
	return c.looksNew() // still, now that nobody else writes
}

// hasNoAccounts returns ErrExists if the database has users, whom the copy would
// replace.
func (c *conn) hasNoAccounts() error {
	var users int64
	if _, err := c.ints(`SELECT count(*) FROM clusto_user`, nil, &users); err != nil || users == 0 {
		return err
	}
	return clusto.WithHint(clusto.Errorf(clusto.ErrExists, "database %s has users already", c.store.dialect.Where()),
		"the users of the other database come with the copy: name a database that was made by clusto initdb just now")
}

// looksNew returns ErrExists if the database holds more than what Migrate
// leaves in a new one.
func (c *conn) looksNew() error {
	for _, q := range []struct {
		sql  string
		most int
	}{
		{`SELECT version FROM clustoversioning ORDER BY version LIMIT 3`, 2},
		{`SELECT attr_id FROM entity_attrs ORDER BY attr_id LIMIT 2`, 1},
		{`SELECT counter_id FROM counters ORDER BY counter_id LIMIT 1`, 0},
		{`SELECT entity_id FROM entities ORDER BY entity_id LIMIT 2`, 1},
		{`SELECT entity_id FROM entities WHERE name <> 'clustometa' LIMIT 1`, 0},
	} {
		rows := 0
		err := c.query(context.Background(), q.sql, nil, func(row) (bool, error) { rows++; return true, nil })
		if err != nil {
			return err
		}
		if rows > q.most {
			return clusto.WithHint(clusto.Errorf(clusto.ErrExists, "database %s holds an inventory already", c.store.dialect.Where()),
				"name another, which is empty, was made by clusto initdb just now, or does not exist yet")
		}
	}
	return nil
}
