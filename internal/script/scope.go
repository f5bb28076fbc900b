package script

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto/internal/nearest"
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
		return nil, raise(classUnboundLocalError, fmt.Sprintf("local variable '%s' referenced before assignment", name))
	}
	return nil, s.undefined(name)
}

// undefined returns the NameError for a name.
func (s *scope) undefined(name string) error {
	return raise(classNameError, fmt.Sprintf("name '%s' is not defined", name)+meant(name, s.all()))
}

// meant returns the end of an error about an unknown name: the known one that may
// have been meant, or "".
func meant(name string, known []string) string {
	if near := nearest.Name(name, known); near != "" {
		return " (" + nearest.Question(near) + ")"
	}
	return ""
}

// all returns every name that can be seen from s, but for those like __name__.
func (s *scope) all() []string {
	var names []string
	for at := s; at != nil; at = at.outer {
		names = append(names, at.AttrNames()...)
		names = append(names, at.last.Keys()...)
	}
	return slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, "__") })
}

// SetField assigns a name.
func (s *scope) SetField(name string, v starlark.Value) error {
	if s.frozen {
		return raise(classTypeError, fmt.Sprintf("cannot assign %s: the names of a library file do not change once it is loaded", name))
	}
	s.names[name] = v
	return nil
}
