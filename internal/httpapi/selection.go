package httpapi

import (
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/nearest"
)

// Fields of an entity in an answer that the parameters fields and expand name.
const (
	fieldName      = "name"
	fieldType      = "type"
	fieldDriver    = "driver"
	fieldVersion   = "version"
	fieldAttrs     = "attrs"
	fieldMerged    = "merged"
	fieldContents  = "contents"
	fieldParents   = "parents"
	fieldPorts     = "ports"
	fieldAddresses = "addresses"
	fieldResources = "resources"
	fieldSeen      = "seen"
	fieldETag      = "etag" // is there unless fields chooses others; it has no name in parameters
)

// plainFields are those that an entity has without being asked.
func plainFields() []string { return []string{fieldName, fieldType, fieldDriver, fieldVersion} }

// expansions are those that must be asked for.
func expansions() []string {
	return []string{fieldAttrs, fieldMerged, fieldContents, fieldParents, fieldPorts, fieldAddresses, fieldResources, fieldSeen}
}

// selection is what an answer has of each entity.
type selection struct {
	fields map[string]bool
	attrs  attrFilter
	seen   sightingsOf // where the field seen is from
}

// newSelection returns what the parameters fields, expand, attr and hidden ask
// for, or ErrInvalid.
func newSelection(fields, expand, attr []string, hidden bool) (selection, error) {
	s := selection{fields: map[string]bool{}}
	if len(fields) == 0 {
		for _, f := range append(plainFields(), fieldETag) {
			s.fields[f] = true
		}
	}
	if err := s.add("fields", fields, append(plainFields(), expansions()...)); err != nil {
		return s, err
	}
	if err := s.add("expand", expand, expansions()); err != nil {
		return s, err
	}
	var err error
	s.attrs, err = newAttrFilter(attr, hidden)
	return s, err
}

// add adds what a parameter names.
func (s selection) add(parameter string, names, known []string) error {
	for _, name := range names {
		if err := oneOf(parameter, name, known...); err != nil {
			return err
		}
		s.fields[name] = true
	}
	return nil
}

// has reports whether the answer has a field.
func (s selection) has(field string) bool { return s.fields[field] }

// oneOf returns ErrInvalid unless a parameter has one of the values that it may
// have.
func oneOf(parameter, value string, may ...string) error {
	if slices.Contains(may, value) {
		return nil
	}
	err := clusto.Errorf(clusto.ErrInvalid, "the parameter %s cannot be %q", parameter, value)
	if question := nearest.Question(nearest.Names(value, may)...); question != "" {
		return clusto.WithHint(err, "%s", question)
	}
	return clusto.WithHint(err, "it is one of %s", strings.Join(may, ", "))
}

// atMost returns ErrInvalid if a parameter has more values than it may have.
func atMost(parameter string, values []string, most int) error {
	if len(values) > most {
		return clusto.Errorf(clusto.ErrInvalid, "the parameter %s has %d values, at most %d are possible", parameter, len(values), most)
	}
	return nil
}

// maxFilters is how many types, drivers or attributes may be named.
const maxFilters = 1000

// attrFilter says which attributes an answer has.
type attrFilter struct {
	hidden bool
	asMade bool               // those of one key stand in the order in which they were made
	any    []clusto.AttrMatch // of key and subkey alone; nil: all
}

// newAttrFilter reads filters of the form key or key.subkey, where * stands for
// any text.
func newAttrFilter(filters []string, hidden bool) (attrFilter, error) {
	f := attrFilter{hidden: hidden}
	if err := atMost("attr", filters, maxFilters); err != nil {
		return f, err
	}
	for _, filter := range filters {
		key, subkey, hasSubkey := strings.Cut(filter, ".")
		if key == "" {
			return f, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the parameter attr cannot be %q", filter), "write key or key.subkey")
		}
		m := clusto.AttrMatch{Key: clusto.Like(key)}
		switch {
		case hasSubkey && subkey == "":
			m.Subkey = clusto.IsAbsent[string]()
		case hasSubkey:
			m.Subkey = clusto.Like(subkey)
		}
		f.any = append(f.any, m)
	}
	return f, nil
}

// match returns a question whose answer has all attributes that f shows.
func (f attrFilter) match() clusto.AttrMatch {
	var m clusto.AttrMatch
	if len(f.any) == 1 {
		m = f.any[0]
	}
	m.Visible = !f.hidden && !slices.ContainsFunc(f.any, asksHidden)
	return m
}

// asksHidden reports whether a filter is about hidden attributes: its key begins
// as theirs do, so that who writes it need not ask for them twice.
func asksHidden(m clusto.AttrMatch) bool { return strings.HasPrefix(m.Key.Arg, "_") }

// shows reports whether f shows an attribute.
func (f attrFilter) shows(a clusto.Attr) bool {
	if f.any == nil {
		return f.hidden || !a.Hidden()
	}
	return slices.ContainsFunc(f.any, func(m clusto.AttrMatch) bool {
		return (f.hidden || !a.Hidden() || asksHidden(m)) && m.Matches(a)
	})
}
