package sqlstore

import (
	"database/sql/driver"
	"strings"

	"github.com/clusto/clusto"
)

// macSubkey is the subkey of hardware addresses; the index of them covers it alone.
const macSubkey = "mac"

// none reports whether m selects nothing, whatever the database holds.
func none(m *clusto.AttrMatch) bool {
	return m.IDs != nil && len(m.IDs) == 0 ||
		m.Entities != nil && len(m.Entities) == 0 ||
		m.Values != nil && len(m.Values) == 0 ||
		m.Contains != nil && len(m.Contains) == 0 ||
		m.RelatedTo != nil && len(m.RelatedTo) == 0
}

// inexact reports whether the condition that attrs builds for m lets through
// rows that m.Matches refuses: JSON is compared by meaning, which SQL cannot, the
// digits of a hardware address do not tell how it is spelled, and what is in a
// text is seen by each database in its own way.
func inexact(m *clusto.AttrMatch) bool {
	if m.MAC != nil || m.Contains != nil || m.Value.Op == clusto.Equal && m.Value.Arg.Kind() == clusto.KindJSON {
		return true
	}
	for _, v := range m.Values {
		if v.Kind() == clusto.KindJSON {
			return true
		}
	}
	return false
}

// pathOf chooses how the rows that m selects are found. The choice is made
// here and not by the database because SQLite, without statistics, prefers
// classic's index of keys to everything (DESIGN.md, "Plans").
func pathOf(m *clusto.AttrMatch) Path {
	kind := clusto.Kind("")
	if m.Value.Op == clusto.Equal && !m.Value.Arg.IsNone() {
		kind = m.Value.Arg.Kind()
	} else if len(m.Values) > 0 {
		kind = commonKind(m.Values)
	}
	switch {
	case m.RelatedTo != nil && (m.Entities == nil || len(m.RelatedTo) < len(m.Entities)):
		return ByRelated
	case m.Entities != nil:
		return ByOwner
	case m.MAC != nil && m.Subkey == clusto.Is(macSubkey):
		return ByMAC
	case kind == clusto.KindRelation:
		return ByRelated
	case kind == clusto.KindInt:
		return ByInt
	case kind == clusto.KindString:
		return ByText
	}
	return ByScan
}

// commonKind returns the kind that all values have, or "" if they differ or
// one is no value.
func commonKind(values []clusto.Value) clusto.Kind {
	if len(values) == 0 {
		return ""
	}
	for _, v := range values {
		if v.IsNone() || v.Kind() != values[0].Kind() {
			return ""
		}
	}
	return values[0].Kind()
}

// contains limits to texts that may have one of parts in them.
func (c *condition) contains(parts []string) {
	var either []string
	var args []driver.Value
	for _, part := range parts {
		if c.dialect.Holds(part) {
			either = append(either, `lower(a.string_value) LIKE ? ESCAPE '!'`)
			args = append(args, likePart(part))
		}
	}
	if either == nil {
		c.and(nowhere)
		return
	}
	c.and(`a.datatype = 'string' AND (`+strings.Join(either, ` OR `)+`)`, args...)
}

// likePart returns the pattern for LIKE of a text in lower case that contains
// part. Letters beyond ASCII stand for anything: databases do not agree which
// of them are in lower case.
func likePart(part string) string {
	var pattern strings.Builder
	pattern.WriteByte('%')
	for _, r := range strings.ToLower(part) {
		switch {
		case r > '~':
			pattern.WriteByte('%')
			continue
		case r == '%', r == '_', r == '!':
			pattern.WriteByte('!')
		}
		pattern.WriteRune(r)
	}
	pattern.WriteByte('%')
	return pattern.String()
}

const keyColumn = `a."key"`

// attrs adds the conditions of m on entity_attrs as a.
func (c *condition) attrs(m *clusto.AttrMatch, path Path) {
	if m.IDs != nil {
		andIDs(c, "a.attr_id", m.IDs)
	}
	c.owners(m, path)
	c.text(keyColumn, m.Key)
	c.number(m.Number)
	c.subkey(m, path)
	c.value(m.Value)
	if m.Values != nil {
		c.oneOf(m.Values)
	}
	if m.Contains != nil {
		c.contains(m.Contains)
	}
	if m.MAC != nil {
		c.and(`a.datatype = 'string' AND `+c.dialect.MACIs(), m.MAC.Bare())
	}
	if m.Visible {
		c.and(`(` + strings.Join(c.dialect.Visible(keyColumn), ` OR `) + `)`)
	}
}

