package script

import (
	"fmt"
	"regexp"
	"strings"

	"go.starlark.net/starlark"
)

// reModule is Python's re over Go's regular expressions (RE2): what goes back, such as
// \1 in a pattern or (?=…), is not available.
func reModule() starlark.Value {
	members := starlark.StringDict{
		"I": starlark.String("i"), "IGNORECASE": starlark.String("i"), "M": starlark.String("m"),
		"MULTILINE": starlark.String("m"), "S": starlark.String("s"), "DOTALL": starlark.String("s"),
		"error": classValueError,
		"escape": starlark.NewBuiltin("escape", func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var s string
			err := starlark.UnpackArgs(b.Name(), args, kwargs, "string", &s)
			return starlark.String(regexp.QuoteMeta(s)), err
		}),
		"compile": starlark.NewBuiltin("compile", func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var text, flags string
			if err := starlark.UnpackArgs(b.Name(), args, kwargs, "pattern", &text, "flags?", &flags); err != nil {
				return nil, err
			}
			return compilePattern(text, flags)
		}),
	}
	for name, fn := range patternMethods {
		members[name] = starlark.NewBuiltin(name, func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			p, args, kwargs, err := patternArg(args, kwargs)
			if err != nil {
				return nil, err
			}
			return fn(p, t, b, args, kwargs)
		})
	}
	return fixed("re", members)
}

// patternArg takes the pattern and the flags out of the arguments of a function of re.
func patternArg(args starlark.Tuple, kwargs []starlark.Tuple) (*pattern, starlark.Tuple, []starlark.Tuple, error) {
	flags := ""
	var rest []starlark.Tuple
	for _, kv := range kwargs {
		switch name, _ := starlark.AsString(kv[0]); name {
		case "flags":
			flags, _ = starlark.AsString(kv[1])
		case "pattern":
			args = append(starlark.Tuple{kv[1]}, args...)
		default:
			rest = append(rest, kv)
		}
	}
	if len(args) == 0 {
		return nil, nil, nil, raise(classTypeError, "want a pattern")
	}
	if p, ok := args[0].(*pattern); ok {
		return p, args[1:], rest, nil
	}
	text, ok := starlark.AsString(args[0])
	if !ok {
		return nil, nil, nil, raise(classTypeError, "a pattern must be a string, not "+args[0].Type())
	}
	p, err := compilePattern(text, flags)
	return p, args[1:], rest, err
}

// pattern is a compiled regular expression.
type pattern struct {
	text  string
	any   *regexp.Regexp // finds it anywhere
	start *regexp.Regexp // finds it at the beginning
	whole *regexp.Regexp // finds it as the whole text
}

func compilePattern(text, flags string) (*pattern, error) {
	prefix := ""
	if flags != "" {
		prefix = "(?" + flags + ")"
	}
	source := prefix + text
	anywhere, err := regexp.Compile(source)
	if err != nil {
		return nil, raise(classValueError, fmt.Sprintf("the pattern %s: %v", quote(text), err))
	}
	start, err := regexp.Compile(`\A(?:` + source + `)`)
	if err != nil {
		return nil, raise(classValueError, err.Error())
	}
	whole, err := regexp.Compile(`\A(?:` + source + `)\z`)
	if err != nil {
		return nil, raise(classValueError, err.Error())
	}
	return &pattern{text, anywhere, start, whole}, nil
}

func (p *pattern) String() string        { return "re.compile(" + quote(p.text) + ")" }
func (p *pattern) Type() string          { return "Pattern" }
func (p *pattern) Freeze()               {}
func (p *pattern) Truth() starlark.Bool  { return starlark.True }
func (p *pattern) Hash() (uint32, error) { return starlark.String(p.text).Hash() }

func (p *pattern) AttrNames() []string {
	return []string{"findall", "fullmatch", "match", "pattern", "search", "split", "sub"}
}

