package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// elevation is what stands where in a rack, from the front.
type elevation struct {
	Name    string     `json:"name"`
	Driver  string     `json:"driver"`
	In      []string   `json:"in"`
	Low     int        `json:"minu"`
	High    int        `json:"maxu"`
	Devices []*rackBox `json:"devices"` // the highest first, those without units last
	Free    []int      `json:"free"`    // units, ascending
}

// rackBox is a device in a rack.
type rackBox struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Driver string `json:"driver"`
	Units  []int  `json:"units"` // ascending; none for what is in the rack but in no unit
}

// top returns the highest unit of a device, or 0.
func (b *rackBox) top() int {
	if len(b.Units) == 0 {
		return 0
	}
	return b.Units[len(b.Units)-1]
}

// finish puts the devices in order and notes the free units. A unit outside the
// rack's range that holds something makes the range larger.
func (e *elevation) finish() {
	if e.In == nil {
		e.In = []string{}
	}
	slices.SortStableFunc(e.Devices, func(a, b *rackBox) int { return cmp.Compare(b.top(), a.top()) })
	taken := e.units()
	for unit := range taken {
		e.Low, e.High = min(e.Low, unit), max(e.High, unit)
	}
	e.Free = []int{}
	for unit := e.Low; unit <= e.High; unit++ {
		if taken[unit] == nil {
			e.Free = append(e.Free, unit)
		}
	}
}

// units returns what is in each unit that is not free.
func (e *elevation) units() map[int]*rackBox {
	taken := map[int]*rackBox{}
	for _, d := range e.Devices {
		for _, unit := range d.Units {
			taken[unit] = d
		}
	}
	return taken
}

// Widths between which an elevation chooses how much it says.
const (
	narrowest  = 24 // columns below which nothing gets narrower
	roomDriver = 64 // columns from which drivers are shown
	roomType   = 44 // and types
	widest     = 100
)

// draw returns the elevation as text of at most width columns: a line for each
// unit, and lines around what takes several, so that it is one box. A compact
// one has one line for many free units.
func (e *elevation) draw(width int, compact bool) string {
	width = max(narrowest, min(width, widest)) - 1
	columns := e.columns(width)
	var b strings.Builder
	b.WriteString(e.title(width))
	rule := strings.Repeat("─", columns.total+2)
	fmt.Fprintf(&b, "    ┌%s┐\n", rule)
	taken := e.units()
	for unit := e.High; unit >= e.Low; unit-- {
		device := taken[unit]
		text := ""
		if device != nil && device != taken[unit+1] {
			text = columns.row(device)
		}
		top := unit
		if lowest := e.lastFree(taken, unit); compact && unit-lowest+1 >= manyFree {
			text = fmt.Sprintf("⋮ %d to %d are free", unit, lowest)
			unit = lowest
		}
		fmt.Fprintf(&b, "%3d │ %s │\n", top, padded(text, columns.total))
		if unit > e.Low && ruleBetween(device, taken[unit-1]) {
			fmt.Fprintf(&b, "    ├%s┤\n", rule)
		}
	}
	fmt.Fprintf(&b, "    └%s┘\n", rule)
	for _, d := range e.Devices {
		if len(d.Units) == 0 {
			fmt.Fprintf(&b, "  +   %s\n", strings.TrimRight(shortened(columns.row(d), width-6), " "))
		}
	}
	return b.String()
}

// manyFree is how many free units in a row a compact elevation shows as one line.
const manyFree = 3

// lastFree returns the lowest of the free units that begin at unit and go down,
// or unit+1 if that is not free.
func (e *elevation) lastFree(taken map[int]*rackBox, unit int) int {
	for unit >= e.Low && taken[unit] == nil {
		unit--
	}
	return unit + 1
}

// ruleBetween reports whether a line belongs between two units: where what
// takes several begins or ends, and where free units border on a device.
func ruleBetween(upper, lower *rackBox) bool {
	if upper == lower {
		return false
	}
	return upper == nil || lower == nil || len(upper.Units) > 1 || len(lower.Units) > 1
}

// title says which rack it is and how full.
func (e *elevation) title(width int) string {
	text := fmt.Sprintf("%s (%s)", e.Name, e.Driver)
	if len(e.In) > 0 {
		text += " in " + strings.Join(e.In, ", ")
	}
	size := e.High - e.Low + 1
	tail := fmt.Sprintf(": %d of %d units free", len(e.Free), size)
	return shortened(text, max(0, width-len(tail))) + tail + "\n"
}

// boxColumns are the widths of what is said of a device; 0 leaves it out.
type boxColumns struct{ name, typ, driver, total int }

// columns chooses the columns for a width.
func (e *elevation) columns(width int) boxColumns {
	c := boxColumns{total: width - 8} // without the number, the sides and the blanks beside them
	for _, d := range e.Devices {
		c.name = max(c.name, len([]rune(d.Name)))
		if width >= roomType {
			c.typ = max(c.typ, len([]rune(d.Type)))
		}
		if width >= roomDriver {
			c.driver = max(c.driver, len([]rune(d.Driver)))
		}
	}
	if c.driver > 0 && c.name+c.typ+c.driver+4 > c.total {
		c.driver = 0
	}
	if c.typ > 0 && c.name+c.typ+2 > c.total {
		c.typ = 0
	}
	c.name = min(c.name, c.total)
	return c
}

// row returns what is said of a device.
func (c boxColumns) row(d *rackBox) string {
	text := padded(d.Name, c.name)
	if c.typ > 0 {
		text += "  " + padded(d.Type, c.typ)
	}
	if c.driver > 0 {
		text += "  " + padded(d.Driver, c.driver)
	}
	return text
}

// padded returns s in exactly width columns.
func padded(s string, width int) string {
	s = shortened(s, width)
	return s + strings.Repeat(" ", width-len([]rune(s)))
}

// shortened returns s in at most width columns; "…" stands for what is cut off.
func shortened(s string, width int) string {
	r := []rune(s)
	switch {
	case len(r) <= width:
		return s
	case width <= 1:
		return string(r[:width])
	}
	return string(r[:width-1]) + "…"
}
