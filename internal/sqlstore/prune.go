package sqlstore

import (
	"context"
	"database/sql/driver"
	"regexp"

	"github.com/clusto/clusto"
)

var _ clusto.Pruner = (*Store)(nil)

// Prune implements clusto.Pruner. It is one change of the database, without a
// version. The version upTo itself stays on record, and so do the rows with the
// highest numbers: theirs must not become another's.
func (s *Store) Prune(ctx context.Context, upTo clusto.Version, dryRun bool) (clusto.Pruned, error) {
	var pruned clusto.Pruned
	if dryRun {
		err := s.View(ctx, clusto.Live, func(r clusto.Reader) (err error) {
			pruned, err = r.(*reader).prune(upTo, r.(*reader).countRows)
			return err
		})
		return pruned, err
	}
	_, err := s.Update(ctx, clusto.Change{}, func(x clusto.Tx) (err error) {
		t := x.(*tx)
		pruned, err = t.prune(upTo, func(table string, c *condition) (int, error) {
			return t.deleteRows(ctx, table, c)
		})
		if err != nil {
			return err
		}
		return t.setFloor(upTo)
	})
	return pruned, err
}

// countRows returns how many rows of table meet a condition.
func (r *reader) countRows(table string, c *condition) (int, error) {
	var n int64
	_, err := r.c.ints(`SELECT count(*) FROM `+table+` WHERE `+string(c.sql), c.args, &n)
	return int(n), r.fail(err)
}

// deleteRows deletes the rows of table that meet a condition, and returns how
// many they were.
func (t *tx) deleteRows(ctx context.Context, table string, c *condition) (int, error) {
	if err := t.beginWrite(ctx); err != nil {
		return 0, err
	}
	t.effect.aside = true
	n, err := t.c.exec(`DELETE FROM `+table+` WHERE `+string(c.sql), c.args...)
	return n, t.fail(err)
}

// prune calls each with the rows of every table that are not needed to show
// the version upTo and later ones, and sums up what it returns. What a row that
// stays refers to stays too: the database wants it, or who asks whom to blame.
func (r *reader) prune(upTo clusto.Version, each func(table string, c *condition) (int, error)) (clusto.Pruned, error) {
	var pruned clusto.Pruned
	if upTo == clusto.Live {
		return pruned, clusto.Errorf(clusto.ErrNotFound, "there is no version %d", upTo)
	}
	if err := r.checkVersion(upTo); err != nil {
		return pruned, err
	}
	var version, entity, attr int64
	if _, err := r.c.ints(`SELECT `+highest, nil, &version, &entity, &attr); err != nil {
		return pruned, r.fail(err)
	}
	named := map[string]driver.Value{":upTo": int64(upTo), ":highestEntity": entity, ":highestAttr": attr}
	for _, rows := range []struct {
		table, goes string
		count       *int
	}{
		{"entity_attrs", `deleted_at_version <= :upTo AND NOT ` + attrStays("entity_attrs"), &pruned.Attrs},
		{entityLogTable, `version <= :upTo`, &pruned.Changes},
		{redactionTable, `version <= :upTo`, &pruned.Changes},
		{revivalTable, `NOT EXISTS (SELECT 1 FROM entities e WHERE e.entity_id = clusto_revival.entity_id AND ` + entityStays("e") + `)`, &pruned.Changes},
		{"entities", `deleted_at_version <= :upTo AND NOT ` + entityStays("entities"), &pruned.Entities},
		{originTable, `version < :upTo AND NOT ` + r.versionStays(originTable), new(int)},
		{"clustoversioning", `version < :upTo AND NOT ` + r.versionStays("clustoversioning"), &pruned.Versions},
	} {
		if has, err := r.has(rows.table); err != nil {
			return pruned, err
		} else if !has {
			continue
		}
		n, err := each(rows.table, r.withNamed(rows.goes, named))
		if err != nil {
			return pruned, err
		}
		*rows.count += n
	}
	return pruned, nil
}

// The conditions under which rows of a table, or of its alias, stay.

func attrStays(a string) string {
	return `(` + a + `.deleted_at_version IS NULL OR ` + a + `.deleted_at_version > :upTo OR ` + a + `.attr_id = :highestAttr)`
}

// entityStays holds also for a dead entity to which classic clusto, or a crash
// of it, has left something attached.
func entityStays(e string) string {
	attached := func(column string) string {
		return ` OR EXISTS (SELECT 1 FROM entity_attrs r WHERE r.` + column + ` = ` + e + `.entity_id AND ` + attrStays("r") + `)`
	}
	return `(` + e + `.deleted_at_version IS NULL OR ` + e + `.deleted_at_version > :upTo OR ` + e + `.entity_id = :highestEntity` +
		attached("entity_id") + attached("relation_id") +
		` OR EXISTS (SELECT 1 FROM counters n WHERE n.entity_id = ` + e + `.entity_id))`
}

// versionStays holds for a version that made or ended a row that stays.
func (r *reader) versionStays(v string) string {
	did := func(from, column, stays string) string {
		return `EXISTS (SELECT 1 FROM ` + from + ` WHERE ` + column + ` = ` + v + `.version AND ` + stays + `)`
	}
	entities := r.s.dialect.Entities(false)
	made, ended := r.s.dialect.Attrs(ByMade, false), r.s.dialect.Attrs(ByEnded, false)
	return `(` + did(entities, "e.version", entityStays("e")) + ` OR ` + did(entities, "e.deleted_at_version", entityStays("e")) +
		` OR ` + did(made, "a.version", attrStays("a")) + ` OR ` + did(ended, "a.deleted_at_version", attrStays("a")) + `)`
}

// argumentName is the form of the names in the conditions above.
var argumentName = regexp.MustCompile(`:\w+`)

// withNamed returns a condition in which arguments have names.
func (r *reader) withNamed(sql string, named map[string]driver.Value) *condition {
	c := r.where()
	sql = argumentName.ReplaceAllStringFunc(sql, func(name string) string {
		c.args = append(c.args, named[name])
		return "?"
	})
	c.sql = []byte(sql)
	return c
}
