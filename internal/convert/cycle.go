package convert

import (
	"slices"

	"github.com/clusto/clusto"
)

// containers is what is in what, upwards, by names.
type containers map[string][]string

// checkCycles finds entities that would contain themselves.
func (i *importer) checkCycles() error {
	type edge struct {
		container, content string
		line               int
	}
	var added []edge
	for _, s := range i.steps {
		for _, a := range s.add {
			if a.Key == clusto.KeyContains && a.To != "" {
				added = append(added, edge{s.Name, a.To, s.Line})
			}
		}
		for _, p := range s.places {
			added = append(added, edge{p.Container, s.Name, s.Line})
		}
	}
	up := containers{}
	var start []clusto.EntityID
	for _, e := range added {
		up[e.content] = append(up[e.content], e.container)
		if known, ok := i.known[e.container]; ok {
			start = append(start, known.ID)
		}
	}
	if err := i.readAbove(up, start); err != nil {
		return err
	}
	above := map[string]map[string]bool{} // container -> all that it would be in, and itself
	for _, e := range added {
		if above[e.container] == nil {
			above[e.container] = up.above(e.container)
		}
		if above[e.container][e.content] {
			i.problemf(e.line, "%s cannot be in %s, which would be in it", e.content, e.container)
		}
	}
	return nil
}

// readAbove adds what the given entities are in now, at any depth, with one
// question for each level.
func (i *importer) readAbove(up containers, start []clusto.EntityID) error {
	seen := map[clusto.EntityID]bool{}
	for len(start) > 0 {
		slices.Sort(start)
		rows, err := clusto.Collect(i.tx.Attrs(i.ctx, clusto.AttrMatch{
			Key: clusto.Is(clusto.KeyContains), RelatedTo: slices.Compact(start),
		}))
		if err != nil {
			return err
		}
		for _, id := range start {
			seen[id] = true
		}
		if err := i.learnOwners(rows); err != nil {
			return err
		}
		start = nil
		for _, a := range rows {
			if i.gone[a.ID] {
				continue
			}
			content := i.names[a.Value.Relation()]
			up[content] = append(up[content], i.names[a.Entity])
			if !seen[a.Entity] {
				start = append(start, a.Entity)
			}
		}
	}
	return nil
}

// above returns what an entity is in at any depth, and itself.
func (up containers) above(name string) map[string]bool {
	all := map[string]bool{}
	for next := []string{name}; len(next) > 0; {
		last := next[len(next)-1]
		next = next[:len(next)-1]
		if !all[last] {
			all[last] = true
			next = append(next, up[last]...)
		}
	}
	return all
}
