package bench_test

import (
	"context"
	"database/sql"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	_ "github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/mysql"
	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	"github.com/clusto/clusto/internal/testenv"
)

// engine is a kind of database: how the inventory uses it and how plain SQL does.
type engine struct {
	name      string // for flags
	title     string // for tables
	databases func(testing.TB) func(testing.TB) string
	create    func(context.Context, string, sqlstore.Options) (*sqlstore.Store, sqlstore.Report, error)
	driver    string              // of database/sql
	dsn       func(string) string // for that driver
	rebind    func(string) string
	perInsert int // rows in a plain INSERT of many
	parallel  bool
	version   string // the statement that tells it
}

// The servers are set up as in production: a commit is on the disk when it
// returns, and there is some memory.
var (
	postgresSettings = []string{
		"fsync=on", "full_page_writes=on", "synchronous_commit=on", "shared_buffers=512MB", "max_wal_size=4GB",
	}
	mariadbSettings = []string{
		"innodb-flush-log-at-trx-commit=1", "innodb-flush-method=fsync", "innodb-doublewrite=1",
		"innodb-buffer-pool-size=512M", "innodb-log-file-size=1G",
	}
)

// byIndex has PostgreSQL plan plain statements as those are planned that say
// which index to use.
const byIndex = "&enable_seqscan=off&enable_hashjoin=off&enable_mergejoin=off&jit=off"

// byStart has a condition on texts as PostgreSQL's index of them needs it, which
// has no NULLs.
func byStart(text string) string {
	return strings.ReplaceAll(text, `a.string_value = ?`, `left(a.string_value, 64) COLLATE "C" = ? AND a.string_value IS NOT NULL`)
}

var engines = []*engine{
	{
		name: "sqlite", title: "SQLite", driver: "sqlite", perInsert: 32,
		databases: func(testing.TB) func(testing.TB) string {
			return func(tb testing.TB) string { return filepath.Join(tb.TempDir(), "fleet.db") }
		},
		create: func(ctx context.Context, dsn string, o sqlstore.Options) (*sqlstore.Store, sqlstore.Report, error) {
			return sqlite.Create(ctx, dsn, sqlite.Options{Options: o})
		},
		dsn:     func(path string) string { return "file:" + path + setup },
		rebind:  func(text string) string { return text },
		version: `SELECT sqlite_version()`,
	},
	{
		name: "postgres", title: "PostgreSQL", driver: "pgx", perInsert: 256, parallel: true,
		databases: func(tb testing.TB) func(testing.TB) string {
			return testenv.NewPostgreSQL(tb, testenv.Options{Settings: postgresSettings}).NewDatabase
		},
		create: func(ctx context.Context, dsn string, o sqlstore.Options) (*sqlstore.Store, sqlstore.Report, error) {
			return postgres.Create(ctx, dsn, postgres.Options{Options: o})
		},
		dsn:     func(dsn string) string { return dsn + byIndex },
		rebind:  func(text string) string { return numbered(byStart(withoutHints(text, "JOIN"))) },
		version: `SHOW server_version`,
	},
	{
		name: "mariadb", title: "MariaDB", driver: "mysql", perInsert: 256, parallel: true,
		databases: func(tb testing.TB) func(testing.TB) string {
			return testenv.NewMariaDB(tb, testenv.Options{Settings: mariadbSettings}).NewDatabase
		},
		create: func(ctx context.Context, dsn string, o sqlstore.Options) (*sqlstore.Store, sqlstore.Report, error) {
			return mysql.Create(ctx, dsn, mysql.Options{Options: o})
		},
		dsn:     mysqlDSN,
		rebind:  func(text string) string { return withoutHints(text, "STRAIGHT_JOIN") },
		version: `SELECT version()`,
	},
}

// setup is what the store sets on its connections to SQLite.
const setup = "?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=busy_timeout(5000)" +
	"&_pragma=cache_size(-16384)&_pragma=wal_autocheckpoint(8000)&_txlock=immediate"

// mysqlDSN writes mysql://user@/database?unix_socket=path as the driver has it.
func mysqlDSN(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return dsn
	}
	return u.User.Username() + "@unix(" + u.Query().Get("unix_socket") + ")" + u.Path +
		"?parseTime=true&sql_mode=%27ANSI_QUOTES%27&tx_isolation=%27READ-COMMITTED%27"
}

var hint = regexp.MustCompile(` INDEXED BY \w+`)

// withoutHints takes away what only SQLite understands, and says that tables are
// joined in their order as join does.
func withoutHints(text, join string) string {
	return strings.ReplaceAll(hint.ReplaceAllString(text, ""), "CROSS JOIN", join)
}

// numbered writes arguments as PostgreSQL does.
func numbered(text string) string {
	var out strings.Builder
	for i, part := range strings.Split(text, "?") {
		if i > 0 {
			out.WriteString("$" + strconv.Itoa(i))
		}
		out.WriteString(part)
	}
	return out.String()
}

// open opens a database for plain SQL. SQLite has one writer, so one connection
// serves all, and another one prepares statements.
func (e *engine) open(tb testing.TB, dsn string) *sql.DB {
	tb.Helper()
	db, err := sql.Open(e.driver, e.dsn(dsn))
	if err != nil {
		tb.Fatal(err)
	}
	if e.parallel {
		db.SetMaxIdleConns(16)
	} else {
		db.SetMaxOpenConns(2)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}
