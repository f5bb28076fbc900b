package elevation

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/clusto/clusto"
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
	railWidth   = 20 // of a device at the side
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

// SVG returns the drawing of a side of the rack. From behind the units are counted
// on the right, and what is left from the front is at the right.
func (r *Rack) SVG(side Side) []byte {
	d := drawing{rack: r, side: side, left: margin + r.railWidth(side.from(clusto.SideLeft))}
	if side == Front {
		d.left += numberWidth
	}
	width := d.left + rackWidth + r.railWidth(side.from(clusto.SideRight)) + margin
	if side == Rear {
		width += numberWidth
	}
	loose := r.loose()
	units := r.High - r.Low + 1
	height := titleHeight + (units+len(loose))*unitHeight + margin
	fmt.Fprintf(&d, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", width, height, width, height)
	fmt.Fprintf(&d, `<title>%s, %s</title>`+"\n", escaped(r.Name), side)
	fmt.Fprintf(&d, `<text x="%d" y="20" font-weight="bold">%s</text>`+"\n", d.left, escaped(r.Name))
	for unit := r.High; unit >= r.Low; unit-- {
		d.unit(unit)
	}
	for _, device := range r.Devices {
		for _, run := range device.runs() {
			d.device(device, run)
		}
	}
	d.rails()
	for i, device := range loose {
		y := titleHeight + (units+i)*unitHeight
		fmt.Fprintf(&d, `<text x="%d" y="%d" fill="#555">+ %s</text>`+"\n", d.left, y+15, escaped(device.Name))
	}
	d.WriteString("</svg>\n")
	return []byte(d.String())
}

// from returns what is seen at a side of the drawing.
func (s Side) from(side clusto.Side) clusto.Side {
	if s == Rear {
		return side.Other()
	}
	return side
}

// railWidth returns how wide the devices at a side of the rack are drawn in all.
func (r *Rack) railWidth(side clusto.Side) int { return len(r.Beside(side)) * railWidth }

// drawing is a rack that is being drawn.
type drawing struct {
	strings.Builder
	rack *Rack
	side Side
	left int // where the units begin
}

// y returns where a unit begins, from above.
func (r *Rack) y(unit int) int { return titleHeight + (r.High-unit)*unitHeight }

func (d *drawing) unit(unit int) {
	x, anchor := d.left-6-d.rack.railWidth(clusto.SideLeft), "end"
	if d.side == Rear {
		x, anchor = d.left+rackWidth+6+d.rack.railWidth(clusto.SideLeft), "start"
	}
	y := d.rack.y(unit)
	fmt.Fprintf(d, `<text x="%d" y="%d" text-anchor="%s" fill="#555">%d</text>`, x, y+15, anchor, unit)
	fmt.Fprintf(d, `<rect x="%d" y="%d" width="%d" height="%d" fill="#fff" stroke="#ccc"/>`+"\n", d.left, y, rackWidth, unitHeight)
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

// device draws a device in its units, or in a half of them.
func (d *drawing) device(device *Device, at run) {
	if at.low > d.rack.High {
		return
	}
	at.high = min(at.high, d.rack.High)
	x, width, letters := d.left, rackWidth, 30
	if device.half() {
		width, letters = rackWidth/2, 14
		if d.side.from(device.Side) == clusto.SideRight {
			x += width
		}
	}
	y, height := d.rack.y(at.high), (at.high-at.low+1)*unitHeight
	d.box(device, x, y, width, height)
	fmt.Fprintf(d, `<text x="%d" y="%d">%s</text></g>`+"\n", x+8, y+height/2+4, escaped(shortened(device.Name, letters)))
}

// box begins the group of a device; whoever draws its name ends it.
func (d *drawing) box(device *Device, x, y, width, height int) {
	colour, known := colours[device.Type]
	if !known {
		colour = colours[""]
	}
	fmt.Fprintf(d, `<g><title>%s (%s, %s)</title>`, escaped(device.Name), escaped(device.Type), escaped(device.Driver))
	fmt.Fprintf(d, `<rect x="%d" y="%d" width="%d" height="%d" rx="2" fill="%s" stroke="#555"/>`, x, y, width, height, colour)
}

// rails draws what hangs at the sides, upright and as high as the rack, with the
// name from the bottom to the top.
func (d *drawing) rails() {
	height := (d.rack.High - d.rack.Low + 1) * unitHeight
	for _, at := range []clusto.Side{clusto.SideLeft, clusto.SideRight} {
		for i, device := range d.rack.Beside(d.side.from(at)) {
			x := d.left - (i+1)*railWidth
			if at == clusto.SideRight {
				x = d.left + rackWidth + i*railWidth
			}
			d.box(device, x, titleHeight, railWidth, height)
			middle, foot := x+railWidth/2+4, titleHeight+height-8
			fmt.Fprintf(d, `<text transform="translate(%d %d) rotate(-90)">%s</text></g>`+"\n", middle, foot, escaped(shortened(device.Name, max(3, height/8))))
		}
	}
}

// escaped returns a text as it stands in XML.
func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder never fails
	return b.String()
}