func (p *pattern) Attr(name string) (starlark.Value, error) {
	if name == "pattern" {
		return starlark.String(p.text), nil
	}
	fn := patternMethods[name]
	if fn == nil {
		return nil, nil
	}
	return starlark.NewBuiltin(name, func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return fn(p, t, b, args, kwargs)
	}), nil
}

type patternFunc = func(p *pattern, t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)

// patternMethods are the functions of re and the methods of patterns.
var patternMethods = map[string]patternFunc{
	"match":     matcher(func(p *pattern) *regexp.Regexp { return p.start }),
	"search":    matcher(func(p *pattern) *regexp.Regexp { return p.any }),
	"fullmatch": matcher(func(p *pattern) *regexp.Regexp { return p.whole }),
	"findall":   findAll,
	"split":     splitBy,
	"sub":       substitute,
}

func matcher(which func(*pattern) *regexp.Regexp) patternFunc {
	return func(p *pattern, _ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var s string
		if err := starlark.UnpackArgs(b.Name(), args, kwargs, "string", &s); err != nil {
			return nil, err
		}
		re := which(p)
		at := re.FindStringSubmatchIndex(s)
		if at == nil {
			return starlark.None, nil
		}
		return &matched{re: re, text: s, at: at}, nil
	}
}

// findAll returns each match: its text, or its group, or a tuple of its groups.
func findAll(p *pattern, _ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "string", &s); err != nil {
		return nil, err
	}
	out := []starlark.Value{}
	for _, groups := range p.any.FindAllStringSubmatch(s, -1) {
		switch len(groups) {
		case 1:
			out = append(out, starlark.String(groups[0]))
		case 2:
			out = append(out, starlark.String(groups[1]))
		default:
			row := make(starlark.Tuple, len(groups)-1)
			for i, g := range groups[1:] {
				row[i] = starlark.String(g)
			}
			out = append(out, row)
		}
	}
	return starlark.NewList(out), nil
}

func splitBy(p *pattern, _ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s string
	most := 0
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "string", &s, "maxsplit?", &most); err != nil {
		return nil, err
	}
	n := -1
	if most > 0 {
		n = most + 1
	}
	out := []starlark.Value{}
	for _, part := range p.any.Split(s, n) {
		out = append(out, starlark.String(part))
	}
	return starlark.NewList(out), nil
}

// substitute is sub(repl, string, count=0); repl is a text with \1 and \g<name>, or a
// function of the match.
func substitute(p *pattern, t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var by starlark.Value
	var s string
	most := 0
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "repl", &by, "string", &s, "count?", &most); err != nil {
		return nil, err
	}
	n := -1
	if most > 0 {
		n = most
	}
	template := ""
	if text, ok := starlark.AsString(by); ok {
		template = goTemplate(text)
	} else if _, ok := by.(starlark.Callable); !ok {
		return nil, raise(classTypeError, "sub wants a string or a function, not "+by.Type())
	}
	var out []byte
	last := 0
	for _, at := range p.any.FindAllStringSubmatchIndex(s, n) {
		out = append(out, s[last:at[0]]...)
		if fn, ok := by.(starlark.Callable); ok {
			v, err := starlark.Call(t, fn, starlark.Tuple{&matched{re: p.any, text: s, at: at}}, nil)
			if err != nil {
				return nil, err
			}
			out = append(out, str(v)...)
		} else {
			out = p.any.ExpandString(out, template, s, at)
		}
		last = at[1]
	}
	return starlark.String(append(out, s[last:]...)), nil
}

var backReference = regexp.MustCompile(`\\(?:(\d+)|g<(\w+)>|(.))`)

// goTemplate returns a replacement of Python's in Go's form.
func goTemplate(s string) string {
	return backReference.ReplaceAllStringFunc(strings.ReplaceAll(s, "$", "$$"), func(ref string) string {
		m := backReference.FindStringSubmatch(ref)
		switch {
		case m[1] != "":
			return "${" + m[1] + "}"
		case m[2] != "":
			return "${" + m[2] + "}"
		case m[3] == "n":
			return "\n"
		case m[3] == "t":
			return "\t"
		}
		return m[3]
	})
}
