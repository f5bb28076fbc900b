package sqlstore

import (
	"context"
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
	table := r.s.dialect.Attrs(ByOwner, r.at == clusto.Live)
	first := r.where()
	andIDs(first, "a.entity_id", roots)
	r.contains(first)
	with, inside, args := `WITH`, `SELECT DISTINCT a.entity_id, a.relation_id FROM `+table+` WHERE `+string(first.sql), first.args
	if deep {
		next := r.where()
		r.contains(next)
		with = `WITH RECURSIVE`
		inside = `SELECT a.entity_id, a.relation_id FROM ` + table + ` WHERE ` + string(first.sql) +
			` UNION SELECT inside.root, a.relation_id FROM inside CROSS JOIN ` + table + ` WHERE a.entity_id = inside.id AND ` + string(next.sql)
		args = append(args, next.args...)
	}
	valid := r.where()
	valid.and(`e.entity_id = common.id`)
	r.valid(valid, "e")
	sql := with + ` inside (root, id) AS (` + inside + `) SELECT ` + entityColumns +
		` FROM (SELECT inside.id FROM inside WHERE inside.id <> inside.root GROUP BY inside.id HAVING count(*) = ?) common CROSS JOIN ` +
		r.s.dialect.Entities(true) + ` WHERE ` + string(valid.sql) + ` ORDER BY e.entity_id`
	args = append(append(args, int64(len(roots))), valid.args...)
	var common []clusto.Entity
	err := r.query(ctx, sql, args, func(row row) (bool, error) {
		common = append(common, r.renamed.then(row.entity(0)))
		return true, nil
	})
	return common, err
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
