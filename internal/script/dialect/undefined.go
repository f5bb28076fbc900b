package dialect

import (
	"maps"
	"slices"

	"go.starlark.net/syntax"

	"github.com/clusto/clusto/internal/nearest"
)

// undefined is a name that nothing in the script or around it defines.
type undefined struct {
	id    *syntax.Ident
	scope *scope
}

// undefined notes the first use of an undefined name in scope s.
func (l *lowerer) undefined(id *syntax.Ident, s *scope) {
	if l.opt.Warn == nil || l.seen[id.Name] {
		return
	}
	l.seen[id.Name] = true
	l.late = append(l.late, undefined{id, s})
}

// warn reports the undefined names in the order of the script.
func (l *lowerer) warn() {
	slices.SortFunc(l.late, func(a, b undefined) int {
		if d := a.id.NamePos.Line - b.id.NamePos.Line; d != 0 {
			return int(d)
		}
		return int(a.id.NamePos.Col - b.id.NamePos.Col)
	})
	for _, u := range l.late {
		hint := ""
		if name := l.suggest(u); name != "" {
			hint = nearest.Question(name)
		}
		warning := errorAt(u.id.NamePos, "undefined: "+u.id.Name, hint)
		warning.Undefined = u.id.Name
		l.opt.Warn(warning)
	}
}

// suggest returns a name that may be meant: the one that is spelled most
// like it, or else the only parameter that the function never uses.
func (l *lowerer) suggest(u undefined) string {
	known := slices.Collect(maps.Keys(l.known))
	for s := u.scope; s != nil; s = s.parent {
		known = slices.AppendSeq(known, maps.Keys(s.names))
	}
	if near := nearest.Name(u.id.Name, known); near != "" {
		return near
	}
	return unusedParam(u.scope)
}

// unusedParam returns the only parameter of the function around that it does
// not use, apart from self, or "".
func unusedParam(s *scope) string {
	for s.kind == comprehensionScope || s.kind == functionScope && s.params == nil && s.parent != nil {
		s = s.parent
	}
	params := s.params
	if len(params) > 0 && (s.parent.kind == classScope || params[0].Name == "self") {
		params = params[1:]
	}
	unused := ""
	for _, id := range params {
		if s.names[id.Name].used {
			continue
		}
		if unused != "" {
			return ""
		}
		unused = id.Name
	}
	return unused
}
