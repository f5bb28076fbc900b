package script

import (
	"fmt"
	"regexp"

	"go.starlark.net/starlark"
)

// matched is what re.match and re.search return.
type matched struct {
	re   *regexp.Regexp
	text string
	at   []int // beginning and end of the match and of each group; -1 for one that is not there
}

func (m *matched) String() string        { return "<match " + quote(m.text[m.at[0]:m.at[1]]) + ">" }
func (m *matched) Type() string          { return "Match" }
func (m *matched) Freeze()               {}
func (m *matched) Truth() starlark.Bool  { return starlark.True }
func (m *matched) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: Match") }
func (m *matched) AttrNames() []string {
	return []string{"end", "group", "groupdict", "groups", "span", "start"}
}

func (m *matched) Attr(name string) (starlark.Value, error) {
	fn := map[string]func(starlark.Tuple) (starlark.Value, error){
		"group": m.groupCall, "groups": m.groups, "groupdict": m.groupDict,
		"start": m.position(0), "end": m.position(1),
		"span": func(args starlark.Tuple) (starlark.Value, error) {
			i, err := m.index(args)
			return starlark.Tuple{starlark.MakeInt(m.at[2*i]), starlark.MakeInt(m.at[2*i+1])}, err
		},
	}[name]
	if fn == nil {
		return nil, nil
	}
	return starlark.NewBuiltin(name, func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(kwargs) > 0 {
			return nil, raise(classTypeError, b.Name()+" takes no named arguments")
		}
		return fn(args)
	}), nil
}

func (m *matched) group(i int) starlark.Value {
	if m.at[2*i] < 0 {
		return starlark.None
	}
	return starlark.String(m.text[m.at[2*i]:m.at[2*i+1]])
}

// index returns the number of the group that the only argument names; none is 0.
func (m *matched) index(args starlark.Tuple) (int, error) {
	if len(args) == 0 {
		return 0, nil
	}
	i := -1
	switch v := args[0].(type) {
	case starlark.String:
		i = m.re.SubexpIndex(string(v))
	case starlark.Int:
		if n, ok := v.Int64(); ok && n >= 0 && n < int64(len(m.at)/2) {
			i = int(n)
		}
	}
	if i < 0 {
		return 0, raise(classIndexError, "no such group: "+repr(args[0]))
	}
	return i, nil
}

func (m *matched) groupCall(args starlark.Tuple) (starlark.Value, error) {
	if len(args) <= 1 {
		i, err := m.index(args)
		return m.group(i), err
	}
	out := make(starlark.Tuple, len(args))
	for j, arg := range args {
		i, err := m.index(starlark.Tuple{arg})
		if err != nil {
			return nil, err
		}
		out[j] = m.group(i)
	}
	return out, nil
}

func (m *matched) groups(starlark.Tuple) (starlark.Value, error) {
	var out starlark.Tuple
	for i := 1; i < len(m.at)/2; i++ {
		out = append(out, m.group(i))
	}
	return out, nil
}

func (m *matched) groupDict(starlark.Tuple) (starlark.Value, error) {
	d := starlark.NewDict(0)
	for i, name := range m.re.SubexpNames() {
		if name == "" {
			continue
		}
		if err := d.SetKey(starlark.String(name), m.group(i)); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (m *matched) position(end int) func(starlark.Tuple) (starlark.Value, error) {
	return func(args starlark.Tuple) (starlark.Value, error) {
		i, err := m.index(args)
		return starlark.MakeInt(m.at[2*i+end]), err
	}
}
