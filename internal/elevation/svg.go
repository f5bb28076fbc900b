package elevation

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// Side is the side of a rack that is drawn.
type Side string

// The sides.
const (
	Front Side = "front"
	Rear  Side = "rear"
)

// Measures of a drawing in pixels: a unit is as high as a line of text needs, and
// the rack about as wide as it is in truth, where 19 inches are 11 units.
const (
	unitHeight  = 20
	rackWidth   = 220
	numberWidth = 32
	titleHeight = 30
	margin      = 6
)

// colours of the types of devices; what is not there has the last one's.

var colours = map[string]string{
	"server":        "#cfe2f3",
	"networkswitch": "#d9ead3",
	"powerstrip":    "#fce5cd",
	"consoleserver": "#d9d2e9",
	"loadbalancer":  "#d0e0e3",
	"firewall":      "#f4cccc",
	"":              "#eeeeee",
}

// SVG returns the drawing of a side of the rack. The sides differ in that from
// behind the units are counted on the right.
func (r *Rack) SVG(side Side) []byte {
	width := margin + numberWidth + rackWidth + margin
	height := titleHeight + (r.High-r.Low+1)*unitHeight + margin
	left := margin + numberWidth
	if side == Rear {
		left = margin
	}
	loose := r.loose()
	height += len(loose) * unitHeight
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, `<title>%s, %s</title>`+"\n", escaped(r.Name), side)
	fmt.Fprintf(&b, `<text x="%d" y="20" font-weight="bold">%s</text>`+"\n", left, escaped(r.Name))
	for unit := r.High; unit >= r.Low; unit-- {
		r.drawUnit(&b, unit, left, side)
	}
	for _, d := range r.Devices {
		for _, run := range d.runs() {
			r.drawDevice(&b, d, run, left)
		}
	}
	for i, d := range loose {
		y := titleHeight + (r.High-r.Low+1+i)*unitHeight
		fmt.Fprintf(&b, `<text x="%d" y="%d" fill="#555">+ %s</text>`+"\n", left, y+15, escaped(d.Name))
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// loose returns the devices that stand in no unit.
func (r *Rack) loose() []*Device {
	var loose []*Device
	for _, d := range r.Devices {
		if len(d.Units) == 0 {
			loose = append(loose, d)
		}
	}
	return loose
}

// y returns where a unit begins, from above.
func (r *Rack) y(unit int) int { return titleHeight + (r.High-unit)*unitHeight }

func (r *Rack) drawUnit(b *strings.Builder, unit, left int, side Side) {
	x, anchor := left-6, "end"
	if side == Rear {
		x, anchor = left+rackWidth+6, "start"
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="%s" fill="#555">%d</text>`, x, r.y(unit)+15, anchor, unit)
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="#fff" stroke="#ccc"/>`+"\n", left, r.y(unit), rackWidth, unitHeight)
}

// run is units that follow each other.
type run struct{ low, high int }

// runs returns the units of a device: one run, unless the database holds more.
func (d *Device) runs() []run {
	var runs []run
	for _, unit := range d.Units {
		if n := len(runs); n > 0 && runs[n-1].high+1 == unit {
			runs[n-1].high = unit
			continue
		}
		runs = append(runs, run{unit, unit})
	}
	return runs
}

func (r *Rack) drawDevice(b *strings.Builder, d *Device, at run, left int) {
	if at.low > r.High {
		return
	}
	at.high = min(at.high, r.High)
	colour, known := colours[d.Type]
	if !known {
		colour = colours[""]
	}
	y, height := r.y(at.high), (at.high-at.low+1)*unitHeight
	fmt.Fprintf(b, `<g><title>%s (%s, %s)</title>`, escaped(d.Name), escaped(d.Type), escaped(d.Driver))
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" rx="2" fill="%s" stroke="#555"/>`, left, y, rackWidth, height, colour)
	fmt.Fprintf(b, `<text x="%d" y="%d">%s</text></g>`+"\n", left+8, y+height/2+4, escaped(shortened(d.Name, 30)))
}

// escaped returns a text as it stands in XML.
func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder never fails
	return b.String()
}
