package fsck

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// Names of drivers whose containers have rules of their own about what goes in
// (classic: drivers/locations, drivers/categories/pool.py).
const (
	driverDevice    = "device"
	driverRack      = "basicrack"
	driverLocation  = "location"
	driverPool      = "pool"
	driverExclusive = "exclusive_pool"
	driverUnique    = "unique_pool"
)

// containers looks for things in containers whose insert would have refused
// them.
type containers struct {
	blind
	*world
	rules map[*clusto.Driver]string // the driver whose insert another has
}

func newContainers(w *world) looker {
	return containers{world: w, rules: map[*clusto.Driver]string{}}
}

func (c containers) judge() {
	rows := slices.Clone(c.contents)
	slices.SortStableFunc(rows, func(a, b content) int {
		return cmp.Or(cmp.Compare(a.thing, b.thing), cmp.Compare(a.in, b.in), cmp.Compare(a.row, b.row))
	})
	for start := 0; start < len(rows); {
		end := start
		var in ids
		for ; end < len(rows) && rows[end].thing == rows[start].thing; end++ {
			row := rows[end]
			switch {
			case !slices.Contains(in, row.in):
				in = append(in, row.in)
			case !row.unit && !rows[end-1].unit:
				c.report(Warning, ids{row.in, row.thing}, fmt.Sprintf("%s is in %s more than once", c.name(row.thing), c.name(row.in)),
					"says it once", &mending{end: []clusto.AttrID{row.row}})
			}
		}
		c.judgeThing(rows[start].thing, in)
		start = end
	}
}

// judgeThing reports those of the containers that a thing is in that do not
// admit it or each other.
func (c containers) judgeThing(thing clusto.EntityID, in ids) {
	by := map[string]ids{} // by the rule
	var pools ids
	for _, id := range in {
		rule := c.rule(id)
		switch {
		case rule == driverRack && c.driver(thing) != nil && !c.is(thing, driverDevice):
			c.report(Error, ids{id, thing}, fmt.Sprintf("%s is in the rack %s, and is no device", c.name(thing), c.name(id)),
				"remove it from there, or give it the driver of a device", nil)
			continue
		case rule == driverRack:
			continue // the check of racks looks after these
		case rule == driverLocation:
			rule += " " + c.entities[id].Driver
		case c.is(id, driverPool):
			pools = append(pools, id)
		}
		by[rule] = append(by[rule], id)
	}
	for rule, all := range sorted(by) {
		driver, isPlace := strings.CutPrefix(rule, driverLocation+" ")
		switch {
		case isPlace && len(all) > 1:
			c.refused(thing, all, "a thing is in one "+driver+" only")
		case rule == driverUnique && len(all) > 1:
			c.refused(thing, all, "a thing is in one unique pool only")
		case rule == driverExclusive && len(pools) > 1:
			c.refused(thing, pools, "what is in an exclusive pool is in no other pool")
		case rule == clusto.RootDriver && len(all) > 1:
			c.refused(thing, all, "each of them takes only what is nowhere else")
		}
	}
}

func (c containers) refused(thing clusto.EntityID, in ids, why string) {
	c.report(Error, append(ids{thing}, in...), fmt.Sprintf("%s is in %s: %s", c.name(thing), list(c.names(in...)), why),
		"remove it from those where it should not be", nil)
}

// rule returns the driver whose rule about insertion a container obeys, or "" if
// that is not known: a script may have made one of its own.
func (c containers) rule(id clusto.EntityID) string {
	d := c.driver(id)
	if d == nil {
		return ""
	}
	if rule, ok := c.rules[d]; ok {
		return rule
	}
	insert := d.Method("insert")
	for _, name := range []string{driverRack, driverLocation, driverExclusive, driverUnique, driverPool, clusto.RootDriver} {
		if known, ok := c.options.Drivers.Driver(name); ok && insert != nil && known.Method("insert") == insert {
			c.rules[d] = name
			return name
		}
	}
	c.rules[d] = ""
	return ""
}

// cycles looks for containers that are inside themselves.
type cycles struct {
	blind
	*world
}

func newCycles(w *world) looker { return cycles{world: w} }

func (c cycles) judge() {
	inside := map[clusto.EntityID]ids{}
	for _, row := range c.contents {
		if row.in == row.thing {
			c.report(Error, ids{row.in}, c.name(row.in)+" contains itself", "takes it out of itself", &mending{end: []clusto.AttrID{row.row}})
			continue
		}
		inside[row.in] = append(inside[row.in], row.thing)
	}
	for _, cycle := range cyclesOf(c.order, inside) {
		c.report(Error, cycle, fmt.Sprintf("%s contain each other", list(c.names(cycle...))),
			"take one of them out of another, so that the rest is in order", nil)
	}
}

// cyclesOf returns the groups of two or more nodes from each of which each other
// can be reached (Tarjan's strongly connected components, without recursion).
func cyclesOf(nodes ids, next map[clusto.EntityID]ids) []ids {
	type visit struct {
		id   clusto.EntityID
		step int // of next that is to be taken
	}
	var groups []ids
	var stack ids // nodes that are in no group yet
	index, low, open := map[clusto.EntityID]int{}, map[clusto.EntityID]int{}, map[clusto.EntityID]bool{}
	enter := func(id clusto.EntityID) visit {
		index[id] = len(index) + 1
		low[id], open[id] = index[id], true
		stack = append(stack, id)
		return visit{id: id}
	}
	for _, root := range nodes {
		if index[root] != 0 || len(next[root]) == 0 {
			continue
		}
		path := []visit{enter(root)}
		for len(path) > 0 {
			at := &path[len(path)-1]
			if at.step < len(next[at.id]) {
				to := next[at.id][at.step]
				at.step++
				if index[to] == 0 {
					path = append(path, enter(to))
				} else if open[to] {
					low[at.id] = min(low[at.id], index[to])
				}
				continue
			}
			id := at.id
			path = path[:len(path)-1]
			if len(path) > 0 {
				above := path[len(path)-1].id
				low[above] = min(low[above], low[id])
			}
			if low[id] != index[id] {
				continue
			}
			i := slices.Index(stack, id)
			if group := slices.Clone(stack[i:]); len(group) > 1 {
				slices.Sort(group)
				groups = append(groups, group)
			}
			for _, done := range stack[i:] {
				open[done] = false
			}
			stack = stack[:i]
		}
	}
	return groups
}
