package sqlstore

import (
	"database/sql/driver"
	"slices"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
)

// The places of edits within a version: first what it ended, then what it
// changed, then what it made.
const (
	placeAttrEnded = iota + 1
	placeEntityEnded
	placeEntityChanged
	placeAttrsRedacted
	placeEntityMade
	placeAttrMade
)

// changeQuery builds one statement that yields what versions changed: for each
// kind of edit a SELECT of the rows that tell of it, found by version, or by
// entity where the question is about some.
type changeQuery struct {
	r        *reader
	match    *clusto.EditMatch
	versions bool // only the numbers of the versions are wanted
	log      bool // there is a log of entities
	redacted bool // there are redactions
	parts    []string
	args     []driver.Value
}

// changes returns the query for what m selects, or for the versions of it.
func (r *reader) changes(m *clusto.EditMatch, versions bool) (*changeQuery, error) {
	q := &changeQuery{r: r, match: m, versions: versions}
	var err error
	if q.log, err = r.has(entityLogTable); err != nil {
		return nil, err
	}
	if q.redacted, err = r.has(redactionTable); err != nil {
		return nil, err
	}
	wanted := func(kind clusto.EditKind) bool { return m.Kinds == nil || slices.Contains(m.Kinds, kind) }
	// The attributes come first because theirs are the columns that are never
	// all NULL, from which a database takes the types of a union: also where none
	// of them is wanted.
	ended := `a.deleted_at_version > a.version`
	if !wanted(clusto.AttrEnded) {
		ended = `1 = 0`
	}
	q.attrs(placeAttrEnded, ByEnded, `a.deleted_at_version`, ended)
	if wanted(clusto.AttrMade) {
		q.attrs(placeAttrMade, ByMade, `a.version`, `(a.`+live+` OR a.deleted_at_version > a.version)`)
	}
	if m.Key.Op == clusto.Any && m.Values == nil {
		q.entityEdits(wanted)
	}
	if wanted(clusto.AttrsRedacted) && m.Values == nil {
		q.redactions()
	}
	return q, nil
}

// entityEdits adds the edits of entities of the kinds that are wanted.
func (q *changeQuery) entityEdits(wanted func(clusto.EditKind) bool) {
	if wanted(clusto.EntityEnded) {
		q.entitiesEnded()
	}
	if wanted(clusto.EntityMade) {
		q.entitiesMade()
	}
	if wanted(clusto.EntityChanged) {
		q.entitiesChanged()
	}
}

// nothing reports whether m selects nothing, whatever the database holds.
func nothing(m *clusto.EditMatch) bool {
	return m.Only != nil && len(m.Only) == 0 || m.About != nil && len(m.About) == 0 || m.Kinds != nil && len(m.Kinds) == 0 ||
		m.Values != nil && len(m.Values) == 0
}

// text returns the statement, its parts joined by union.
func (q *changeQuery) text(union string) string { return strings.Join(q.parts, union) }

// part adds a SELECT of rows that tell of an edit: version is the column with
// its version, row the one by which such edits are ordered.
func (q *changeQuery) part(place int, version, row, columns, from string, c *condition) {
	text := `SELECT ` + version + ` AS version`
	if !q.versions {
		text += `, ` + strconv.Itoa(place) + `, ` + row + `, ` + columns
	}
	q.parts = append(q.parts, text+` FROM `+from+` WHERE `+string(c.sql))
	q.args = append(q.args, c.args...)
}

// where returns the condition that the version in column is one that is asked
// for and, unless it is "", that entity is one of those asked for.
func (q *changeQuery) where(version, entity string) *condition {
	c := q.r.where()
	q.r.span(c, version, q.match.Only, q.match.After, q.match.To)
	if entity != "" && q.match.About != nil {
		andIDs(c, entity, q.match.About)
	}
	return c
}

// span limits column to the versions only and those after after up to to, and
// to those that r shows.
func (r *reader) span(c *condition, column string, only []clusto.Version, after, to clusto.Version) {
	c.and(column+` > ?`, int64(after))
	if r.at != clusto.Live && (to == 0 || to > r.at) {
		to = r.at
	}
	if to != 0 {
		c.and(column+` <= ?`, int64(to))
	}
	if only != nil {
		andIDs(c, column, only)
	}
}

// attrs adds the edits of attributes of which version is the column.
func (q *changeQuery) attrs(place int, byVersion Path, version, lasted string) {
	const noEntity = `, '', '', ''`
	for _, way := range q.ways(byVersion) {
		c := q.where(version, "")
		c.and(lasted)
		if way.limit != "" {
			c.and(way.limit, way.args...)
		}
		c.text(keyColumn, q.match.Key)
		if q.match.Values != nil {
			c.oneOf(q.match.Values)
		}
		q.part(place, version, `a.attr_id`, q.r.s.attrColumns+noEntity, q.r.s.dialect.Attrs(way.path, false), c)
	}
}

