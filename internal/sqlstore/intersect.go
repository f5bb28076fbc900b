package sqlstore

import (
	"context"
	"database/sql/driver"
	"slices"

	"github.com/clusto/clusto"
)

var (
	_ clusto.Intersecter = (*reader)(nil)
	_ clusto.Intersecter = (*tx)(nil)
)

// InEach implements clusto.Intersecter in one statement.
func (r *reader) InEach(ctx context.Context, containers []clusto.EntityID, deep bool) ([]clusto.Entity, error) {
	if err := r.enter(ctx); err != nil || len(containers) == 0 {
		return nil, err
	}
	if err := r.loadRenames(); err != nil {
		return nil, err
	}
	roots := slices.Compact(slices.Sorted(slices.Values(containers)))
	with, common, args := r.common(roots, deep)
	valid := r.where()
	valid.and(`e.entity_id = common.id`)
	r.valid(valid, "e")
	sql := with + `SELECT ` + entityColumns + ` FROM (` + common + `) common CROSS JOIN ` + r.s.dialect.Entities(true) +
		` WHERE ` + string(valid.sql) + ` ORDER BY e.entity_id`
	var found []clusto.Entity
	err := r.query(ctx, sql, append(args, valid.args...), func(row row) (bool, error) {
		found = append(found, r.renamed.then(row.entity(0)))
		return true, nil
	})
	return found, err
}

// common returns the query for the numbers, as id, of what is in each of roots,
// and what must stand before the statement that it is part of.
func (r *reader) common(roots []clusto.EntityID, deep bool) (with, query string, args []driver.Value) {
	table := r.s.dialect.Attrs(ByOwner, r.at == clusto.Live)
	first := r.where()
	andIDs(first, "a.entity_id", roots)
	r.contains(first)
	n := int64(len(roots))
	if !deep {
		return ``, `SELECT a.relation_id AS id FROM ` + table + ` WHERE ` + string(first.sql) + ` AND a.relation_id <> a.entity_id` +
			` GROUP BY a.relation_id HAVING count(DISTINCT a.entity_id) = ?`, append(first.args, n)
	}
	next := r.where()
	r.contains(next)
	with = `WITH RECURSIVE inside (root, id) AS (SELECT a.entity_id, a.relation_id FROM ` + table + ` WHERE ` + string(first.sql) +
		` UNION SELECT inside.root, a.relation_id FROM inside CROSS JOIN ` + table + ` WHERE a.entity_id = inside.id AND ` + string(next.sql) + `) `
	return with, `SELECT inside.id FROM inside WHERE inside.id <> inside.root GROUP BY inside.id HAVING count(*) = ?`,
		append(append(first.args, next.args...), n)
}

// InEach implements clusto.Intersecter.
func (t *tx) InEach(ctx context.Context, containers []clusto.EntityID, deep bool) ([]clusto.Entity, error) {
	if err := t.enter(ctx); err != nil || len(containers) == 0 {
		return nil, err
	}
	if err := t.flush(); err != nil {
		return nil, err
	}
	return t.reader.InEach(ctx, containers, deep)
}
