package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/pressly/goose/v3"
	sqlite3driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/clusto/clusto/internal/sqlstore"
)

// dialect is SQLite, for one database file.
type dialect struct {
	path    string
	options Options
	connect driver.Connector
	queue   *queue
	indexes atomic.Pointer[map[string]bool] // those that there are
}

var _ sqlstore.Dialect = (*dialect)(nil)

func (d *dialect) Where() string { return d.path }

// pragmas set up a connection. The wait is for writers that take no part in
// our queue, such as classic clusto. A commit is on the disk when it returns
// (FULL). 8000 pages of log before a checkpoint double the rate of small
// commits; 16 MB of cache hold the upper pages of the indexes of a large fleet, and
// the system has the others; every connection has a cache. What is changed or
// removed is overwritten in the file, so that nothing is left of a value that
// was redacted; that writes no page more and takes a tenth more of the CPU at
// most.
var pragmas = []string{
	`PRAGMA busy_timeout = 5000`,
	`PRAGMA synchronous = FULL`,
	`PRAGMA cache_size = -16384`,
	`PRAGMA wal_autocheckpoint = 8000`,
	`PRAGMA foreign_keys = OFF`,
	`PRAGMA mmap_size = 0`,
	`PRAGMA secure_delete = ON`,
}

// Connect opens a connection. The write-ahead log is a property of the file,
// so that switching it on does something the first time only; a file that
// cannot be written, or is in use just then, is used as it is.
func (d *dialect) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := d.connect.Connect(ctx)
	if err != nil {
		return nil, err
	}
	exec := c.(driver.ExecerContext)
	all := pragmas
	if n := d.options.MaxPages; n > 0 {
		all = append(slices.Clone(all), `PRAGMA max_page_count = `+strconv.Itoa(n))
	}
	for _, pragma := range all {
		if _, err := exec.ExecContext(ctx, pragma, nil); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	if d.options.ReadOnly {
		return c, nil
	}
	if _, err := exec.ExecContext(ctx, `PRAGMA journal_mode = WAL`, nil); err != nil && !mayStay(d.Fault(err)) {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// mayStay reports whether a database that cannot be switched to a write-ahead
// log for this reason can be used without.
func mayStay(f sqlstore.Fault) bool {
	return f == sqlstore.FaultBusy || f == sqlstore.FaultReadOnly
}

func (d *dialect) Lock(ctx context.Context) (func(), error) { return d.queue.wait(ctx) }

// Remote is false: a transaction that reads sees one state.
func (d *dialect) Remote() bool { return false }

// Variables, so that beginning a transaction allocates nothing.
var (
	beginDeferred  = []string{`BEGIN`}
	beginImmediate = []string{`BEGIN IMMEDIATE`}
)

func (d *dialect) Begin(mode sqlstore.Mode) []string {
	if mode == sqlstore.ModeWrite {
		return beginImmediate
	}
	return beginDeferred
}

// MigrationLock is nothing: Lock keeps other processes out.
func (d *dialect) MigrationLock() (lock, unlock string) { return "", "" }

func (d *dialect) Schema() string {
	return `SELECT name FROM sqlite_schema WHERE type IN ('table', 'index')`
}

func (d *dialect) Know(names map[string]bool) { d.indexes.Store(&names) }

// Rebind keeps SQLite from compiling a statement anew whenever a 0 or a 1 is
// bound, or was before: it does that for arguments that stand alone behind "=",
// because a column of zeros and ones selects little. A plus sign changes nothing
// else.
func (d *dialect) Rebind(sql string) string { return strings.ReplaceAll(sql, " = ?", " = +?") }

// RowsPerInsert is 1: a statement is only a function call away, and one of many
// rows was measured to be slower.
func (d *dialect) RowsPerInsert() int { return 1 }

// Sequence is none: whoever writes to a SQLite database is alone.
func (d *dialect) Sequence(sqlstore.Table) string { return "" }

// Attrs names the index to use. Without statistics SQLite would prefer
// idx_attrs_key to all others, and with samples of values it would plan anew
// for each value.
func (d *dialect) Attrs(path sqlstore.Path, live bool) string {
	const table = `entity_attrs a`
	has := *d.indexes.Load()
	var index string
	switch {
	case path == sqlstore.ByOwner && live && has["clusto_attr_entkey"]:
		index = "clusto_attr_entkey"
	case path == sqlstore.ByOwner:
		index = "idx_attrs_entity_version"
	case path == sqlstore.ByRelated:
		index = "clusto_attr_rel"
	case path == sqlstore.ByInt && live:
		index = "clusto_attr_int"
	case path == sqlstore.ByText:
		index = "idx_attrs_str_value"
	case path == sqlstore.ByMAC:
		index = "clusto_attr_mac"
	case path == sqlstore.ByMade:
		index = "clusto_attr_ver"
	case path == sqlstore.ByEnded:
		index = "clusto_attr_del"
	}
	if !has[index] {
		return table
	}
	return table + ` INDEXED BY ` + index
}

// Entities keeps SQLite, which may have statistics from a time when the table
// was small, from scanning an index where it should look up numbers.
func (d *dialect) Entities(byID bool) string {
	if byID {
		return `entities e NOT INDEXED`
	}
	return `entities e`
}

const members = `SELECT value FROM json_each(?)`

func (d *dialect) Ints() string { return members }

// Listed is 0: a JSON array is read as fast.
func (d *dialect) Listed() int { return 0 }

func (d *dialect) Holds(string) bool { return true }

func (d *dialect) TextIs(column string) (condition string, times int) { return column + ` = ?`, 1 }

func (d *dialect) TextIn(column string) (condition string, times int) {
	return column + ` IN (` + members + `)`, 1
}

func (d *dialect) MACIs() string {
	return `lower(replace(replace(replace(a.string_value, ':', ''), '-', ''), '.', '')) = ?`
}

// Visible returns the ranges before and behind "_": texts are compared byte by
// byte, and "`" is the next.
func (d *dialect) Visible(column string) []string {
	return []string{column + ` < '_'`, column + " >= '`'"}
}

// globSpecials makes literal what GLOB, which minds case, takes for special
// besides the star.
var globSpecials = strings.NewReplacer(`[`, `[[]`, `?`, `[?]`)

func (d *dialect) Glob(column, pattern string) (condition, arg string) {
	return column + ` GLOB ?`, globSpecials.Replace(pattern)
}

func (d *dialect) TimeText(column string) string { return `CAST(` + column + ` AS TEXT)` }

func (d *dialect) Fault(err error) sqlstore.Fault {
	e, ok := errors.AsType[*sqlite3driver.Error](err)
	if !ok {
		return sqlstore.FaultOther
	}
	switch code := e.Code(); {
	case code == sqlite3.SQLITE_BUSY_SNAPSHOT:
		return sqlstore.FaultStale
	case code == sqlite3.SQLITE_CONSTRAINT_UNIQUE:
		return sqlstore.FaultDuplicate
	default:
		return faults[code&0xff]
	}
}

// faults are the meanings of SQLite's primary result codes; the zero value,
// FaultOther, is that of all others.
var faults = map[int]sqlstore.Fault{
	sqlite3.SQLITE_BUSY:      sqlstore.FaultBusy,
	sqlite3.SQLITE_LOCKED:    sqlstore.FaultBusy,
	sqlite3.SQLITE_FULL:      sqlstore.FaultFull,
	sqlite3.SQLITE_READONLY:  sqlstore.FaultReadOnly,
	sqlite3.SQLITE_CANTOPEN:  sqlstore.FaultUnopened,
	sqlite3.SQLITE_INTERRUPT: sqlstore.FaultCanceled,
	sqlite3.SQLITE_NOTADB:    sqlstore.FaultForeign,
}

// Advice speaks of the file.
func (d *dialect) Advice(f sqlstore.Fault) string {
	switch f {
	case sqlstore.FaultReadOnly:
		return "see who owns the file and its directory, and who may write there; reading takes that, too"
	case sqlstore.FaultUnopened:
		return "see who may read and write it; a SQLite file can only be read where other files can be made beside it"
	case sqlstore.FaultForeign:
		return "see whether the DSN names the right file"
	}
	return ""
}

func (d *dialect) Goose() goose.Dialect { return goose.DialectSQLite3 }

func (d *dialect) UniqueNames() []string {
	return []string{`CREATE UNIQUE INDEX IF NOT EXISTS clusto_live_name ON entities (name) WHERE deleted_at_version IS NULL`}
}

// Statistics gathers statistics and drops the samples that this build of
// SQLite takes with them: with samples it plans a prepared statement again for
// each value that is bound to it, which makes look-ups up to four times slower.
// The last statement makes this connection forget them.
func (d *dialect) Statistics() []string {
	return []string{`ANALYZE`, `DROP TABLE IF EXISTS sqlite_stat4`, `ANALYZE sqlite_schema`}
}

// AfterCopy has nothing to do: SQLite goes on from the highest number.
func (d *dialect) AfterCopy() []string { return nil }

func (d *dialect) PermitDoubled() []string { return []string{`DROP INDEX IF EXISTS clusto_live_name`} }
