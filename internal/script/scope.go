package script

import (
	"fmt"
	"maps"
	"slices"

	"go.starlark.net/starlark"
)

// scope holds names: those of a module, of a class body, of an instance, or the
// names of a function that several of its blocks share. Scripts see it as an
// object with attributes.
type scope struct {
	names  starlark.StringDict
	outer  *scope              // looked in next, or nil
	last   starlark.StringDict // looked in at the end: what is predeclared
	frozen bool
	class  *class // whose members these are, or nil
}

var (
	_ starlark.HasSetField = (*scope)(nil)
	_ starlark.HasAttrs    = (*scope)(nil)
)

func newScope(outer *scope) *scope { return &scope{names: starlark.StringDict{}, outer: outer} }

func (s *scope) String() string        { return "<names>" }
func (s *scope) Type() string          { return "names" }
func (s *scope) Truth() starlark.Bool  { return starlark.True }
func (s *scope) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: names") }
func (s *scope) AttrNames() []string   { return slices.Sorted(maps.Keys(s.names)) }

func (s *scope) Freeze() {
	if s.frozen {
		return
	}
	s.frozen = true
	s.names.Freeze()
}

// find returns what a name stands for, and whether it stands for anything.
func (s *scope) find(name string) (starlark.Value, bool) {
	for at := s; at != nil; at = at.outer {
		if v, ok := at.names[name]; ok {
			return v, true
		}
		if v, ok := at.last[name]; ok {
			return v, true
		}
	}
	return nil, false
}

// Attr returns what a name stands for, or a NameError.
func (s *scope) Attr(name string) (starlark.Value, error) {
	if v, ok := s.find(name); ok {
		return v, nil
	}
	if s.outer == nil && s.last == nil {
		return nil, raise(classNameError, fmt.Sprintf("local variable '%s' referenced before assignment", name))
	}
	return nil, s.undefined(name)
}

// undefined returns the NameError for a name.
func (s *scope) undefined(name string) error {
	text := fmt.Sprintf("name '%s' is not defined", name)
	if near := nearest(name, s.all()); near != "" {
		text += fmt.Sprintf(" (did you mean %s?)", near)
	}
	return raise(classNameError, text)
}

// all returns every name that can be seen from s.
func (s *scope) all() []string {
	var names []string
	for at := s; at != nil; at = at.outer {
		names = append(names, at.AttrNames()...)
		names = append(names, at.last.Keys()...)
	}
	return names
}

// SetField assigns a name.
func (s *scope) SetField(name string, v starlark.Value) error {
	if s.frozen {
		return raise(classTypeError, fmt.Sprintf("cannot assign %s: the names of a library file do not change once it is loaded", name))
	}
	s.names[name] = v
	return nil
}

// nearest returns the name that is spelled most like the given one, or "".
func nearest(name string, among []string) string {
	best, limit := "", len(name)/3+1
	slices.Sort(among)
	for _, other := range among {
		if len(other) > 1 && other[:2] == "__" {
			continue
		}
		if d := editDistance(name, other); d < limit {
			best, limit = other, d
		}
	}
	return best
}

// editDistance returns how many letters must be changed, added or dropped to
// make a of b.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
