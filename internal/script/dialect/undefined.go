package dialect

import (
	"slices"

	"go.starlark.net/syntax"
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
			hint = "did you mean " + name + "?"
		}
		l.opt.Warn(errorAt(u.id.NamePos, "undefined: "+u.id.Name, hint))
	}
}

// suggest returns a name that may be meant: the one that is spelled most
// like it, or else the only parameter that the function never uses.
func (l *lowerer) suggest(u undefined) string {
	best, bestDist := "", (len(u.id.Name)+1)/3+1 // one letter in three may be wrong
	try := func(name string) {
		if d := distance(u.id.Name, name, bestDist); d < bestDist || d == bestDist && best != "" && name < best {
			best, bestDist = name, d
		}
	}
	for s := u.scope; s != nil; s = s.parent {
		for name := range s.names {
			try(name)
		}
	}
	for name := range l.known {
		try(name)
	}
	if best != "" {
		return best
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

// distance returns how many letters must be inserted, deleted or changed to
// make a of b, or a number that is at least limit if that is many.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit + 1
	}
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
