package postgres

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

	"github.com/clusto/clusto/internal/sqlstore"
)

// dialect is PostgreSQL, for one database.
type dialect struct {
	address address
	options Options
	config  *pgx.ConnConfig // without password
	where   string
	slot    *sqlstore.Slot
	names   atomic.Pointer[map[string]bool] // of tables and indexes that there are
}

var _ sqlstore.Dialect = (*dialect)(nil)

func (d *dialect) Where() string { return d.where }

func (d *dialect) Remote() bool { return true }

func (d *dialect) Lock(ctx context.Context) (func(), error) { return d.slot.Wait(ctx) }

// Variables, so that beginning a transaction allocates nothing.
var (
	beginView  = []string{`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`}
	beginWrite = []string{`BEGIN ISOLATION LEVEL READ COMMITTED`}
)

func (d *dialect) Begin(mode sqlstore.Mode) []string {
	if mode == sqlstore.ModeView {
		return beginView
	}
	return beginWrite
}

// MigrationLock is an advisory lock, for which lock_timeout holds too.
func (d *dialect) MigrationLock() (lock, unlock string) {
	const number = "4801251911" // any, but the same in every program
	return `SELECT pg_advisory_lock(` + number + `)`, `SELECT pg_advisory_unlock(` + number + `)`
}

// Schema returns what is found without the name of a schema.
func (d *dialect) Schema() string {
	return `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace ` +
		`WHERE c.relkind IN ('r', 'p', 'i', 'I') AND pg_table_is_visible(c.oid) ` +
		`AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_t%'`
}

func (d *dialect) Know(names map[string]bool) { d.names.Store(&names) }

// Rebind numbers the arguments. Those for columns of numbers are numbers of 64
// bits, also where the column is narrower: a number that no row can have is no
// error of a question.
func (d *dialect) Rebind(sql string) string {
	sql = listed.ReplaceAllString(sql, ` $1 = ANY (ARRAY($2))`)
	sql = valid.ReplaceAllStringFunc(sql, func(found string) string {
		if strings.HasPrefix(found, "version >") {
			return found
		}
		return "+" + found
	})
	sql = numeric.ReplaceAllString(sql, `$0::bigint`)
	out := make([]byte, 0, len(sql)+64)
	n := 0
	for i := range len(sql) {
		if sql[i] != '?' {
			out = append(out, sql[i])
			continue
		}
		n++
		out = strconv.AppendInt(append(out, '$'), int64(n), 10)
	}
	return string(out)
}

// numeric finds an argument for a column of numbers.
var numeric = regexp.MustCompile(`\b(?:[a-z_]*version|[a-z_]*id|seq|number|int_value) (?:=|<|>|<=|>=) \?`)

// RowsPerInsert saves journeys. With several hundred rows in a statement the
// server was measured to be slower again.
func (d *dialect) RowsPerInsert() int { return 128 }

// Sequence asks for the sequence by its table and column.
func (d *dialect) Sequence(table sqlstore.Table) string {
	name, column := "clustoversioning", "version"
	switch table {
	case sqlstore.Entities:
		name, column = "entities", "entity_id"
	case sqlstore.Attrs:
		name, column = "entity_attrs", "attr_id"
	}
	return `SELECT nextval((SELECT ` + sequence(name, column) + `)) FROM generate_series(1, ?::bigint)`
}

// sequence returns an expression for the sequence of a column, found as classic
// clusto's column defaults find it; one that no column owns has the name that
// SERIAL gives.
func sequence(table, column string) string {
	return `coalesce(pg_get_serial_sequence('` + table + `', '` + column + `'), '` + table + `_` + column + `_seq')::regclass`
}

// numbered are the columns whose numbers come from sequences.
var numbered = [][2]string{
	{"clustoversioning", "version"}, {"entities", "entity_id"}, {"entity_attrs", "attr_id"},
	{"counters", "counter_id"}, {"clusto_free_range", "id"}, {"clusto_redaction", "id"},
}

// AfterCopy sets the sequences to go on from the highest numbers.
func (d *dialect) AfterCopy() []string {
	var all []string
	for _, n := range numbered {
		all = append(all, `SELECT setval(`+sequence(n[0], n[1])+`, coalesce(max(`+n[1]+`), 0) + 1, false) FROM `+n[0])
	}
	return all
}