// way is a way to rows of entity_attrs.
type way struct {
	path  Path
	limit string
	args  []driver.Value
}

// ways returns the ways to the attributes that are asked for, which have no row
// in common.
func (q *changeQuery) ways(byVersion Path) []way {
	if q.match.About == nil {
		return []way{{path: q.byValue(byVersion)}}
	}
	among := ` IN (` + q.r.s.dialect.Ints() + `)`
	list := ints(q.match.About)
	own, related := `a.entity_id`+among, `a.datatype = 'relation' AND a.relation_id`+among
	if q.match.Only != nil {
		return []way{{byVersion, `(` + own + ` OR ` + related + `)`, []driver.Value{list, list}}}
	}
	return []way{
		{ByOwner, own, []driver.Value{list}},
		{ByRelated, related + ` AND NOT ` + own, []driver.Value{list, list}},
	}
}

// byValue returns the path of texts if only texts are asked for, of any version:
// the indexes of other values may hold live rows alone.
func (q *changeQuery) byValue(otherwise Path) Path {
	if q.match.Only == nil && commonKind(q.match.Values) == clusto.KindString {
		return ByText
	}
	return otherwise
}

// entityEdit returns the columns of an edit of an entity, in the places of
// those of an attribute and behind them: what was is before it and is after it,
// each the alias of a row or "".
func entityEdit(was, is string) string {
	name, typ, driver := state(was)
	isName, isType, isDriver := state(is)
	return strings.Join([]string{`e.entity_id`, `e.entity_id`, name, `NULL`, typ, driver, `NULL`, `NULL`, `e.version`, isName, isType, isDriver}, `, `)
}

// state returns what the entity e was according to the row of the log called
// alias, if there is one, or else is.
func state(alias string) (name, typ, driver string) {
	switch alias {
	case "":
		return `''`, `''`, `''`
	case "e":
		return `e.name`, `e.type`, `e.driver`
	}
	return `coalesce(` + alias + `.name, e.name)`, `coalesce(` + alias + `.type, e.type)`, `coalesce(` + alias + `.driver, e.driver)`
}

// logged returns the join with the first row of the log of e, called alias,
// whose version is as compared says, and the alias; no join and "e" if it is not wanted.
func (q *changeQuery) logged(alias, compared string) (join, is string) {
	if !q.log || q.versions {
		return "", "e"
	}
	return ` LEFT JOIN clusto_entity_log ` + alias + ` ON ` + alias + `.entity_id = e.entity_id AND ` + alias + `.version = ` +
		`(SELECT min(f.version) FROM clusto_entity_log f WHERE f.entity_id = e.entity_id AND f.version ` + compared + `)`, alias
}

func (q *changeQuery) entities() string { return q.r.s.dialect.Entities(q.match.About != nil) }

func (q *changeQuery) entitiesEnded() {
	const version = `e.deleted_at_version`
	join, was := q.logged("l", `>= `+version)
	c := q.where(version, `e.entity_id`)
	c.and(version + ` > e.version`)
	q.part(placeEntityEnded, version, `e.entity_id`, entityEdit(was, ""), q.entities()+join, c)
}

func (q *changeQuery) entitiesMade() {
	const version = `e.version`
	join, is := q.logged("l", `> `+version)
	c := q.where(version, `e.entity_id`)
	c.and(`(e.` + live + ` OR e.deleted_at_version > e.version)`)
	q.part(placeEntityMade, version, `e.entity_id`, entityEdit("", is), q.entities()+join, c)
}

// entitiesChanged leaves out an entity that was ended by the version that
// changed it: that is all that can be seen.
func (q *changeQuery) entitiesChanged() {
	if !q.log {
		return
	}
	const version = `w.version`
	join, is := q.logged("l", `> `+version)
	c := q.where(version, `w.entity_id`)
	c.and(`e.entity_id = w.entity_id AND (e.` + live + ` OR e.deleted_at_version > ` + version + `)`)
	q.part(placeEntityChanged, version, `e.entity_id`, entityEdit("w", is), `clusto_entity_log w CROSS JOIN `+q.r.s.dialect.Entities(true)+join, c)
}

func (q *changeQuery) redactions() {
	if !q.redacted {
		return
	}
	const version = `d.version`
	c := q.where(version, `d.entity_id`)
	c.text(`d.attr_key`, q.match.Key)
	const columns = `d.id, d.entity_id, d.attr_key, d.redacted, '', '', NULL, NULL, d.version, '', '', ''`
	q.part(placeAttrsRedacted, version, `d.id`, columns, `clusto_redaction d`, c)
}
