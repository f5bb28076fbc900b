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
			case !clusto.InUnit(row.subkey) && !clusto.InUnit(rows[end-1].subkey):
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
// can be reached.
func cyclesOf(nodes ids, next map[clusto.EntityID]ids) []ids {
	f := finder{next: next, index: map[clusto.EntityID]int{}, low: map[clusto.EntityID]int{}, open: map[clusto.EntityID]bool{}}
	for _, root := range nodes {
		if f.index[root] == 0 && len(next[root]) > 0 {
			f.walk(root)
		}
	}
	return f.groups
}

// finder finds strongly connected components as Tarjan does ("Depth-first search
// and linear graph algorithms", 1972), without recursion.
type finder struct {
	next   map[clusto.EntityID]ids
	index  map[clusto.EntityID]int // when a node was met, from 1
	low    map[clusto.EntityID]int // the least index that one gets back to from it
	open   map[clusto.EntityID]bool
	stack  ids // open nodes: those that are in no group yet
	groups []ids
}

// visit is a node on the way and how many steps from it were taken.
type visit struct {
	id    clusto.EntityID
	taken int
}

func (f *finder) enter(id clusto.EntityID) visit {
	f.index[id] = len(f.index) + 1
	f.low[id], f.open[id] = f.index[id], true
	f.stack = append(f.stack, id)
	return visit{id: id}
}

// walk goes wherever one gets from root.
func (f *finder) walk(root clusto.EntityID) {
	way := []visit{f.enter(root)}
	for len(way) > 0 {
		at := &way[len(way)-1]
		if at.taken < len(f.next[at.id]) {
			to := f.next[at.id][at.taken]
			at.taken++
			if f.index[to] == 0 {
				way = append(way, f.enter(to))
			} else if f.open[to] {
				f.low[at.id] = min(f.low[at.id], f.index[to])
			}
			continue
		}
		id := at.id
		way = way[:len(way)-1]
		if len(way) > 0 {
			before := way[len(way)-1].id
			f.low[before] = min(f.low[before], f.low[id])
		}
		if f.low[id] == f.index[id] {
			f.leave(id)
		}
	}
}

// leave closes the group of which id was met first.
func (f *finder) leave(id clusto.EntityID) {
	i := len(f.stack) - 1
	for f.stack[i] != id {
		i--
	}
	if group := slices.Clone(f.stack[i:]); len(group) > 1 {
		slices.Sort(group)
		f.groups = append(f.groups, group)
	}
	for _, done := range f.stack[i:] {
		f.open[done] = false
	}
	f.stack = f.stack[:i]
}