// PermitDoubled takes back what UniqueNames did.
func (d *dialect) PermitDoubled() []string { return []string{`DROP INDEX IF EXISTS clusto_live_name`} }

func (d *dialect) Attrs(sqlstore.Path, bool) string { return `entity_attrs a` }

func (d *dialect) Entities(bool) string { return `entities e` }

const ints = `SELECT json_array_elements_text(?::json)::bigint`

func (d *dialect) Ints() string { return ints }

// Listed is 0: Rebind makes a list an array, which costs little.
func (d *dialect) Listed() int { return 0 }

// listed finds a column that is one of a list. As an array the list is looked
// up in an index; else the server joins the table with it, if need be by
// another index. A column behind a "+" is not to use an index.
var listed = regexp.MustCompile(` ([a-z_.]+) IN \((` + regexp.QuoteMeta(ints) + `)\)`)

// valid finds the condition that a row is valid at a version. Most rows are, so
// that an index of versions is of no use; the server, which cannot know the
// version, takes them for a third. Between two versions it is.
var valid = regexp.MustCompile(`(version > \? AND )?[a-z]\.version <= \? AND \([a-z]\.deleted`)

// The conditions on texts compare as the columns do: the collation of a
// database tells texts apart that differ in any byte. string_value has the
// index of its first characters; classic's, which our migration leaves alone,
// is of the first 19.
const (
	texts       = `SELECT t FROM json_array_elements_text(?::json) t`
	ourStart    = `left(%, 64)`
	classicPart = `substring(%, 0, 20)`
)

// start returns the expression that an index of string_value has, with % for
// what it is of, or "".
func (d *dialect) start(column string) string {
	names := *d.names.Load()
	switch {
	case column != "a.string_value":
	case names["clusto_attr_text"]:
		return ourStart
	case names["idx_attrs_str_value"]:
		return classicPart
	}
	return ""
}

func of(expression, what string) string { return strings.Replace(expression, "%", what, 1) }

// Holds is true for what is UTF-8 and has no NUL. Anything else would be an
// error, after which a transaction can only be given up.
func (d *dialect) Holds(text string) bool {
	return utf8.ValidString(text) && !strings.Contains(text, "\x00")
}

func (d *dialect) TextIs(column string) (condition string, times int) {
	start := d.start(column)
	if start == "" {
		return column + ` = ?::text`, 1
	}
	return of(start, column) + ` = ` + of(start, `?::text`) + ` AND ` + column + ` = ?::text`, 2
}

func (d *dialect) TextIn(column string) (condition string, times int) {
	start := d.start(column)
	if start == "" {
		return column + ` = ANY (ARRAY(` + texts + `))`, 1
	}
	starts := strings.Replace(texts, `SELECT t`, `SELECT `+of(start, `t`), 1)
	return of(start, column) + ` = ANY (ARRAY(` + starts + `)) AND ` + column + ` IN (` + texts + `)`, 2
}

// MACIs has the expression of an index. What follows the digits is of no use
// to an address.
func (d *dialect) MACIs() string {
	return `left(lower(replace(replace(replace(a.string_value, ':', ''), '-', ''), '.', '')), 32) = ?::text`
}

// Visible has the condition of the index of what is in sight.
func (d *dialect) Visible(column string) []string { return []string{`left(` + column + `, 1) <> '_'`} }

// globSpecials makes literal what LIKE takes for special, and special what a
// pattern does.
var globSpecials = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`, `*`, `%`)

func (d *dialect) Glob(column, pattern string) (condition, arg string) {
	return column + ` LIKE ?::text`, globSpecials.Replace(pattern)
}

func (d *dialect) TimeText(column string) string {
	return `to_char(` + column + `, 'YYYY-MM-DD HH24:MI:SS.US')`
}

func (d *dialect) Goose() goose.Dialect { return goose.DialectPostgres }

func (d *dialect) UniqueNames() []string {
	return []string{`CREATE UNIQUE INDEX IF NOT EXISTS clusto_live_name ON entities (name) WHERE deleted_at_version IS NULL`}
}

// Statistics takes no more than to own the tables; else the server says so in a
// notice and goes on.
func (d *dialect) Statistics() []string {
	return []string{`ANALYZE clustoversioning, entities, entity_attrs, counters`}
}
