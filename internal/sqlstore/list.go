package sqlstore

import (
	"database/sql/driver"
	"encoding/json"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ints returns numbers as a JSON array, the argument of Dialect.Ints.
func ints[I ~int64](numbers []I) string {
	out := make([]byte, 0, 2+8*len(numbers))
	out = append(out, '[')
	for i, n := range numbers {
		if i > 0 {
			out = append(out, ',')
		}
		out = strconv.AppendInt(out, int64(n), 10)
	}
	return string(append(out, ']'))
}

// texts returns texts as a JSON array, the argument of Dialect.Texts.
func texts(all []string) string {
	out, _ := json.Marshal(all) // cannot fail for strings
	return string(out)
}

// condition builds the part of a statement after WHERE, with its arguments.
type condition struct {
	dialect Dialect
	sql     []byte
	args    []driver.Value
}

// and adds a condition.
func (c *condition) and(sql string, args ...driver.Value) {
	if len(c.sql) > 0 {
		c.sql = append(c.sql, " AND "...)
	}
	c.sql = append(c.sql, sql...)
	c.args = append(c.args, args...)
}

// andIDs limits column to numbers. A list of any length is one argument, so
// that statements stay few and can be kept prepared; a short one may be so many
// arguments as make up a power of two, of which the last is repeated.
func andIDs[I ~int64](c *condition, column string, numbers []I) {
	n := len(numbers)
	switch {
	case n == 1:
		c.and(column+" = ?", int64(numbers[0]))
		return
	case n > 0 && n <= c.dialect.Listed():
		size := 1 << bits.Len(uint(n-1))
		c.and(column + ` IN (` + strings.Repeat(`?, `, size-1) + `?)`)
		for i := range size {
			c.args = append(c.args, int64(numbers[min(i, n-1)]))
		}
		return
	}
	c.and(column+" IN ("+c.dialect.Ints()+")", ints(numbers))
}

// batches returns conditions that together limit column to numbers, for a
// statement that changes rows: where Listed says so each number is an argument, as
// MariaDB looks at every row of the table if they come from a subquery. As with inserts, powers
// of two keep the statements few.
func batches[I ~int64](d Dialect, column string, numbers []I) []condition {
	var all []condition
	for len(numbers) > 0 {
		n := len(numbers)
		c := condition{dialect: d}
		if most := d.Listed(); most > 0 {
			n = 1 << (bits.Len(uint(min(n, most))) - 1)
			c.and(column + ` IN (` + strings.Repeat(`?, `, n-1) + `?)`)
			for _, number := range numbers[:n] {
				c.args = append(c.args, int64(number))
			}
		} else {
			andIDs(&c, column, numbers)
		}
		all = append(all, c)
		numbers = numbers[n:]
	}
	return all
}

// nowhere is a condition that holds for no row.
const nowhere = `1 = 0`

// andText limits a column to one text. What the database cannot hold is nowhere
// in it, and not even asked for.
func (c *condition) andText(column, text string) {
	if !c.dialect.Holds(text) {
		c.and(nowhere)
		return
	}
	sql, times := c.dialect.TextIs(column)
	c.repeated(sql, times, text)
}

// andTexts limits a column to one of all. JSON has no bytes that are no text.
func (c *condition) andTexts(column string, all []string) {
	if len(all) == 1 {
		c.andText(column, all[0])
		return
	}
	strange := func(text string) bool { return !utf8.ValidString(text) || !c.dialect.Holds(text) }
	if slices.ContainsFunc(all, strange) {
		all = slices.DeleteFunc(slices.Clone(all), strange)
	}
	sql, times := c.dialect.TextIn(column)
	c.repeated(sql, times, texts(all))
}

// repeated adds a condition that has its argument as often as times says.
func (c *condition) repeated(sql string, times int, arg driver.Value) {
	c.and(sql)
	for range times {
		c.args = append(c.args, arg)
	}
}

// andLiteral limits a column to a text that needs no quoting and that the
// database must see in the statement.
func (c *condition) andLiteral(column, text string) {
	sql, _ := c.dialect.TextIs(column)
	c.and(strings.ReplaceAll(sql, "?", "'"+text+"'"))
}
