package elevation

import (
	"fmt"
	"slices"
	"strings"
)

// Widths between which an elevation chooses how much it says.
const (
	narrowest  = 24 // columns below which nothing gets narrower
	roomDriver = 64 // columns from which drivers are shown
	roomType   = 44 // and types
	widest     = 100
)

// Text returns the elevation as text of at most width columns: a line for each
// unit, and lines around what takes several, so that it is one box. A compact
// one has one line for many free units.
func (r *Rack) Text(width int, compact bool) string {
	width = max(narrowest, min(width, widest)) - 1
	columns := r.columns(width)
	var b strings.Builder
	b.WriteString(r.title(width))
	rule := strings.Repeat("─", columns.total+2)
	fmt.Fprintf(&b, "    ┌%s┐\n", rule)
	taken := r.units()
	for unit := r.High; unit >= r.Low; unit-- {
		device := taken[unit]
		text := columns.unit(device, taken[unit+1])
		top := unit
		if lowest := r.lastFree(taken, unit); compact && unit-lowest+1 >= manyFree {
			text = fmt.Sprintf("⋮ %d to %d are free", unit, lowest)
			unit = lowest
		}
		fmt.Fprintf(&b, "%3d │ %s │\n", top, padded(text, columns.total))
		if unit > r.Low && ruleBetween(device, taken[unit-1]) {
			fmt.Fprintf(&b, "    ├%s┤\n", rule)
		}
	}
	fmt.Fprintf(&b, "    └%s┘\n", rule)
	for _, d := range r.Devices {
		if len(d.Units) == 0 {
			row := strings.TrimRight(columns.row(d), " ")
			if d.Side != "" {
				row += "  at the " + string(d.Side)
			}
			fmt.Fprintf(&b, "  +   %s\n", shortened(row, width-6))
		}
	}
	return b.String()
}

// manyFree is how many free units in a row a compact elevation shows as one line.
const manyFree = 3

// lastFree returns the lowest of the free units that begin at unit and go down,
// or unit+1 if that is not free.
func (r *Rack) lastFree(taken map[int]held, unit int) int {
	for unit >= r.Low && taken[unit].empty() {
		unit--
	}
	return unit + 1
}

// ruleBetween reports whether a line belongs between two units: where what
// takes several begins or ends, and where free units border on a device.
func ruleBetween(upper, lower held) bool {
	if upper == lower {
		return false
	}
	return upper.empty() || lower.empty() || upper.tall() || lower.tall()
}

// tall reports whether something in a unit takes others too.
func (h held) tall() bool {
	return slices.ContainsFunc(h.each(), func(d *Device) bool { return len(d.Units) > 1 })
}

// title says which rack it is and how full.
func (r *Rack) title(width int) string {
	text := fmt.Sprintf("%s (%s)", r.Name, r.Driver)
	if len(r.In) > 0 {
		text += " in " + strings.Join(r.In, ", ")
	}
	size := r.High - r.Low + 1
	tail := fmt.Sprintf(": %d of %d units free", len(r.Free), size)
	return shortened(text, max(0, width-len(tail))) + tail + "\n"
}

// boxColumns are the widths of what is said of a device; 0 leaves it out.
type boxColumns struct{ name, typ, driver, total int }

// columns chooses the columns for a width.
func (r *Rack) columns(width int) boxColumns {
	c := boxColumns{total: width - 8} // without the number, the sides and the blanks beside them
	for _, d := range r.Devices {
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

// unit returns the text in a unit, below another: what begins there, in halves where
// devices take half the width.
func (c boxColumns) unit(h, above held) string {
	if h.full != nil {
		if h.full == above.full {
			return ""
		}
		return c.row(h.full)
	}
	if h.empty() {
		return ""
	}
	name := func(d, above *Device) string {
		if d == nil || d == above {
			return ""
		}
		return d.Name
	}
	const between = " │ "
	half := (c.total - len([]rune(between))) / 2
	return padded(name(h.left, above.left), half) + between + name(h.right, above.right)
}

// row returns what is said of a device.
func (c boxColumns) row(d *Device) string {
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
