package sqlstore

import (
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/hex"
	"time"

	"github.com/clusto/clusto"
)

var _ clusto.AccountKeeper = (*Store)(nil)

// ViewAccounts implements clusto.AccountKeeper.
func (s *Store) ViewAccounts(ctx context.Context, fn func(clusto.AccountReader) error) error {
	return s.View(ctx, clusto.Live, func(r clusto.Reader) error { return fn(accounts{r.(*reader)}) })
}

// UpdateAccounts implements clusto.AccountKeeper. As accounts have no history,
// the change makes no version.
func (s *Store) UpdateAccounts(ctx context.Context, fn func(clusto.AccountTx) error) error {
	_, err := s.Update(ctx, clusto.Change{}, func(x clusto.Tx) error {
		t := x.(*tx)
		return fn(accountsTx{accounts{&t.reader}, t})
	})
	return err
}

// accounts reads accounts. A database that was not migrated has none.
type accounts struct{ r *reader }

// accountsTx changes them.
type accountsTx struct {
	accounts
	t *tx
}

// read asks for the rows of an account table.
func (a accounts) read(ctx context.Context, table, sql string, c *condition, each func(row)) error {
	if err := a.r.enter(ctx); err != nil {
		return err
	}
	if has, err := a.r.has(table); err != nil || !has {
		return err
	}
	return a.r.query(ctx, sql, c.args, func(r row) (bool, error) {
		each(r)
		return true, nil
	})
}

// all returns a condition that every row meets.
func (a accounts) all() *condition {
	c := a.r.where()
	c.and(`1 = 1`)
	return c
}

// insert inserts a row into an account table, which is made if need be.
func (a accountsTx) insert(ctx context.Context, table, sql string, args ...driver.Value) error {
	if err := a.t.enter(ctx); err != nil {
		return err
	}
	if err := a.t.need(table); err != nil {
		return err
	}
	if err := a.t.beginWrite(ctx); err != nil {
		return err
	}
	a.t.effect.aside = true
	_, err := a.t.c.exec(sql, args...)
	return a.t.fail(err)
}

// delete removes the rows of an account table that meet a condition.
func (a accountsTx) delete(ctx context.Context, table string, c *condition) error {
	return a.t.hintExec(ctx, table, `DELETE FROM `+table+` WHERE `+string(c.sql), c.args...)
}

// deleteOf removes the rows whose column is a text.
func (a accountsTx) deleteOf(ctx context.Context, column, text string, tables ...string) error {
	for _, table := range tables {
		c := a.r.where()
		c.andText(column, text)
		if err := a.delete(ctx, table, c); err != nil {
			return err
		}
	}
	return nil
}

// exists returns ErrNotFound unless there is a user, or a group, with a name.
func (a accounts) exists(ctx context.Context, table, what, name string) error {
	c := a.r.where()
	c.andText(`name`, name)
	found := false
	err := a.read(ctx, table, `SELECT name FROM `+table+` WHERE `+string(c.sql), c, func(row) { found = true })
	if err == nil && !found {
		err = clusto.Errorf(clusto.ErrNotFound, "there is no %s %q", what, name)
	}
	return err
}

// mustBeTexts returns ErrInvalid if a database cannot hold one of texts.
func mustBeTexts(what string, all ...string) error {
	for _, s := range all {
		if !isText(s) {
			return clusto.Errorf(clusto.ErrInvalid, "%s: %q is not a text; a text is in UTF-8 and without NUL", what, s)
		}
	}
	return nil
}

// seconds returns a time as it is stored.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// second returns the time in column i.
func (r row) second(i int) time.Time {
	if n := r.int(i); n != 0 {
		return time.Unix(n, 0).UTC()
	}
	return time.Time{}
}

// identityHash is the primary key of an identity.
func identityHash(id clusto.Identity) string {
	sum := sha256.Sum256([]byte(id.Issuer + "\x00" + id.Name))
	return hex.EncodeToString(sum[:])
}
