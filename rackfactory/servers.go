package rackfactory

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/clusto/clusto"
)

// group is a part of a layout's servers: those of one driver. Its maps are by
// switch port.
type group struct {
	driver  string
	cables  []Cable // with placeholders
	ports   []int   // those of units, in the order of the file
	units   map[int][]int
	sides   map[int]clusto.Side
	outlets map[int][]string
	lines   map[int]int // where a port's units are
	line    int
}

// group reads one group of servers.
func (f layoutFile) group(n *yaml.Node) (group, error) {
	g := group{line: n.Line, units: map[int][]int{}, sides: map[int]clusto.Side{}, outlets: map[int][]string{}, lines: map[int]int{}}
	err := f.fields(n, "an item of servers", []field{
		{"driver", func(n *yaml.Node) error { return f.text(n, &g.driver) }},
		{"ports", func(n *yaml.Node) (err error) { g.cables, err = f.cables(n); return err }},
		{"units", func(n *yaml.Node) error { return f.groupUnits(n, &g) }},
		{"sides", func(n *yaml.Node) error { return f.groupSides(n, &g) }},
		{"outlets", func(n *yaml.Node) error { return f.groupOutlets(n, &g) }},
	})
	switch {
	case err != nil:
		return g, err
	case g.driver == "":
		return g, f.errorf(g.line, "these servers have no driver")
	case len(g.ports) == 0:
		return g, f.errorf(g.line, "these servers have no units; write the rack unit of each switch port, such as 1-23: 1-23")
	}
	return g, nil
}

// groupUnits reads the rack units: "1-23: 1-23", "19: 35" or "19: [35, 36]".
func (f layoutFile) groupUnits(n *yaml.Node, g *group) error {
	return f.pairs(n, "units", func(key, value *yaml.Node) error {
		ports, err := f.switchPorts(key)
		if err != nil {
			return err
		}
		units, err := f.units(value)
		if err != nil {
			return err
		}
		if len(ports) > 1 && len(ports) != len(units) {
			return f.errorf(key.Line, "%d switch ports (%s) but %d rack units", len(ports), key.Value, len(units))
		}
		for i, port := range ports {
			if line, twice := g.lines[port]; twice {
				return f.errorf(key.Line, "switch port %d has its rack unit on line %d already", port, line)
			}
			g.lines[port] = key.Line
			g.ports = append(g.ports, port)
			g.units[port] = units
			if len(ports) > 1 {
				g.units[port] = units[i : i+1]
			}
		}
		return nil
	})
}

// groupSides reads the sides of servers that take half the width of their units:
// "1-10: left".
func (f layoutFile) groupSides(n *yaml.Node, g *group) error {
	return f.pairs(n, "sides", func(key, value *yaml.Node) error {
		ports, err := f.switchPorts(key)
		if err != nil {
			return err
		}
		side, err := f.side(value)
		if err != nil {
			return err
		}
		for _, port := range ports {
			if g.sides[port] != "" {
				return f.errorf(key.Line, "switch port %d has the side %s already", port, g.sides[port])
			}
			g.sides[port] = side
		}
		return nil
	})
}

// groupOutlets reads the outlets: "1-8: bb1-bb8", "19: aa7" or "19: [aa7, ba7]".
func (f layoutFile) groupOutlets(n *yaml.Node, g *group) error {
	return f.pairs(n, "outlets", func(key, value *yaml.Node) error {
		ports, err := f.switchPorts(key)
		if err != nil {
			return err
		}
		texts, err := f.texts(value)
		if err != nil {
			return err
		}
		var outlets []string
		for _, text := range texts {
			more, err := parseOutlets(text)
			if err != nil {
				return f.errorf(value.Line, "%s", err)
			}
			outlets = append(outlets, more...)
		}
		if len(ports) > 1 && len(ports) != len(outlets) {
			return f.errorf(key.Line, "%d switch ports (%s) but %d outlets", len(ports), key.Value, len(outlets))
		}
		for i, port := range ports {
			if g.outlets[port] != nil {
				return f.errorf(key.Line, "switch port %d has outlet %s already", port, strings.Join(g.outlets[port], " and "))
			}
			g.outlets[port] = outlets
			if len(ports) > 1 {
				g.outlets[port] = outlets[i : i+1]
			}
		}
		return nil
	})
}

func (f layoutFile) switchPorts(key *yaml.Node) ([]int, error) {
	ports, err := parseNumbers(key.Value)
	if err != nil {
		return nil, f.errorf(key.Line, "switch port: %s", err)
	}
	return ports, nil
}

// slots returns the places of a group's servers.
func (f layoutFile) slots(g group) ([]Slot, error) {
	for port := range g.outlets {
		if g.units[port] == nil {
			return nil, f.errorf(g.line, "switch port %d has an outlet but no rack unit", port)
		}
	}
	for port := range g.sides {
		if g.units[port] == nil {
			return nil, f.errorf(g.line, "switch port %d has a side but no rack unit", port)
		}
	}
	slots := make([]Slot, 0, len(g.ports))
	for _, port := range g.ports {
		s := Slot{SwitchPort: port, Driver: g.driver, Units: g.units[port], Side: g.sides[port], Outlets: g.outlets[port], line: g.lines[port]}
		used := 0
		for _, c := range g.cables {
			to, outlet, err := s.fill(c.ToPort)
			if err != nil {
				return nil, f.errorf(cmp.Or(c.line, s.line), "switch port %d: %s", port, err)
			}
			used = max(used, outlet)
			c.ToPort = to
			s.Cables = append(s.Cables, c)
		}
		if used < len(s.Outlets) {
			return nil, f.errorf(s.line, "switch port %d has %d outlets (%s), but the ports of these servers name %d; add a line such as \"pwr-nema-5 %d: power <outlet%d>\"",
				port, len(s.Outlets), strings.Join(s.Outlets, ", "), used, used+1, used+1)
		}
		slots = append(slots, s)
	}
	return slots, nil
}

// fill returns the other port of a cable of s: "<port>" is the switch port,
// "<port>+20" one that much above, "<outlet>" the first outlet, "<outlet2>" the
// second. It returns too which outlet that is, or 0.
func (s *Slot) fill(toPort string) (string, int, error) {
	if sum, ok := strings.CutPrefix(toPort, "<port>"); ok {
		text, err := shifted(s.SwitchPort, sum)
		return text, 0, err
	}
	number, ok := strings.CutPrefix(toPort, "<outlet")
	switch {
	case !ok && strings.Contains(toPort, "<"):
		return "", 0, errPlaceholder(toPort)
	case !ok:
		return toPort, 0, nil
	}
	n, err := strconv.Atoi(cmp.Or(strings.TrimSuffix(number, ">"), "1"))
	switch {
	case err != nil || n < 1 || !strings.HasSuffix(number, ">"):
		return "", 0, errPlaceholder(toPort)
	case n > len(s.Outlets):
		return "", 0, errNoOutlet(n, len(s.Outlets))
	}
	return s.Outlets[n-1], n, nil
}

func errPlaceholder(text string) error {
	return fmt.Errorf("%q is not known here; <port>, <port>+20, <outlet> and <outlet2> are", text)
}

func errNoOutlet(want, have int) error {
	return fmt.Errorf("its cable wants outlet %d, and it has %d; add it under outlets", want, have)
}
