package sqlstore

import (
	"cmp"
	"slices"

	"github.com/clusto/clusto"
)

// How questions for attributes are answered from memory, and what is kept of
// the database's answers.

// recall returns the attributes that match selects among those in memory, and
// what is left to ask the database: nil if that is nothing.
func (m *memory) recall(match *clusto.AttrMatch) (found []clusto.Attr, ask *clusto.AttrMatch) {
	if none(match) {
		return nil, nil
	}
	rest := *match
	if match.RelatedTo != nil && m.allFresh(match.RelatedTo) {
		rest.RelatedTo = nil
		for _, id := range match.RelatedTo {
			found = keep(found, m.fresh[id].about, &rest)
		}
		return sorted(found, match.ByEntity), nil
	}
	if match.Entities == nil {
		return m.recallKey(match)
	}
	rest.Entities = nil
	var unknown []clusto.EntityID
	for _, id := range match.Entities {
		if list, ok := m.list(id, match); !ok {
			unknown = append(unknown, id)
		} else {
			found = keep(found, list, &rest)
		}
	}
	if unknown == nil {
		return sorted(found, match.ByEntity), nil
	}
	rest.Entities = unknown
	return found, &rest
}

// recallKey is recall for a question about all entities.
func (m *memory) recallKey(match *clusto.AttrMatch) (found []clusto.Attr, ask *clusto.AttrMatch) {
	if match.Key.Op != clusto.Equal {
		return nil, match
	}
	if list, ok := m.lists[listKey{key: match.Key.Arg}]; ok {
		return sorted(keep(nil, list, match), match.ByEntity), nil
	}
	rest := *match
	rest.Values = nil
	var unknown []clusto.Value
	for _, v := range match.Values {
		k, comparable := valueKeyOf(match.Key.Arg, v)
		if list, ok := m.values[k]; ok && comparable {
			found = keep(found, list, &rest)
		} else {
			unknown = append(unknown, v)
		}
	}
	if unknown == nil && match.Values != nil {
		return sorted(found, match.ByEntity), nil
	}
	return nil, match
}

// list returns the attributes of an entity, at least those that match selects,
// if they are known.
func (m *memory) list(id clusto.EntityID, match *clusto.AttrMatch) ([]clusto.Attr, bool) {
	if f := m.fresh[id]; f != nil {
		return f.attrs, true
	}
	if list, ok := m.lists[listKey{entity: id}]; ok || match.Key.Op != clusto.Equal {
		return list, ok
	}
	if list, ok := m.lists[listKey{entity: id, key: match.Key.Arg}]; ok || match.Number.Op != clusto.Equal {
		return list, ok
	}
	list, ok := m.lists[listKey{id, match.Key.Arg, clusto.Num(match.Number.Arg)}]
	return list, ok
}

// widened returns a question whose answer can be kept and contains that of
// match, if reading that is little more work: a property with whatever else has
// its key, an attribute of a port with all others of the port.
func widened(match *clusto.AttrMatch) *clusto.AttrMatch {
	if match.Entities == nil || match.Key.Op != clusto.Equal || match.RelatedTo != nil {
		return match
	}
	wide := clusto.AttrMatch{Entities: match.Entities, Key: match.Key, ByEntity: match.ByEntity}
	switch {
	case match.Number.Op == clusto.Equal:
		wide.Number = match.Number
		return &wide
	case match.Subkey == clusto.Is(clusto.SubkeyProperty):
		return &wide
	}
	return match
}

