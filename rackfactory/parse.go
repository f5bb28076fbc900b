package rackfactory

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/clusto/clusto"
)

// ParseLayout reads a layout from the text of a file; the layout's name is that
// of the file without ".yaml". It returns ErrInvalid, with file and line, if the
// text is no layout or contradicts itself.
func ParseLayout(file string, text []byte) (*Layout, error) {
	f := layoutFile{file}
	root, err := f.document(text)
	if err != nil {
		return nil, err
	}
	l := &Layout{Name: strings.TrimSuffix(path.Base(file), ".yaml"), Origin: file}
	var groups []group
	err = f.fields(root, "a layout", []field{
		{"rack", func(n *yaml.Node) error { return f.text(n, &l.Rack) }},
		{"devices", func(n *yaml.Node) error { return f.devices(n, l) }},
		{"servers", func(n *yaml.Node) error { return f.list(n, &groups, f.group) }},
	})
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		slots, err := f.slots(g)
		if err != nil {
			return nil, err
		}
		l.Slots = append(l.Slots, slots...)
	}
	slices.SortStableFunc(l.Slots, func(a, b Slot) int { return a.SwitchPort - b.SwitchPort })
	return l, f.check(l)
}

// layoutFile reads one file and says where in it something is wrong.
type layoutFile struct{ name string }

// errorf returns an ErrInvalid about a line of the file.
func (f layoutFile) errorf(line int, format string, args ...any) error {
	return clusto.Errorf(clusto.ErrInvalid, "%s:%d: %s", f.name, line, fmt.Sprintf(format, args...))
}

// document returns what is in the file's only document.
func (f layoutFile) document(text []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var root, more yaml.Node
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		return nil, f.errorf(1, "the file is empty; a layout has the keys devices and servers")
	case err != nil:
		return nil, clusto.Errorf(clusto.ErrInvalid, "%s: %w", f.name, err)
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, f.errorf(max(more.Line, 1), "one file holds one layout; remove what follows the line ---")
	}
	return root.Content[0], nil
}

// field is a key of a mapping and what reads its value.
type field struct {
	key  string
	read func(*yaml.Node) error
}

// fields reads a mapping whose keys are all known.
func (f layoutFile) fields(n *yaml.Node, what string, known []field) error {
	return f.pairs(n, what, func(key, value *yaml.Node) error {
		i := slices.IndexFunc(known, func(x field) bool { return x.key == key.Value })
		if i >= 0 {
			return known[i].read(value)
		}
		keys := make([]string, len(known))
		for i, x := range known {
			keys[i] = x.key
		}
		return f.errorf(key.Line, "unknown key %q: %s has the keys %s", key.Value, what, strings.Join(keys, ", "))
	})
}

// pairs calls read for each key and value of a mapping.
func (f layoutFile) pairs(n *yaml.Node, what string, read func(key, value *yaml.Node) error) error {
	n = resolved(n)
	if n.Kind != yaml.MappingNode {
		return f.errorf(n.Line, "%s is written as lines of \"key: value\"", what)
	}
	seen := map[string]int{}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			return f.errorf(key.Line, "a key of %s is a word or a number", what)
		}
		if line, twice := seen[key.Value]; twice {
			return f.errorf(key.Line, "%q stands here and on line %d; remove one", key.Value, line)
		}
		seen[key.Value] = key.Line
		if err := read(key, value); err != nil {
			return err
		}
	}
	return nil
}

// list reads a list, each item with read.
func (f layoutFile) list(n *yaml.Node, into *[]group, read func(*yaml.Node) (group, error)) error {
	n = resolved(n)
	if n.Kind != yaml.SequenceNode {
		return f.errorf(n.Line, "this is a list: begin each item with a dash")
	}
	for _, item := range n.Content {
		g, err := read(item)
		if err != nil {
			return err
		}
		*into = append(*into, g)
	}
	return nil
}

// text reads a value that is one word or text.
func (f layoutFile) text(n *yaml.Node, into *string) error {
	n = resolved(n)
	if n.Kind != yaml.ScalarNode || n.Value == "" || n.Tag == "!!null" {
		return f.errorf(n.Line, "a value is missing here, or it is more than one text")
	}
	*into = n.Value
	return nil
}

// number reads a value that counts from 1.
func (f layoutFile) number(n *yaml.Node, into *int) error {
	var text string
	if err := f.text(n, &text); err != nil {
		return err
	}
	number, err := parseNumber(text)
	if err != nil {
		return f.errorf(n.Line, "%s", err)
	}
	*into = number
	return nil
}

