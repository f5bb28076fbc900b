package mysql

import (
	"context"
	"strings"
	"sync/atomic"

	"github.com/pressly/goose/v3"

	"github.com/clusto/clusto/internal/sqlstore"
)

// dialect is MariaDB or MySQL, for one database.
type dialect struct {
	target  target
	name    string // where the database is, without secrets
	options Options
	hosts   []host
	slot    *sqlstore.Slot
	isMySQL atomic.Bool               // the server seen last is one of MySQL
	cluster atomic.Bool               // it is a node of a cluster
	known   atomic.Pointer[knowledge] // what the database has
}

var (
	_ sqlstore.Dialect  = (*dialect)(nil)
	_ sqlstore.Migrator = (*dialect)(nil)
	_ sqlstore.Examiner = (*dialect)(nil)

	_ sqlstore.Abandoner = (*dialect)(nil)
	_ sqlstore.Written   = (*dialect)(nil)
)

func newDialect(dsn string, o Options) (*dialect, error) {
	t, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	o.Options = o.Options.WithDefaults()
	d := &dialect{target: t, name: t.where(), options: o}
	if d.hosts, err = newHosts(&t, o); err != nil {
		return nil, err
	}
	d.slot = sqlstore.NewSlot(d.name, o.LockWait)
	d.known.Store(&knowledge{})
	return d, nil
}

func (d *dialect) Where() string { return d.name }

// Remote is true: connections can be lost, and Begin has transactions that write
// see what others commit.
func (d *dialect) Remote() bool { return true }

func (d *dialect) Lock(ctx context.Context) (func(), error) { return d.slot.Wait(ctx) }

// Variables, so that beginning a transaction allocates nothing.
var (
	beginView  = []string{`START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY`}
	beginWrite = []string{`SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION`}
)

// Begin has those who may write see what others commit, and lock no gaps between
// rows: two writers that look whether names are free would wait for each other.
func (d *dialect) Begin(mode sqlstore.Mode) []string {
	if mode == sqlstore.ModeView {
		return beginView
	}
	return beginWrite
}

// MayAbandon is true of clusters: a transaction that another's takes precedence
// over is gone, and sometimes no statement of it says so.
func (d *dialect) MayAbandon() bool { return d.cluster.Load() }

// MigrationLock is none: ConnectToMigrate sees to it.
func (d *dialect) MigrationLock() (lock, unlock string) { return "", "" }

// Rebind keeps the order in which tables are joined, and has tables that are
// made compare texts as those do that are there.
func (d *dialect) Rebind(sql string) string {
	sql = strings.ReplaceAll(sql, ` CROSS JOIN `, ` STRAIGHT_JOIN `)
	return strings.ReplaceAll(sql, tableCollation, d.collation().ofTable())
}

// RowsPerInsert keeps statements under 65,536 arguments. (The driver sends long
// ones by themselves, so that a statement is no longer than max_allowed_packet.)
func (d *dialect) RowsPerInsert() int { return 512 }

// Sequence is none. AUTO_INCREMENT goes on above the highest number that was
// given; one that classic clusto took and has not committed makes us wait, and
// is then a duplicate key: see Fault.
func (d *dialect) Sequence(sqlstore.Table) string { return "" }

// References implements [sqlstore.Referencing]: InnoDB looks for what a row refers
// to whenever the index on the reference is written, which has other columns too.
func (d *dialect) References() (ignore, check string) {
	return `SET foreign_key_checks = 0`, `SET foreign_key_checks = 1`
}

// Attrs names the index to use where there is one that fits: statistics of a
// table that grows are often wrong.
func (d *dialect) Attrs(path sqlstore.Path, live bool) string {
	has := d.known.Load().names
	var index string
	switch path {
	case sqlstore.ByOwner:
		if index = "clusto_attr_entkey"; !live || !has[index] {
			index = "idx_attrs_entity_version"
		}
	case sqlstore.ByRelated:
		index = "clusto_attr_rel"
	case sqlstore.ByInt:
		index = "clusto_attr_int"
	case sqlstore.ByText:
		index = "idx_attrs_str_value"
	case sqlstore.ByMAC:
		index = macIndex
	case sqlstore.ByMade:
		index = "clusto_attr_ver"
	case sqlstore.ByEnded:
		index = "clusto_attr_del"
	}
	if !has[index] {
		return `entity_attrs a`
	}
	return `entity_attrs a FORCE INDEX (` + index + `)`
}

func (d *dialect) Entities(bool) string { return `entities e` }

func (d *dialect) Ints() string {
	return `SELECT n FROM JSON_TABLE(?, '$[*]' COLUMNS (n BIGINT PATH '$')) AS members`
}

// Listed spares lists that are not long a table of their members, which is made
// for each, and of which the optimizer knows nothing.
func (d *dialect) Listed() int { return 512 }

// macIndex is the index of the generated column that holds the digits of
// hardware addresses.
const macIndex = "clusto_attr_mac"

func (d *dialect) MACIs() string {
	if d.known.Load().names[macIndex] {
		return `a.clusto_mac = ?`
	}
	return `LOWER(REPLACE(REPLACE(REPLACE(a.string_value, ':', ''), '-', ''), '.', '')) = ?`
}

// TimeText writes a time with six digits of fraction, which are zero in classic
// clusto's tables.
func (d *dialect) TimeText(column string) string {
	return `DATE_FORMAT(` + column + `, '%Y-%m-%d %H:%i:%s.%f')`
}

func (d *dialect) Goose() goose.Dialect { return goose.DialectMySQL }

// UniqueNames adds a column with the bytes of live names and makes it unique, so
// that names which the column's collation takes for the same can live. (It is
// stored, for the reason that 0003_indexes.mysql.sql tells.)
func (d *dialect) UniqueNames() []string {
	return []string{`ALTER TABLE entities ` +
		`ADD COLUMN live_name VARBINARY(512) AS (CASE WHEN deleted_at_version IS NULL THEN CAST(name AS BINARY) END) STORED, ` +
		`ADD UNIQUE INDEX ` + liveNames + ` (live_name)`}
}

func (d *dialect) Statistics() []string {
	return []string{`ANALYZE TABLE clustoversioning, entities, entity_attrs, counters`}
}

// AfterCopy has nothing to do: InnoDB goes on from the highest number.
func (d *dialect) AfterCopy() []string { return nil }

// PermitDoubled cannot be done here: a change of the schema ends the transaction.
func (d *dialect) PermitDoubled() []string { return nil }

func (d *dialect) Software() string {
	return `SELECT CONCAT(CASE WHEN VERSION() LIKE '%MariaDB%' THEN 'MariaDB ' ELSE 'MySQL ' END, VERSION())`
}

func (d *dialect) Clock() string { return `SELECT ` + d.TimeText(`UTC_TIMESTAMP(6)`) }

// Gathered is always: InnoDB does it by itself.
func (d *dialect) Gathered() string { return `SELECT 1` }

func (d *dialect) Files() []string { return nil }

// Written tells when the tables were written, in whole seconds; so what was written
// just now may be written again in the same second.
func (d *dialect) Written() string {
	return `SELECT CAST(CASE WHEN max(update_time) > NOW() - INTERVAL 2 SECOND THEN NOW(6) ELSE max(update_time) END AS CHAR) ` +
		`FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN ('entities', 'entity_attrs')`
}