// learn keeps what the database answered to match, if that is all that one of
// the lists holds.
func (m *memory) learn(match *clusto.AttrMatch, answer []clusto.Attr) {
	if len(answer) > maxList || match.IDs != nil || match.RelatedTo != nil || match.MAC != nil || match.Contains != nil || match.Visible ||
		match.Subkey.Op != clusto.Any || match.Value.Op != clusto.Any {
		return
	}
	if match.Entities == nil && match.ByEntity {
		answer = sorted(slices.Clone(answer), false)
	}
	m.kept += len(answer) + len(match.Entities)
	if match.Values != nil {
		m.learnValues(match, answer)
		return
	}
	var k listKey
	switch match.Key.Op {
	case clusto.Equal:
		if k.key = match.Key.Arg; k.key == "" {
			return // it stands for all keys here
		}
	case clusto.Any:
	default:
		return
	}
	switch {
	case match.Number.Op == clusto.Equal && k.key != "" && match.Entities != nil:
		k.number = clusto.Num(match.Number.Arg)
	case match.Number.Op != clusto.Any:
		return
	}
	if match.Entities == nil {
		if k.key != "" {
			m.lists[k] = slices.Clone(answer)
		}
		return
	}
	for _, k.entity = range match.Entities {
		m.lists[k] = nil
	}
	for _, a := range answer {
		k.entity = a.Entity
		m.lists[k] = append(m.lists[k], a)
	}
}

// onlyNames reports whether match asks for names, not for too many, and for
// nothing else.
func onlyNames(match *clusto.Match) bool {
	return match.Names != nil && len(match.Names) < maxKept && match.Types == nil && match.Drivers == nil && match.Attrs == nil &&
		match.After == 0 && match.Limit == 0
}

// learnEntities keeps what the database answered to match: entities and, if it
// asks for names only, which of these are free.
func (m *memory) learnEntities(match *clusto.Match, answer []clusto.Entity) {
	if onlyNames(match) {
		m.kept += len(match.Names)
		for _, name := range match.Names {
			m.names[name] = 0
		}
		for _, e := range slices.Backward(answer) { // of several, which only classic clusto makes, the oldest
			m.names[e.Name] = e.ID
		}
	}
	for _, e := range answer {
		m.saw(e)
	}
}

// learnAbove keeps what the database answered about the containers of
// entities and, with deep, of all these.
func (m *memory) learnAbove(of []clusto.EntityID, edges []edge, deep bool) {
	for _, id := range of {
		m.above[id] = nil
	}
	for _, e := range edges {
		m.saw(e.far)
		if deep {
			m.above[e.far.ID] = nil
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.attr, b.attr) })
	for _, e := range edges {
		m.above[e.near] = append(m.above[e.near], clusto.Attr{
			ID: e.attr, Entity: e.far.ID, Key: clusto.KeyContains, Value: clusto.RelationTo(e.near),
		})
	}
}

// learnValues keeps what the database answered to a question for values of a key.
func (m *memory) learnValues(match *clusto.AttrMatch, answer []clusto.Attr) {
	if match.Entities != nil || match.Key.Op != clusto.Equal || match.Number.Op != clusto.Any {
		return
	}
	for _, v := range match.Values {
		if k, ok := valueKeyOf(match.Key.Arg, v); ok {
			m.values[k] = nil
		}
	}
	for _, a := range answer {
		if k, ok := valueKeyOf(a.Key, a.Value); ok {
			m.values[k] = append(m.values[k], a)
		}
	}
}

func (m *memory) allFresh(ids []clusto.EntityID) bool {
	for _, id := range ids {
		if m.fresh[id] == nil {
			return false
		}
	}
	return true
}

// keep appends to found the attributes of list that match selects.
func keep(found, list []clusto.Attr, match *clusto.AttrMatch) []clusto.Attr {
	for _, a := range list {
		if match.Matches(a) {
			found = append(found, a)
		}
	}
	return found
}

// sorted orders attributes as their rows were made, by owner first if asked to,
// and drops those that came twice.
func sorted(attrs []clusto.Attr, byEntity bool) []clusto.Attr {
	compare := func(a, b clusto.Attr) int { return cmp.Compare(a.ID, b.ID) }
	if byEntity {
		compare = func(a, b clusto.Attr) int {
			return cmp.Or(cmp.Compare(a.Entity, b.Entity), cmp.Compare(a.ID, b.ID))
		}
	}
	if !slices.IsSortedFunc(attrs, compare) {
		slices.SortFunc(attrs, compare)
	}
	return slices.CompactFunc(attrs, func(a, b clusto.Attr) bool { return a.ID == b.ID })
}
