package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"

	"github.com/clusto/clusto"
)

// raw is what the driver's connections can do and database/sql makes use of.
type raw interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.NamedValueChecker
	driver.SessionResetter
	driver.Validator
}

// builder is a connection for migrations. These servers commit each statement
// about tables by itself, and MySQL lacks IF NOT EXISTS for most, so what is
// there already is passed over: a migration that was cut off can run again.
type builder struct {
	raw
	dialect *dialect
}

// Errors about what is there already.
var done = []uint16{
	1050, // table
	1060, // column
	1061, // index
}

// Errors of old tables (COMPACT, REDUNDANT) that have no room in an index for
// the 256 characters of a key.
var longKey = []uint16{1071, 1709}

func (b builder) ExecContext(ctx context.Context, sql string, args []driver.NamedValue) (driver.Result, error) {
	sql = b.dialect.Rebind(sql)
	result, err := b.raw.ExecContext(ctx, sql, args)
	e, ok := errors.AsType[*mysqldriver.MySQLError](err)
	switch {
	case ok && slices.Contains(done, e.Number):
		return driver.ResultNoRows, nil
	case ok && slices.Contains(longKey, e.Number):
		return b.raw.ExecContext(ctx, strings.ReplaceAll(sql, `"key",`, `"key"(64),`), args)
	}
	return result, err
}

// ConnectToMigrate connects for a migration, whose statements may take long, and
// keeps others from migrating until the connection is closed. Nodes of a cluster
// have no such locks; they run statements about tables one by one, so that the
// worst is that something is there already.
func (d *dialect) ConnectToMigrate(ctx context.Context) (driver.Conn, error) {
	c, s, err := d.first(ctx, func(h host) driver.Connector { return h.build })
	if err != nil {
		return nil, err
	}
	if !s.cluster {
		err = d.keepOthersOut(ctx, c)
	}
	if err != nil {
		discard(c)
		return nil, err
	}
	return builder{raw: c.(raw), dialect: d}, nil
}

func (d *dialect) keepOthersOut(ctx context.Context, c driver.Conn) error {
	seconds := strconv.Itoa(int(d.options.LockWait / time.Second))
	got, err := pairs(ctx, c, `SELECT 'lock', GET_LOCK(CONCAT('clusto migrate ', LEFT(MD5(DATABASE()), 32)), `+seconds+`)`)
	if err != nil {
		return err
	}
	if got["lock"] != "1" {
		return clusto.WithHint(clusto.Errorf(clusto.ErrUnavailable, "database %s is being migrated by another process", d.name),
			"wait until the other program is done, or stop it")
	}
	return nil
}
