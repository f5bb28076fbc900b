package dialect

import (
	"fmt"

	"go.starlark.net/syntax"
)

type scopeKind uint8

const (
	moduleScope scopeKind = iota
	classScope
	functionScope
	comprehensionScope
)

// scope is a part of the script with names of its own. Python's rules hold: a
// function's name is local if the function assigns it anywhere, and a method
// sees the names of the function or module around its class before those of
// the class.
type scope struct {
	kind   scopeKind
	parent *scope
	depth  int
	title  string // as tracebacks show it: "Rack.insert"
	names  map[string]*local
	global map[string]bool // declared with global
	outer  map[string]bool // declared with nonlocal
	params []*syntax.Ident // the names of a function's parameters

	trying int // try statements around the statement that is being parsed
	loops  int // loops around the statement that is being parsed
}

// local is what a scope knows of one of its names.
type local struct {
	// shared is set if functions that Starlark does not see as the owner of
	// the name assign it. Such a name becomes an attribute of the scope's
	// namespace, as all names of modules and classes are.
	shared bool
	used   bool
}

// nonlocal is a name of an enclosing function that scope assigns.
type nonlocal struct {
	scope *scope
	name  *syntax.Ident
}

func newScope(kind scopeKind, parent *scope, title string) *scope {
	s := &scope{kind: kind, parent: parent, title: title, names: map[string]*local{}}
	if parent != nil {
		s.depth = parent.depth + 1
	}
	return s
}

// qualify returns the title of a function or class that is defined in s.
func (s *scope) qualify(name string) string {
	if s.kind == classScope {
		return s.title + "." + name
	}
	return name
}

// module returns the outermost scope.
func (s *scope) module() *scope {
	for s.parent != nil {
		s = s.parent
	}
	return s
}

// bind notes that a statement of s assigns name.
func (s *scope) bind(name string) {
	switch {
	case s.global[name]:
		s = s.module()
	case s.outer[name]:
		return // resolveNonlocals finds its owner
	}
	n := s.names[name]
	if n == nil {
		n = &local{shared: s.kind != functionScope}
		s.names[name] = n
	}
	n.shared = n.shared || s.trying > 0
}

// declare notes that a name was bound without a value. It may never get one, and
// Starlark would refuse a function that reads it, so it is looked up.
func (s *scope) declare(name string) {
	if n := s.names[name]; n != nil {
		n.shared = true
	}
}

// namespace is the hidden variable that holds the shared names of s.
func (s *scope) namespace() string {
	switch s.kind {
	case moduleScope:
		return helperGlobals
	case classScope:
		return fmt.Sprintf("<members %d>", s.depth)
	}
	return fmt.Sprintf("<locals %d>", s.depth)
}

// shares reports whether s needs a namespace.
func (s *scope) shares() bool {
	if s.kind == classScope {
		return true
	}
	for _, n := range s.names {
		if n.shared {
			return true
		}
	}
	return false
}

// self returns the first parameter of the method around s, and the class it
// belongs to, or nil.
func (s *scope) self() (*syntax.Ident, *scope) {
	for ; s != nil && s.kind == functionScope; s = s.parent {
		if s.parent.kind == classScope && len(s.params) > 0 {
			return s.params[0], s.parent
		}
	}
	return nil, nil
}

// resolveNonlocals marks the names that inner functions assign, once the
// whole script is known.
func resolveNonlocals(list []nonlocal) *Error {
	for _, nl := range list {
		s := nl.scope.parent
		for s.kind != moduleScope && (s.kind != functionScope || s.names[nl.name.Name] == nil) {
			s = s.parent
		}
		if s.kind == moduleScope {
			return errorAt(nl.name.NamePos, "no enclosing function assigns "+nl.name.Name, "use global for a name of the module")
		}
		s.names[nl.name.Name].shared = true
	}
	return nil
}
