package sqlstore

import (
	"context"
	"iter"
	"strings"

	"github.com/clusto/clusto"
)

func (r *reader) Entity(ctx context.Context, name string) (clusto.Entity, error) {
	if err := r.enter(ctx); err != nil {
		return clusto.Entity{}, err
	}
	var found clusto.Entity
	m := clusto.Match{Names: []string{name}}
	err := r.find(context.Background(), &m, func(e clusto.Entity) bool {
		found = e
		return false
	})
	if err == nil && found.ID == 0 {
		err = clusto.Errorf(clusto.ErrNotFound, "%q does not exist", name)
	}
	return found, err
}

func (r *reader) Entities(ctx context.Context, ids ...clusto.EntityID) ([]clusto.Entity, error) {
	if err := r.enter(ctx); err != nil {
		return nil, err
	}
	found, err := r.entities(ctx, ids)
	if err != nil {
		return nil, err
	}
	return inOrder(ids, func(id clusto.EntityID) clusto.Entity { return found[id] })
}

// entities returns those of the given entities that exist.
func (r *reader) entities(ctx context.Context, ids []clusto.EntityID) (map[clusto.EntityID]clusto.Entity, error) {
	found := make(map[clusto.EntityID]clusto.Entity, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	if err := r.loadRenames(); err != nil {
		return nil, err
	}
	c := r.where()
	andIDs(c, "e.entity_id", ids)
	r.valid(c, "e")
	err := r.query(ctx, `SELECT `+entityColumns+` FROM `+r.s.dialect.Entities(true)+` WHERE `+string(c.sql), c.args, func(row row) (bool, error) {
		e := r.renamed.then(row.entity(0))
		found[e.ID] = e
		return true, nil
	})
	return found, err
}

// inOrder returns the entities in the order of ids; get returns the zero Entity
// for one that does not exist.
func inOrder(ids []clusto.EntityID, get func(clusto.EntityID) clusto.Entity) ([]clusto.Entity, error) {
	all := make([]clusto.Entity, len(ids))
	for i, id := range ids {
		e := get(id)
		if e.ID == 0 {
			return nil, clusto.Errorf(clusto.ErrNotFound, "entity number %d does not exist", id)
		}
		all[i] = e
	}
	return all, nil
}

func (r *reader) Find(ctx context.Context, m clusto.Match) iter.Seq2[clusto.Entity, error] {
	return ranged(ctx, r, func(give func(clusto.Entity) bool) error {
		return r.find(ctx, &m, give)
	})
}

// find gives the entities that m selects, in one statement and one more for
// each of m.Attrs that SQL cannot decide, or that are too many to be joined.
func (r *reader) find(ctx context.Context, m *clusto.Match, give func(clusto.Entity) bool) error {
	if err := r.loadRenames(); err != nil {
		return err
	}
	c := r.where()
	r.valid(c, "e")
	r.oneOf(c, nameColumn, m.Names)
	r.oneOf(c, "e.type", m.Types)
	r.oneOf(c, "e.driver", m.Drivers)
	if m.Attrs != nil {
		if err := r.withAttrs(ctx, c, m.Attrs); err != nil {
			return err
		}
	}
	if m.After != 0 {
		c.and(`e.entity_id > ?`, int64(m.After))
	}
	byID := m.Names == nil && (m.Attrs != nil || m.After != 0)
	sql := `SELECT ` + entityColumns + ` FROM ` + r.s.dialect.Entities(byID) + ` WHERE ` + string(c.sql) + ` ORDER BY e.entity_id`
	if m.Limit > 0 { // of those that were something else some may be refused below
		sql += ` LIMIT ?`
		c.args = append(c.args, int64(m.Limit)+int64(len(r.renamed.ids())))
	}
	given := 0
	return r.query(ctx, sql, c.args, func(row row) (bool, error) {
		e := r.renamed.then(row.entity(0))
		if !r.renamed.empty() && !m.Admits(e) {
			return true, nil
		}
		given++
		return give(e) && given != m.Limit, nil
	})
}

const nameColumn = "e.name"

// oneOf limits a column to one of all, unless all is nil. Entities that were
// something else at the version shown are let through, for find to judge.
func (r *reader) oneOf(c *condition, column string, all []string) {
	if all == nil {
		return
	}
	if r.renamed.empty() {
		c.andTexts(column, all)
		return
	}
	one := condition{dialect: c.dialect}
	if column == nameColumn { // looked up in its index, which MariaDB would not do in an OR
		one.andTexts(`n.name`, all)
		one.args = append(one.args, ints(r.renamed.ids()))
		c.and(`e.entity_id IN (SELECT x.entity_id FROM (SELECT n.entity_id FROM entities n WHERE `+string(one.sql)+
			` UNION ALL `+c.dialect.Ints()+`) x)`, one.args...)
		return
	}
	one.andTexts(column, all)
	one.args = append(one.args, ints(r.renamed.ids()))
	c.and(`(`+string(one.sql)+` OR e.entity_id IN (`+c.dialect.Ints()+`))`, one.args...)
}

// maxJoined is how many conditions are joined in one statement; SQLite takes at
// most 500. The rest are asked one by one.
const maxJoined = 100

// withAttrs limits to entities with an attribute that meets any of matches.
func (r *reader) withAttrs(ctx context.Context, c *condition, matches []clusto.AttrMatch) error {
	any := condition{dialect: c.dialect}
	var selects []string
	var owners []clusto.EntityID
	for i := range matches {
		m := &matches[i]
		if none(m) {
			continue
		}
		if inexact(m) || len(selects) == maxJoined {
			err := r.attrs(ctx, m, func(a clusto.Attr) bool {
				owners = append(owners, a.Entity)
				return true
			})
			if err != nil {
				return err
			}
			continue
		}
		path := pathOf(m)
		one := condition{dialect: c.dialect}
		one.attrs(m, path)
		r.valid(&one, "a")
		selects = append(selects, `SELECT a.entity_id FROM `+r.s.dialect.Attrs(path, r.at == clusto.Live)+` WHERE `+string(one.sql))
		any.args = append(any.args, one.args...)
	}
	if owners != nil || selects == nil {
		selects = append(selects, c.dialect.Ints())
		any.args = append(any.args, ints(owners))
	}
	owner := selects[0]
	if len(selects) > 1 {
		// As a table of its own: else MariaDB asks again for each entity.
		owner = `SELECT o.entity_id FROM (` + strings.Join(selects, ` UNION ALL `) + `) o`
	}
	c.and(`e.entity_id IN (`+owner+`)`, any.args...)
	return nil
}
