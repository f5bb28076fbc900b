package script

import (
	"maps"

	startime "go.starlark.net/lib/time"
	"go.starlark.net/starlark"
)

// maxRemembered is how many values a memory holds: more would cost every
// statement of a session more than most statements take.
const maxRemembered = 20_000

// memory is what variables were before a statement, so that the statement can be
// run again: the contents of everything mutable that a session's names lead to.
type memory struct {
	seen    map[any]bool
	left    int
	restore []func()
}

// remember returns the memory of everything that s leads to, or nil if
// that is too much.
func remember(s *scope) *memory {
	m := &memory{seen: map[any]bool{}, left: maxRemembered}
	m.scope(s)
	if m.left < 0 {
		return nil
	}
	return m
}

// recall makes everything what it was.
func (m *memory) recall() {
	for _, restore := range m.restore {
		restore()
	}
}

// first reports whether p was not met before and there is room for n values.
func (m *memory) first(p any, n int) bool {
	if m.left < 0 || m.seen[p] {
		return false
	}
	m.seen[p] = true
	m.left -= n + 1
	return m.left >= 0
}

func (m *memory) scope(s *scope) {
	if s == nil || s.frozen || !m.first(s, len(s.names)) {
		return
	}
	old := maps.Clone(s.names)
	m.restore = append(m.restore, func() { s.names = maps.Clone(old) })
	for _, v := range old {
		m.value(v)
	}
}

// value remembers v and what it leads to. What cannot change leads nowhere.
func (m *memory) value(v starlark.Value) {
	if m.left < 0 {
		return
	}
	switch v := v.(type) {
	case starlark.NoneType, starlark.Bool, starlark.Int, starlark.Float, starlark.String, starlark.Bytes, startime.Time:
	case *starlark.List:
		m.list(v)
	case *starlark.Dict:
		m.dict(v)
	case *starlark.Set:
		m.set(v)
	case starlark.Tuple:
		m.left -= len(v)
		for _, item := range v {
			m.value(item)
		}
	case *scope:
		m.scope(v)
	case *instance:
		m.scope(v.fields)
	case *object:
		m.scope(v.private)
	case *class:
		if m.first(v, 0) {
			m.scope(v.members)
		}
	case *bound:
		m.value(v.recv)
		m.value(v.fn)
	case *starlark.Function:
		m.function(v)
	}
}

func (m *memory) list(l *starlark.List) {
	if !m.first(l, l.Len()) {
		return
	}
	old := make([]starlark.Value, l.Len())
	for i := range old {
		old[i] = l.Index(i)
		m.value(old[i])
	}
	m.restore = append(m.restore, func() {
		if l.Clear() != nil {
			return // frozen, so unchanged
		}
		for _, v := range old {
			_ = l.Append(v) // fails for frozen lists only
		}
	})
}

func (m *memory) dict(d *starlark.Dict) {
	if !m.first(d, d.Len()) {
		return
	}
	old := d.Items()
	for _, item := range old {
		m.value(item[0])
		m.value(item[1])
	}
	m.restore = append(m.restore, func() {
		if d.Clear() != nil {
			return
		}
		for _, item := range old {
			_ = d.SetKey(item[0], item[1]) // its keys were hashable before
		}
	})
}

func (m *memory) set(s *starlark.Set) {
	if !m.first(s, s.Len()) {
		return
	}
	var old []starlark.Value
	for v := range starlark.Elements(s) {
		old = append(old, v)
	}
	m.restore = append(m.restore, func() {
		if s.Clear() != nil {
			return
		}
		for _, v := range old {
			_ = s.Insert(v)
		}
	})
}

// function remembers what a function's default values and outer variables lead to.
func (m *memory) function(f *starlark.Function) {
	if !m.first(f, 0) {
		return
	}
	for i := range f.NumParams() {
		if v := f.ParamDefault(i); v != nil {
			m.value(v)
		}
	}
	for i := range f.NumFreeVars() {
		if _, v := f.FreeVar(i); v != nil {
			m.value(v)
		}
	}
}
