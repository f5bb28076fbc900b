package sqlstore

import (
	"context"
	"database/sql/driver"
	"iter"
	"slices"

	"github.com/clusto/clusto"
)

// Lives implements clusto.History.
func (r *reader) Lives(ctx context.Context, m clusto.LifeMatch) iter.Seq2[clusto.Life, error] {
	return ranged(ctx, r, func(give func(clusto.Life) bool) error { return r.lives(ctx, &m, give) })
}

// Lives implements clusto.History.
func (t *tx) Lives(ctx context.Context, m clusto.LifeMatch) iter.Seq2[clusto.Life, error] {
	return ranged(ctx, &t.reader, func(give func(clusto.Life) bool) error {
		if err := t.flush(); err != nil {
			return err
		}
		return t.lives(ctx, &m, give)
	})
}

// lives gives the entities that m selects, in one statement, which yields a row
// for each row of the log of an entity, oldest first, or else one.
func (r *reader) lives(ctx context.Context, m *clusto.LifeMatch, give func(clusto.Life) bool) error {
	if m.IDs != nil && len(m.IDs) == 0 || m.Names != nil && len(m.Names) == 0 || m.SuccessorsOf != nil && len(m.SuccessorsOf) == 0 {
		return nil
	}
	if revives, err := r.has(revivalTable); err != nil || m.SuccessorsOf != nil && !revives {
		return err
	}
	sql, args, err := r.livesQuery(m)
	if err != nil {
		return err
	}
	var now course
	more := true
	next := func() bool {
		life, names := now.until(r.at)
		return life.ID == 0 || m.Names != nil && !slices.ContainsFunc(names, func(n string) bool { return slices.Contains(m.Names, n) }) || give(life)
	}
	err = r.query(ctx, sql, args, func(row row) (bool, error) {
		if id := clusto.EntityID(row.int(0)); id != now.life.ID {
			if more = next(); !more {
				return false, nil
			}
			now = course{life: clusto.Life{
				Entity:      row.entity(0),
				Ended:       clusto.Version(row.int(5)),
				SuccessorOf: clusto.EntityID(row.int(6)),
			}}
		}
		if !row.null(7) {
			now.log = append(now.log, logged{clusto.Version(row.int(7)), row.text(8), row.text(9), row.text(10)})
		}
		return true, nil
	})
	if err == nil && more {
		next()
	}
	return err
}

// livesQuery returns the statement for lives.
func (r *reader) livesQuery(m *clusto.LifeMatch) (sql string, args []driver.Value, err error) {
	logs, err := r.has(entityLogTable)
	if err != nil {
		return "", nil, err
	}
	revives, err := r.has(revivalTable)
	if err != nil {
		return "", nil, err
	}
	from, c := r.s.dialect.Entities(m.IDs != nil || m.Names != nil || m.SuccessorsOf != nil), r.where()
	if m.Names != nil {
		had := r.where()
		had.andTexts(`n.name`, m.Names)
		called := `SELECT n.entity_id FROM entities n WHERE ` + string(had.sql)
		c.args = append(c.args, had.args...)
		if logs {
			called += ` UNION SELECT n.entity_id FROM clusto_entity_log n WHERE ` + string(had.sql)
			c.args = append(c.args, had.args...)
		}
		from = `(` + called + `) x CROSS JOIN ` + from
		c.and(`e.entity_id = x.entity_id`)
	}
	if m.IDs != nil {
		andIDs(c, `e.entity_id`, m.IDs)
	}
	c.and(`(e.` + live + ` OR e.deleted_at_version > e.version)`)
	if r.at != clusto.Live {
		c.and(`e.version <= ?`, int64(r.at))
	}
	if m.SuccessorsOf != nil {
		from = `clusto_revival h CROSS JOIN ` + from
		andIDs(c, `h.was_id`, m.SuccessorsOf)
		c.and(`e.entity_id = h.entity_id`)
	}
	was, log, order := `NULL`, `NULL, NULL, NULL, NULL`, `e.entity_id`
	if revives {
		was = `s.was_id`
		from += ` LEFT JOIN clusto_revival s ON s.entity_id = e.entity_id`
	}
	if logs {
		log, order = `l.version, l.name, l.type, l.driver`, `e.entity_id, l.version`
		from += ` LEFT JOIN clusto_entity_log l ON l.entity_id = e.entity_id`
	}
	return `SELECT ` + entityColumns + `, e.deleted_at_version, ` + was + `, ` + log + ` FROM ` + from +
		` WHERE ` + string(c.sql) + ` ORDER BY ` + order, c.args, nil
}

// course is an entity and what it was before, oldest first.
type course struct {
	life clusto.Life
	log  []logged
}

// logged is what an entity was before a version.
type logged struct {
	version           clusto.Version
	name, typ, driver string
}

// until returns the entity as it is at a version, or was last before, and the
// names that it had until then.
func (c *course) until(at clusto.Version) (clusto.Life, []string) {
	life := c.life
	if at != clusto.Live && life.Ended > at {
		life.Ended = 0
	}
	var names []string
	for _, l := range c.log {
		names = append(names, l.name)
		// What the version that ended it changed before is not to be seen.
		if at != clusto.Live && l.version > at || l.version == life.Ended {
			life.Name, life.Type, life.Driver = l.name, l.typ, l.driver
			return life, names
		}
	}
	return life, append(names, life.Name)
}
