package elevation

import (
	"strings"
	"testing"

	"github.com/clusto/clusto"
)

// TestHalvesAreDrawn: two devices share a unit, and what hangs at a side is drawn beside
// the units; from behind the sides change places.
func TestHalvesAreDrawn(t *testing.T) {
	t.Parallel()
	r := &Rack{Name: "r", Low: 1, High: 3, Devices: []*Device{
		{Name: "a", Units: []int{2}, Side: clusto.SideLeft, Width: clusto.HalfWidth},
		{Name: "b", Units: []int{2}, Side: clusto.SideRight, Width: clusto.HalfWidth},
		{Name: "c", Units: []int{3}, Side: clusto.SideRight, Width: clusto.HalfWidth},
		{Name: "pdu", Side: clusto.SideLeft},
	}}
	r.finish()
	if len(r.Free) != 1 || r.Free[0] != 1 {
		t.Errorf("free: %v", r.Free)
	}
	lines := strings.Join(strings.Fields(r.Text(60, false)), " ")
	for _, want := range []string{"2 │ a │ b │", "3 │ │ c │", "+ pdu at the left"} {
		if !strings.Contains(lines, want) {
			t.Errorf("%q is not in\n%s", want, lines)
		}
	}
	// From the front a begins the unit, from behind it is in the other half.
	front, rear := string(r.SVG(Front)), string(r.SVG(Rear))
	for drawing, want := range map[string]string{front: `<text x="66" y="64">a</text>`, rear: `<text x="124" y="64">a</text>`} {
		if !strings.Contains(drawing, want) || !strings.Contains(drawing, ">pdu</text>") {
			t.Errorf("%s is not in\n%s", want, drawing)
		}
	}
}
