package mysql

import (
	"strings"
)

// Texts are compared byte by byte, as on other databases. Our own tables have a
// collation that does so. Those of classic clusto mostly have one that takes
// "web01", "Web01", "wéb01" and "web01 " for the same: there a text is looked up
// by the column's collation, for the index, and its bytes are compared too.

// The collations that compare bytes, trailing blanks included, by the names of
// MariaDB and MySQL. (Those that end in "_bin" alone ignore trailing blanks.)
const (
	exactMariaDB = `utf8mb4_nopad_bin`
	exactMySQL   = `utf8mb4_0900_bin`
)

// collation is how the texts of a column are stored and compared.
type collation struct{ charset, name string }

func (c collation) exact() bool { return c.name == exactMariaDB || c.name == exactMySQL }

// tableCollation is how migrations say what Rebind puts in its place.
const tableCollation = `DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin`

func (c collation) ofTable() string {
	return `DEFAULT CHARACTER SET ` + c.charset + ` COLLATE ` + c.name
}

// collation returns that of the names of entities, or of a new database.
func (d *dialect) collation() collation {
	if c, known := d.known.Load().columns[`name`]; known {
		return c
	}
	if d.isMySQL.Load() {
		return collation{`utf8mb4`, exactMySQL}
	}
	return collation{`utf8mb4`, exactMariaDB}
}

// knowledge is what Schema tells about the database.
type knowledge struct {
	names   map[string]bool      // of tables and indexes
	columns map[string]collation // of the columns with text, by name
}

// Schema adds to the names of tables and indexes lines with the columns of
// classic clusto's tables that hold text: "column charset collation". Columns of
// one name are alike in all of these, and in ours, see Rebind.
func (d *dialect) Schema() string {
	return `SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()` +
		` UNION SELECT index_name FROM information_schema.statistics WHERE table_schema = DATABASE()` +
		` UNION SELECT CONCAT(column_name, ' ', character_set_name, ' ', collation_name) FROM information_schema.columns` +
		` WHERE table_schema = DATABASE() AND table_name IN ('clustoversioning', 'entities', 'entity_attrs', 'counters') AND collation_name IS NOT NULL`
}

func (d *dialect) Know(names map[string]bool) {
	k := &knowledge{names: names, columns: map[string]collation{}}
	for name := range names {
		if words := strings.Fields(name); len(words) == 3 {
			k.columns[words[0]] = collation{charset: words[1], name: words[2]}
		}
	}
	k.columns[`receipt_key`] = collation{`utf8mb4`, exactMariaDB} // it holds bytes
	d.known.Store(k)
}

// collationOf returns the collation of a column, if it has one that is known.
func (d *dialect) collationOf(column string) (c collation, known bool) {
	name := column[strings.LastIndexByte(column, '.')+1:]
	c, known = d.known.Load().columns[strings.Trim(name, `"`)]
	return c, known
}

// bytesOf returns an expression for the bytes of a text.
func bytesOf(column string) string { return `CAST(CONVERT(` + column + ` USING utf8mb4) AS BINARY)` }

// as returns an expression for a text in c, which lets the index of a column in
// c be used. Characters that c lacks become question marks.
func (c collation) as(text string) string {
	return `CONVERT(` + text + ` USING ` + c.charset + `) COLLATE ` + c.name
}

// Holds is always true: the server finds nothing that is not there.
func (d *dialect) Holds(string) bool { return true }

func (d *dialect) TextIs(column string) (condition string, times int) {
	switch c, known := d.collationOf(column); {
	case c.exact():
		return column + ` = ?`, 1
	case known:
		return `(` + column + ` = ` + c.as(`?`) + ` AND ` + bytesOf(column) + ` = ?)`, 2
	}
	return bytesOf(column) + ` = ?`, 1
}

func (d *dialect) TextIn(column string) (condition string, times int) {
	const members = ` FROM JSON_TABLE(?, '$[*]' COLUMNS (t LONGTEXT CHARACTER SET utf8mb4 PATH '$')) AS members)`
	switch c, known := d.collationOf(column); {
	case c.exact():
		return column + ` IN (SELECT ` + c.as(`t`) + members, 1
	case known:
		return `(` + column + `, ` + bytesOf(column) + `) IN (SELECT ` + c.as(`t`) + `, CAST(t AS BINARY)` + members, 1
	}
	return bytesOf(column) + ` IN (SELECT CAST(t AS BINARY)` + members, 1
}

// likeSpecials makes literal what LIKE takes for special.
var likeSpecials = strings.NewReplacer(`!`, `!!`, `%`, `!%`, `_`, `!_`, `*`, `%`)

func (d *dialect) Glob(column, pattern string) (condition, arg string) {
	if c, _ := d.collationOf(column); !c.exact() {
		column = bytesOf(column)
	}
	return column + ` LIKE ? ESCAPE '!'`, likeSpecials.Replace(pattern)
}

// Visible has the ranges before and behind "_" where texts are in the order of
// their bytes: "`" is the next. They are one condition, of which an index is
// looked up in both ranges too: the answers of two would be joined in a table,
// which costs more than the rest when it holds long texts.
func (d *dialect) Visible(column string) []string {
	if c, _ := d.collationOf(column); !c.exact() {
		return []string{bytesOf(column) + ` NOT LIKE '!_%' ESCAPE '!'`}
	}
	return []string{`(` + column + ` < '_' OR ` + column + " >= '`')"}
}
