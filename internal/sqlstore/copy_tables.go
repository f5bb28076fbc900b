package sqlstore

import (
	"context"
	"database/sql/driver"
	"slices"
	"strconv"
	"strings"
)

// copiedTable is a table whose rows belong to an inventory, as opposed to those
// that a database can make again.
type copiedTable struct {
	name    string
	key     []string // the columns of the primary key
	columns []copiedColumn
	// where, unless it is empty, is the condition for the rows that belong to
	// the inventory.
	where string
}

// copiedColumn is a column of a copiedTable. Columns that are not listed
// belong to the database alone, such as those that an index needs.
type copiedColumn struct {
	name string // as it stands in statements
	kind dataKind
	// width is how many characters the schema promises; 0: as many as there are.
	width int
}

// dataKind is what a column holds, whatever a database calls that.
type dataKind uint8

const (
	asNumber dataKind = iota
	asText
	asTime
	asStamp // a time, written without fraction where there is none
	asBytes
	asEntity // the number of an entity's row, which databases may insist on
)

// copiedTables are the tables that Copy copies, each after those that its rows
// refer to. A migration that makes a table or a column adds it here; TestCopiedTables
// compares with a new database. clusto_migration is not among them, and of
// clusto_meta only one row: the others tell about a database and who writes to it.
// Sessions end with the database in which they began.
var copiedTables = []copiedTable{
	{name: "clustoversioning", key: []string{"version"}, columns: []copiedColumn{
		{"version", asNumber, 0}, {"timestamp", asStamp, 0}, {`"user"`, asText, 64}, {"description", asText, 0},
	}},
	{name: "entities", key: []string{"entity_id"}, columns: []copiedColumn{
		{"entity_id", asNumber, 0}, {"name", asText, 128}, {"type", asText, 32}, {"driver", asText, 32},
		{"version", asNumber, 0}, {"deleted_at_version", asNumber, 0},
	}},
	{name: "entity_attrs", key: []string{"attr_id"}, columns: []copiedColumn{
		{"attr_id", asNumber, 0}, {"entity_id", asEntity, 0}, {`"key"`, asText, 256}, {"subkey", asText, 256},
		{"number", asNumber, 0}, {"datatype", asText, 32}, {"int_value", asNumber, 0}, {"string_value", asText, 0},
		{"datetime_value", asTime, 0}, {"relation_id", asEntity, 0}, {"version", asNumber, 0}, {"deleted_at_version", asNumber, 0},
	}},
	{name: "counters", key: []string{"counter_id"}, columns: []copiedColumn{
		{"counter_id", asNumber, 0}, {"entity_id", asEntity, 0}, {"attr_key", asText, 256}, {"value", asNumber, 0},
	}},
	{name: entityLogTable, key: []string{"entity_id", "version"}, columns: []copiedColumn{
		{"entity_id", asNumber, 0}, {"version", asNumber, 0}, {"name", asText, 128}, {"type", asText, 32}, {"driver", asText, 32},
	}},
	{name: freeRangeTable, key: []string{"id"}, columns: []copiedColumn{
		{"id", asNumber, 0}, {"manager_id", asNumber, 0}, {"first", asBytes, 0}, {"last", asBytes, 0},
	}},
	{name: freedTable, key: []string{"manager_id", "place"}, columns: []copiedColumn{
		{"manager_id", asNumber, 0}, {"place", asBytes, 0}, {"freed_at", asNumber, 0},
	}},
	{name: freedUpToTable, key: []string{"manager_id"}, columns: []copiedColumn{
		{"manager_id", asNumber, 0}, {"version", asNumber, 0},
	}},
	{name: revivalTable, key: []string{"entity_id"}, columns: []copiedColumn{
		{"entity_id", asNumber, 0}, {"was_id", asNumber, 0}, {"version", asNumber, 0},
	}},
	{name: redactionTable, key: []string{"id"}, columns: []copiedColumn{
		{"id", asNumber, 0}, {"version", asNumber, 0}, {"entity_id", asNumber, 0}, {"attr_key", asText, 256}, {"redacted", asNumber, 0},
	}},
	{name: receiptTable, key: []string{"receipt_key"}, columns: []copiedColumn{
		{"receipt_key", asText, 255}, {"body", asText, 0}, {"made", asStamp, 0},
	}},
	{name: userTable, key: []string{"name"}, columns: []copiedColumn{
		{"name", asText, 64}, {"full_name", asText, 0}, {"email", asText, 0}, {"password", asText, 0},
		{"disabled", asNumber, 0}, {"created", asNumber, 0},
	}},
	{name: identityTable, key: []string{"id_hash"}, columns: []copiedColumn{
		{"id_hash", asText, 64}, {"user_name", asText, 64}, {"issuer", asText, 0}, {"name", asText, 0},
	}},
	{name: groupTable, key: []string{"name"}, columns: []copiedColumn{
		{"name", asText, 64}, {"description", asText, 0}, {"created", asNumber, 0},
	}},
	{name: memberTable, key: []string{"group_name", "user_name"}, columns: []copiedColumn{
		{"group_name", asText, 64}, {"user_name", asText, 64},
	}},
	{name: tokenTable, key: []string{"token_hash"}, columns: []copiedColumn{
		{"token_hash", asText, 64}, {"user_name", asText, 64}, {"name", asText, 128}, {"created", asNumber, 0},
		{"expires", asNumber, 0}, {"revoked", asNumber, 0}, {"last_used", asNumber, 0}, {"narrowed", asText, 0},
	}},
	{name: grantTable, key: []string{"id"}, columns: []copiedColumn{
		{"id", asNumber, 0}, {"user_name", asText, 64}, {"group_name", asText, 64}, {"line", asText, 0},
		{"created", asNumber, 0}, {"created_by", asText, 64},
	}},
	{name: originTable, key: []string{"version"}, columns: []copiedColumn{
		{"version", asNumber, 0}, {"origin", asText, 64},
	}},
	{name: sightingTable, key: []string{"client", "family"}, columns: []copiedColumn{
		{"client", asText, maxClientLen}, {"family", asNumber, 0}, {"entity_id", asNumber, 0}, {"seen_at", asNumber, 0},
		{"message", asText, 0}, {"outcome", asText, 0}, {"addr", asText, 64}, {"lease_until", asNumber, 0}, {"client_id", asText, 0},
		{"vendor", asText, 0}, {"hostname", asText, 0}, {"relay", asText, 64}, {"circuit", asText, 0}, {"remote", asText, 0}, {"via", asText, 0},
	}},
	{name: viewTable, key: []string{"owner", "view_name"}, columns: []copiedColumn{
		{"owner", asText, 64}, {"view_name", asText, 128}, {"query_text", asText, 0}, {"shown_columns", asText, 0}, {"sorted_by", asText, 0},
		{"merge_attrs", asNumber, 0}, {"changed", asNumber, 0}, {"changed_by", asText, 64},
	}},
	{name: metaTable, key: []string{"id"}, where: `id = ` + strconv.Itoa(floorRow), columns: []copiedColumn{
		{"id", asNumber, 0}, {"seq", asNumber, 0},
	}},
}

