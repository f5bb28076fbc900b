package script

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/script/dialect"
)

// Completion is what may stand in place of the text from From to the cursor.
type Completion struct {
	From       int // an offset in the line, in bytes
	Candidates []string
}

// Incomplete reports whether a shell should read another line before it runs src.
func Incomplete(src string) bool { return dialect.Incomplete(src) }

var (
	wordBefore   = regexp.MustCompile(`[\pL\pN_.]*$`)
	importBefore = regexp.MustCompile(`^\s*(?:from|import)\s+[\w.]*$`)
	fromBefore   = regexp.MustCompile(`^\s*from\s+([\w.]+)\s+import\s+(?:[\w,\s]*[,\s])?\w*$`)
)

// Complete returns what the word before the cursor, at byte pos of line, may become:
// names, attributes, arguments of the call around it, modules and what they have.
// Nothing is run for it: values of properties that scripts compute stay unknown.
func (s *Session) Complete(line string, pos int) Completion {
	before := line[:min(max(pos, 0), len(line))]
	word := wordBefore.FindString(before)
	c := Completion{From: len(before) - len(word)}
	var names []string
	err := s.look(func() error {
		switch {
		case fromBefore.MatchString(before):
			names = s.moduleNames(fromBefore.FindStringSubmatch(before)[1])
		case importBefore.MatchString(before):
			names = s.engine.modules()
		default:
			if i := strings.LastIndexByte(word, '.'); i >= 0 {
				c.From += i + 1
				names = s.attrNames(word[:i])
				word = word[i+1:]
			} else {
				names = append(s.argumentNames(before), s.globals.all()...)
			}
		}
		return nil
	})
	if err != nil {
		return c
	}
	for _, name := range names {
		hidden := strings.HasPrefix(name, "_") && !strings.HasPrefix(word, "_")
		if strings.HasPrefix(name, word) && !hidden {
			c.Candidates = append(c.Candidates, name)
		}
	}
	slices.Sort(c.Candidates)
	c.Candidates = slices.Compact(c.Candidates)
	return c
}

// look calls fn with the inventory open for reading, in the transaction that is open or
// in a view.
func (s *Session) look(fn func() error) error {
	if s.env.inv != nil {
		return fn()
	}
	ctx, before := context.Background(), s.env.ctx // that of the last entry is over
	s.env.ctx = ctx
	defer func() { s.env.ctx = before }()
	return s.engine.opt.Store.View(ctx, s.settings.version, func(r clusto.Reader) error {
		s.env.use(clusto.NewInventory(r, s.engine.opt.Drivers))
		defer s.env.use(nil)
		return fn()
	})
}

// value returns what an expression of names and dots stands for, or nil. It calls
// nothing that a script defined.
func (s *Session) value(expr string) starlark.Value {
	parts := strings.Split(expr, ".")
	v, err := s.globals.Attr(parts[0])
	if err != nil {
		return nil
	}
	for _, name := range parts[1:] {
		if v = attrWithoutCall(v, name); v == nil {
			return nil
		}
	}
	return v
}

// attrWithoutCall returns an attribute of v unless a script's function would have to
// be called for it.
func attrWithoutCall(v starlark.Value, name string) starlark.Value {
	if c, err := classOfValue(v); err == nil {
		member, method := c.find(name, nil)
		if _, computed := member.(*property); computed {
			return nil
		}
		if hook, _ := c.find("__getattr__", nil); hook != nil && member == nil && method == nil {
			return nil
		}
	}
	h, ok := v.(starlark.HasAttrs)
	if !ok {
		return nil
	}
	attr, err := h.Attr(name)
	if err != nil {
		return nil
	}
	return attr
}

func (s *Session) attrNames(expr string) []string {
	if h, ok := s.value(expr).(starlark.HasAttrs); ok {
		return h.AttrNames()
	}
	return nil
}

func (s *Session) moduleNames(name string) []string {
	names, err := s.env.starNames(name)
	if err != nil {
		return nil
	}
	return names
}

// modules returns the names of what can be imported.
func (e *Engine) modules() []string {
	names := []string{"clusto", "clusto.drivers", "clusto.exceptions", "datetime", "dns", "history", "http", "json", "math", "re", "smtp", "smtplib", "socket", "time"}
	for _, file := range e.lib.startFiles() {
		base := file.path[strings.LastIndexByte(file.path, '/')+1:]
		names = append(names, base[:strings.LastIndexByte(base, '.')])
	}
	return names
}

// argumentNames returns the parameters, each with "=", of the call whose bracket is open
// before the cursor.
func (s *Session) argumentNames(before string) []string {
	depth := 0
	for i := len(before) - 1; i >= 0; i-- {
		switch before[i] {
		case ')', ']', '}':
			depth++
		case '[', '{':
			depth--
		case '(':
			if depth--; depth < 0 {
				return parameterNames(s.value(wordBefore.FindString(before[:i])))
			}
		}
		if depth < 0 {
			return nil
		}
	}
	return nil
}

func parameterNames(v starlark.Value) []string {
	var list []clusto.Param
	switch v := v.(type) {
	case *goMethod:
		list = v.method.Params
	case *bound:
		if f, ok := v.fn.(*starlark.Function); ok {
			list = params(f, 1)
		}
	case *starlark.Function:
		list = params(v, 0)
	case *class:
		if d := v.baseDriver(); d != nil {
			for _, p := range d.AllProperties() {
				list = append(list, clusto.Param{Name: p.Name})
			}
		}
	}
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.Name + "="
	}
	return names
}
