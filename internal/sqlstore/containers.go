package sqlstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/clusto/clusto"
)

// direction is the way in which containment is followed.
type direction struct {
	near, far string // columns of entity_attrs: where one comes from, where one gets to
	path      Path
}

var (
	downwards = direction{near: "a.entity_id", far: "a.relation_id", path: ByOwner}
	upwards   = direction{near: "a.relation_id", far: "a.entity_id", path: ByRelated}
)

// edge is one step from an entity to what contains it or is in it.
type edge struct {
	attr clusto.AttrID
	near clusto.EntityID
	far  clusto.Entity
}

func (r *reader) Contents(ctx context.Context, of []clusto.EntityID, deep bool) ([]clusto.Placed, error) {
	return r.walk(ctx, &downwards, of, deep)
}

func (r *reader) Parents(ctx context.Context, of []clusto.EntityID, deep bool) ([]clusto.Placed, error) {
	return r.walk(ctx, &upwards, of, deep)
}

func (r *reader) walk(ctx context.Context, d *direction, of []clusto.EntityID, deep bool) ([]clusto.Placed, error) {
	if err := r.enter(ctx); err != nil || len(of) == 0 {
		return nil, err
	}
	edges, err := r.edges(ctx, d, of, deep)
	if err != nil {
		return nil, err
	}
	return nearestFirst(of, edges), nil
}

// edges returns the edges that lead away from the given entities and, with
// deep, from wherever one gets, in one statement. A step from an entity that
// was reached on two ways comes once, so that neither diamonds nor cycles do
// harm.
func (r *reader) edges(ctx context.Context, d *direction, of []clusto.EntityID, deep bool) ([]edge, error) {
	if err := r.loadRenames(); err != nil {
		return nil, err
	}
	table := r.s.dialect.Attrs(d.path, r.at == clusto.Live)
	step := `SELECT a.attr_id, ` + d.near + `, ` + d.far + ` FROM `
	first := r.where()
	andIDs(first, d.near, of)
	r.contains(first)
	with, sql, args := `WITH`, step+table+` WHERE `+string(first.sql), first.args
	if deep {
		next := r.where()
		r.contains(next)
		with = `WITH RECURSIVE`
		sql += ` UNION ` + step + `edge CROSS JOIN ` + table + ` WHERE ` + d.near + ` = edge.far AND ` + string(next.sql)
		args = append(args, next.args...)
	}
	valid := r.where()
	r.valid(valid, "e")
	sql = with + ` edge (attr_id, near, far) AS (` + sql + `) SELECT edge.attr_id, edge.near, ` + entityColumns +
		` FROM edge CROSS JOIN ` + r.s.dialect.Entities(true) + ` WHERE e.entity_id = edge.far AND ` + string(valid.sql)
	var edges []edge
	err := r.query(ctx, sql, append(args, valid.args...), func(row row) (bool, error) {
		edges = append(edges, edge{
			attr: clusto.AttrID(row.int(0)),
			near: clusto.EntityID(row.int(1)),
			far:  r.renamed.then(row.entity(2)),
		})
		return true, nil
	})
	return edges, err
}

// contains adds the condition that a row of entity_attrs is a valid containment.
func (r *reader) contains(c *condition) {
	c.andLiteral(keyColumn, clusto.KeyContains)
	c.and(`a.datatype = 'relation' AND a.relation_id IS NOT NULL`)
	r.valid(c, "a")
}

// nearestFirst walks edges from the entities of, level by level, and places
// each entity where it is met first; within a level the oldest edge counts.
func nearestFirst(of []clusto.EntityID, edges []edge) []clusto.Placed {
	leading := edgesAway(edges)
	seen := make(map[clusto.EntityID]bool, len(edges)+len(of))
	for _, id := range of {
		seen[id] = true
	}
	placed := make([]clusto.Placed, 0, len(edges))
	var steps []step
	for depth, level := 1, of; len(level) > 0; depth++ {
		steps = steps[:0]
		for _, id := range level {
			steps = append(steps, leading[id]...)
			delete(leading, id)
		}
		slices.SortFunc(steps, func(a, b step) int { return cmp.Compare(a.attr, b.attr) })
		level = nil
		for _, s := range steps {
			e := &edges[s.edge]
			if seen[e.far.ID] {
				continue
			}
			seen[e.far.ID] = true
			placed = append(placed, clusto.Placed{Entity: e.far, Via: e.near, Depth: depth})
			if _, leadsOn := leading[e.far.ID]; leadsOn {
				level = append(level, e.far.ID)
			}
		}
	}
	return placed
}

// step stands for an edge; it is small, so that steps are sorted fast.
type step struct {
	attr clusto.AttrID
	edge int // its index
}

// edgesAway returns the edges that lead away from each entity.
func edgesAway(edges []edge) map[clusto.EntityID][]step {
	count := map[clusto.EntityID]int{}
	for i := range edges {
		count[edges[i].near]++
	}
	all := make([]step, len(edges))
	leading := make(map[clusto.EntityID][]step, len(count))
	for i := range edges {
		e := &edges[i]
		list, ok := leading[e.near]
		if !ok {
			n := count[e.near]
			list, all = all[:0:n], all[n:]
		}
		leading[e.near] = append(list, step{e.attr, i})
	}
	return leading
}