func (k dataKind) isTime() bool { return k == asTime || k == asStamp }

// isKey reports whether c is part of t's primary key.
func (t *copiedTable) isKey(c copiedColumn) bool { return slices.Contains(t.key, c.name) }

// plain is c's name without quotes.
func (c copiedColumn) plain() string { return strings.Trim(c.name, `"`) }

// tableNames returns the names of the tables that a database must have to be
// copied to.
func tableNames() []string {
	var names []string
	for _, t := range copiedTables {
		names = append(names, t.name)
	}
	return names
}

// in returns t with those of its columns that a database has: an older one may
// lack some. Without any, it lacks the table.
func (t copiedTable) in(c *conn, names schema) (copiedTable, error) {
	if !names[t.name] {
		t.columns = nil
		return t, nil
	}
	there, err := c.columns(t.name)
	t.columns = slices.DeleteFunc(slices.Clone(t.columns), func(col copiedColumn) bool { return !slices.Contains(there, col.plain()) })
	return t, err
}

// columns returns the names of the columns of a table.
func (c *conn) columns(table string) ([]string, error) {
	sql := `SELECT * FROM ` + table + ` WHERE 1 = 0`
	st, err := c.prepare(sql)
	if err != nil {
		return nil, err
	}
	c.store.count(st.text)
	rows, err := st.Stmt.(driver.StmtQueryContext).QueryContext(context.Background(), nil)
	if err != nil {
		return nil, c.fault(err, sql)
	}
	names := slices.Clone(rows.Columns())
	return names, c.fault(rows.Close(), sql)
}

// selectAll returns the statement that reads t, times as text. Entities come in
// the order of their numbers, and all else as the primary key has it, which is
// not the same everywhere where that is a text.
func (t *copiedTable) selectAll(d Dialect) string {
	list := make([]string, len(t.columns))
	for i, c := range t.columns {
		list[i] = c.name
		if c.kind.isTime() {
			list[i] = d.TimeText(c.name)
		}
	}
	return `SELECT ` + strings.Join(list, ", ") + t.from() + ` ORDER BY ` + strings.Join(t.key, ", ")
}

// from returns the part of a statement that says which rows are meant.
func (t *copiedTable) from() string {
	if t.where != "" {
		return ` FROM ` + t.name + ` WHERE ` + t.where
	}
	return ` FROM ` + t.name
}

// insertInto returns the statement that inserts rows of t, up to the values.
func (t *copiedTable) insertInto() string {
	return `INSERT INTO ` + t.name + ` (` + strings.Join(t.names(), ", ") + `) VALUES `
}

func (t *copiedTable) names() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return names
}

// CopiedColumns returns what Copy copies, as table.column, sorted.
func CopiedColumns() []string {
	var all []string
	for _, t := range copiedTables {
		for _, c := range t.columns {
			all = append(all, t.name+"."+c.plain())
		}
	}
	slices.Sort(all)
	return all
}