// texts reads a text or a list of texts.
func (f layoutFile) texts(n *yaml.Node) ([]string, error) {
	n = resolved(n)
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	texts := make([]string, len(items))
	for i, item := range items {
		if err := f.text(item, &texts[i]); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// resolved returns the node that n stands for.
func resolved(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// devices reads the fixed devices.
func (f layoutFile) devices(n *yaml.Node, l *Layout) error {
	return f.pairs(n, "devices", func(key, value *yaml.Node) error {
		d := Device{Role: key.Value, line: key.Line}
		err := f.fields(value, "device "+d.Role, []field{
			{"name", func(n *yaml.Node) error { return f.text(n, &d.Name) }},
			{"driver", func(n *yaml.Node) error { return f.text(n, &d.Driver) }},
			{"unit", func(n *yaml.Node) (err error) { d.Units, err = f.units(n); return err }},
			{"side", func(n *yaml.Node) (err error) { d.Side, err = f.side(n); return err }},
			{"address", func(n *yaml.Node) (err error) { d.Address, err = f.address(n); return err }},
			{"ports", func(n *yaml.Node) (err error) { d.Cables, err = f.cables(n); return err }},
		})
		if err != nil {
			return err
		}
		switch {
		case d.Name == "":
			return f.errorf(d.line, "device %s has no name; write one such as <rack>-%s1", d.Role, d.Role)
		case d.Driver == "":
			return f.errorf(d.line, "device %s has no driver", d.Role)
		case d.Units == nil && d.Side == "":
			return f.errorf(d.line, "device %s has no unit", d.Role)
		}
		l.Devices = append(l.Devices, d)
		return nil
	})
}

// units reads the rack units of one thing: 7, 7-8 or [7, 8]. They must be adjacent.
func (f layoutFile) units(n *yaml.Node) ([]int, error) {
	texts, err := f.texts(n)
	if err != nil {
		return nil, err
	}
	var units []int
	for _, text := range texts {
		more, err := parseNumbers(text)
		if err != nil {
			return nil, f.errorf(n.Line, "rack unit: %s", err)
		}
		units = append(units, more...)
	}
	slices.Sort(units)
	for i, u := range units {
		if u != units[0]+i {
			return nil, f.errorf(n.Line, "rack units %v are not adjacent", units)
		}
	}
	if len(units) == 0 {
		return nil, f.errorf(n.Line, "the list of rack units is empty")
	}
	return units, nil
}

// side reads a side of the rack or of units.
func (f layoutFile) side(n *yaml.Node) (clusto.Side, error) {
	var text string
	if err := f.text(n, &text); err != nil {
		return "", err
	}
	side, err := clusto.ParseSide(text)
	if err != nil {
		return "", f.errorf(n.Line, "%s; it is left or right, seen from the front", err)
	}
	return side, nil
}

// address reads to what an address is bound.
func (f layoutFile) address(n *yaml.Node) (*Address, error) {
	var a Address
	err := f.fields(n, "address", []field{
		{"as", func(n *yaml.Node) error { return f.text(n, &a.OSPort) }},
		{"port", func(n *yaml.Node) error {
			var text string
			err := f.text(n, &text)
			if err == nil {
				a.Type, a.Port, err = f.port(n.Line, text)
			}
			return err
		}},
		{"vlan", func(n *yaml.Node) error { return f.number(n, &a.VLAN) }},
	})
	if err == nil && a.OSPort == "" {
		err = f.errorf(n.Line, "the address has no name of the system's port; write one such as {as: nic0, port: nic-eth 1}")
	}
	return &a, err
}

// cables reads lines such as "nic-eth 1: switch 44".
func (f layoutFile) cables(n *yaml.Node) ([]Cable, error) {
	var cables []Cable
	err := f.pairs(n, "ports", func(key, value *yaml.Node) error {
		c := Cable{line: key.Line}
		var err error
		if c.Type, c.Port, err = f.port(key.Line, key.Value); err != nil {
			return err
		}
		var text string
		if err := f.text(value, &text); err != nil {
			return err
		}
		words := strings.Fields(text)
		if len(words) != 2 {
			return f.errorf(value.Line, "%q is not a device and its port, such as \"switch 44\" or \"power aa8\"", text)
		}
		c.To, c.ToPort = words[0], words[1]
		cables = append(cables, c)
		return nil
	})
	return cables, err
}

// port reads a port such as "nic-eth 1".
func (f layoutFile) port(line int, text string) (string, int, error) {
	words := strings.Fields(text)
	if len(words) != 2 {
		return "", 0, f.errorf(line, "%q is not a port; write its type and its number, such as \"nic-eth 1\"", text)
	}
	n, err := parseNumber(words[1])
	if err != nil {
		return "", 0, f.errorf(line, "port %q: %s", text, err)
	}
	return words[0], n, nil
}

// shifted returns n written as text, or n plus the number that follows it in text.
func shifted(n int, sum string) (string, error) {
	if sum == "" {
		return strconv.Itoa(n), nil
	}
	plus, ok := strings.CutPrefix(sum, "+")
	d, err := parseNumber(plus)
	if !ok || err != nil {
		return "", fmt.Errorf("%q follows <port>; only a sum such as <port>+20 is possible", sum)
	}
	return strconv.Itoa(n + d), nil
}
