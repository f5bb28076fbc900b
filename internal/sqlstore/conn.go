package sqlstore

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"time"
)

// maxPrepared bounds the prepared statements that a connection keeps. The
// package has some sixty; conditions on attributes combine to more.
const maxPrepared = 400

// conn is one connection with its prepared statements. It uses the driver
// directly: database/sql would take locks, start goroutines and convert each
// column, which costs more than the point queries of an inventory themselves.
type conn struct {
	raw      driver.Conn
	store    *Store
	prepared map[string]*statement
	args     []driver.NamedValue // reused for each statement
	inDoubt  bool                // it may be inside a transaction still
	since    time.Time           // when it was used last
}

// statement is a prepared statement and the row it reads into.
type statement struct {
	driver.Stmt
	text string // as the database has it
	row  []driver.Value
}

// close closes the connection and its statements: SQLite keeps one with open
// statements half alive, and does not empty the write-ahead log into the file.
// A server forgets them with the connection, of which it may have no part any
// more.
func (c *conn) close() error {
	if c.store.dialect.Remote() {
		_ = c.raw.Close()
		return nil
	}
	var errs error
	for _, st := range c.prepared {
		errs = errors.Join(errs, st.Close())
	}
	return errors.Join(errs, c.raw.Close())
}

// prepare returns the statement for sql, made once per connection.
func (c *conn) prepare(sql string) (*statement, error) {
	if st, ok := c.prepared[sql]; ok {
		return st, nil
	}
	if len(c.prepared) >= maxPrepared {
		c.forget()
	}
	text := c.store.dialect.Rebind(sql)
	raw, err := c.raw.Prepare(text)
	if err = c.fault(err, sql); faultOf(err) == FaultCrowded && len(c.prepared) > 0 {
		c.forget()
		raw, err = c.raw.Prepare(text)
		err = c.fault(err, sql)
	}
	if err != nil {
		return nil, err
	}
	st := &statement{Stmt: raw, text: text}
	c.prepared[sql] = st
	return st, nil
}

// forget closes the prepared statements.
func (c *conn) forget() {
	for _, st := range c.prepared {
		st.Close()
	}
	clear(c.prepared)
}

// begin begins a transaction.
func (c *conn) begin(mode Mode) error {
	for _, sql := range c.store.dialect.Begin(mode) {
		if err := c.control(sql); err != nil {
			return err
		}
	}
	return nil
}

// rollback gives up the transaction. A connection that cannot even do that is
// not used again.
func (c *conn) rollback() {
	if c.control(`ROLLBACK`) != nil {
		c.inDoubt = true
	}
}

// control runs a statement about transactions, or one that changes the schema.
// Servers need not be able to prepare those; an embedded database has them
// ready faster when it did.
func (c *conn) control(sql string) error {
	if !c.store.dialect.Remote() {
		_, err := c.exec(sql)
		return err
	}
	c.store.count(sql)
	_, err := c.raw.(driver.ExecerContext).ExecContext(context.Background(), sql, nil)
	return c.fault(err, sql)
}

// fault returns an error of the driver as Store.fault does. A connection that
// is lost is not used again.
func (c *conn) fault(err error, sql string) error {
	err = c.store.fault(err, sql)
	if faultOf(err) == FaultLost {
		c.inDoubt = true
	}
	return err
}

// interrupted is fault for a query that ends when ctx does: drivers tell of that
// in many ways, and some end the connection with it.
func (c *conn) interrupted(ctx context.Context, err error, sql string) error {
	err = c.fault(err, sql)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func (c *conn) bind(args []driver.Value) []driver.NamedValue {
	c.args = c.args[:0]
	for i, arg := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: arg})
	}
	return c.args
}

// exec runs a statement and returns how many rows it changed. It does not stop
// half-way when a context ends: an interrupted write would leave the
// transaction in doubt, and every write here is short.
func (c *conn) exec(sql string, args ...driver.Value) (int, error) {
	st, err := c.prepare(sql)
	if err != nil {
		return 0, err
	}
	c.store.count(st.text)
	result, err := st.Stmt.(driver.StmtExecContext).ExecContext(context.Background(), c.bind(args))
	if err != nil {
		return 0, c.fault(err, sql)
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// query runs a statement and calls row for each row of the answer until it
// returns false or an error. A query that ends when ctx does costs the driver
// a goroutine, so callers whose statement reads a few indexed rows pass
// context.Background().
func (c *conn) query(ctx context.Context, sql string, args []driver.Value, row func(row) (bool, error)) (err error) {
	st, err := c.prepare(sql)
	if err != nil {
		return err
	}
	c.store.count(st.text)
	rows, err := st.Stmt.(driver.StmtQueryContext).QueryContext(ctx, c.bind(args))
	if err != nil {
		return c.interrupted(ctx, err, sql)
	}
	defer func() {
		if e := rows.Close(); err == nil && e != nil {
			err = c.interrupted(ctx, e, sql)
		}
	}()
	if st.row == nil {
		st.row = make([]driver.Value, len(rows.Columns()))
	}
	for n := 1; ; n++ {
		if err := rows.Next(st.row); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return c.interrupted(ctx, err, sql)
		}
		if more, err := row(st.row); err != nil || !more {
			return err
		}
		if n%rowsBetweenLooks == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

// rowsBetweenLooks is after how many rows a query looks whether its context
// has ended.
const rowsBetweenLooks = 256

// ints runs a statement that answers with one row of whole numbers, where NULL
// is 0, and reports whether there was one.
func (c *conn) ints(sql string, args []driver.Value, dest ...*int64) (found bool, err error) {
	err = c.query(context.Background(), sql, args, func(r row) (bool, error) {
		found = true
		for i, d := range dest {
			*d = r.int(i)
		}
		return false, nil
	})
	return found, err
}