// owners adds the limits of m by entity and by relation. Where both are lists,
// only the one that path follows may use an index: SQLite would else look up
// every pair.
func (c *condition) owners(m *clusto.AttrMatch, path Path) {
	owner, related := "a.entity_id", "a.relation_id"
	if len(m.Entities) > 1 && len(m.RelatedTo) > 1 {
		if path == ByRelated {
			owner = "+" + owner
		} else {
			related = "+" + related
		}
	}
	if m.Entities != nil {
		andIDs(c, owner, m.Entities)
	}
	if m.RelatedTo != nil {
		c.and(`a.datatype = 'relation'`)
		andIDs(c, related, m.RelatedTo)
	}
}

func (c *condition) text(column string, want clusto.Cond[string]) {
	switch want.Op {
	case clusto.Equal:
		c.andText(column, want.Arg)
	case clusto.Absent:
		c.and(column + ` IS NULL`)
	case clusto.Present:
		c.and(column + ` IS NOT NULL`)
	case clusto.Glob:
		if !c.dialect.Holds(want.Arg) {
			c.and(nowhere)
		} else if strings.Contains(want.Arg, "*") {
			sql, arg := c.dialect.Glob(column, want.Arg)
			c.and(sql, arg)
		} else {
			c.andText(column, want.Arg)
		}
	}
}

// subkey adds the condition on the subkey. The index of hardware addresses is
// a partial one, for which the database must see the subkey in the statement.
func (c *condition) subkey(m *clusto.AttrMatch, path Path) {
	if path == ByMAC {
		c.andLiteral(`a.subkey`, macSubkey)
		return
	}
	c.text(`a.subkey`, m.Subkey)
}

func (c *condition) number(want clusto.Cond[int64]) {
	switch want.Op {
	case clusto.Equal:
		c.and(`a.number = ?`, want.Arg)
	case clusto.Absent:
		c.and(`a.number IS NULL`)
	case clusto.Present:
		c.and(`a.number IS NOT NULL`)
	}
}

// hasNoValue holds for a row without value.
const hasNoValue = `coalesce(a.int_value, a.relation_id) IS NULL AND a.string_value IS NULL AND a.datetime_value IS NULL`

func (c *condition) value(want clusto.Cond[clusto.Value]) {
	switch want.Op {
	case clusto.Equal:
		c.oneOf([]clusto.Value{want.Arg})
	case clusto.Absent:
		c.and(hasNoValue)
	case clusto.Present:
		c.and(`NOT (` + hasNoValue + `)`)
	}
}

// oneOf adds the condition that the value is one of values.
func (c *condition) oneOf(values []clusto.Value) {
	g := groupValues(values)
	var either []string
	var args []driver.Value
	or := func(build func(*condition)) {
		one := condition{dialect: c.dialect}
		build(&one)
		either = append(either, string(one.sql))
		args = append(args, one.args...)
	}
	if g.ints != nil {
		or(func(o *condition) { o.and(`a.datatype = 'int'`); andIDs(o, "a.int_value", g.ints) })
	}
	if g.relations != nil {
		or(func(o *condition) { o.and(`a.datatype = 'relation'`); andIDs(o, "a.relation_id", g.relations) })
	}
	if g.texts != nil {
		or(func(o *condition) { o.and(`a.datatype = 'string'`); o.andTexts("a.string_value", g.texts) })
	}
	if g.times != nil {
		or(func(o *condition) {
			o.and(`a.datatype = 'datetime'`)
			o.andTexts(c.dialect.TimeText("a.datetime_value"), g.times)
		})
	}
	if g.json {
		or(func(o *condition) { o.and(`a.datatype = 'json'`) })
	}
	if g.none {
		or(func(o *condition) { o.and(hasNoValue) })
	}
	if len(either) == 1 {
		c.and(either[0], args...)
		return
	}
	c.and(`(`+strings.Join(either, ` OR `)+`)`, args...)
}

// valueGroup is a set of values by kind, as the columns hold them.
type valueGroup struct {
	ints, relations []int64
	texts, times    []string
	json, none      bool // whether there are any
}

func groupValues(values []clusto.Value) (g valueGroup) {
	for _, v := range values {
		switch {
		case v.IsNone():
			g.none = true
		case v.Kind() == clusto.KindInt:
			g.ints = append(g.ints, v.Int64())
		case v.Kind() == clusto.KindRelation:
			g.relations = append(g.relations, int64(v.Relation()))
		case v.Kind() == clusto.KindString:
			g.texts = append(g.texts, v.Str())
		case v.Kind() == clusto.KindTime:
			g.times = append(g.times, v.Time().Format(storedTime))
		case v.Kind() == clusto.KindJSON:
			g.json = true
		}
	}
	return g
}
