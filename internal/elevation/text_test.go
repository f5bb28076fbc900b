package elevation

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func smallRack() *Rack {
	e := &Rack{Name: "rk-01", Driver: "basicrack", In: []string{"cage-7"}, Low: 1, High: 8, Devices: []*Device{
		{Name: "web1", Type: "server", Driver: "basicserver", Units: []int{3}},
		{Name: "big", Type: "server", Driver: "penguinserver2u", Units: []int{5, 6}},
		{Name: "web2", Type: "server", Driver: "basicserver", Units: []int{4}},
		{Name: "pdu-with-a-long-name", Type: "powerstrip", Driver: "powertowerxm"},
		{Name: "sw", Type: "networkswitch", Driver: "cisco4948", Units: []int{8}},
	}}
	e.finish()
	return e
}

func TestElevation(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		width int
		want  string
	}{
		{80, `
rk-01 (basicrack) in cage-7: 3 of 8 units free
    ┌────────────────────────────────────────────────────────────────────────┐
  8 │ sw                    networkswitch  cisco4948                          │
    ├─
  7 │
    ├─
  6 │ big                   server         penguinserver2u                    │
  5 │                                                                         │
    ├─
  4 │ web2                  server         basicserver                        │
  3 │ web1                  server         basicserver                        │
    ├─
  2 │
  1 │
    └─
  +   pdu-with-a-long-name  powerstrip     powertowerxm
`},
		{48, `
rk-01 (basicrack) in cage-7: 3 of 8 units free
    ┌─
  8 │ sw                    networkswitch   │
    ├─
  7 │
    ├─
  6 │ big                   server          │
  5 │                                       │
    ├─
  4 │ web2                  server          │
  3 │ web1                  server          │
    ├─
  2 │
  1 │
    └─
  +   pdu-with-a-long-name  powerstrip
`},
		{10, `
rk-…: 3 of 8 units free
    ┌─
  8 │ sw               │
    ├─
  7 │
    ├─
  6 │ big              │
  5 │                  │
    ├─
  4 │ web2             │
  3 │ web1             │
    ├─
  2 │
  1 │
    └─
  +   pdu-with-a-lon…
`},
	} {
		t.Run(fmt.Sprint(tc.width), func(t *testing.T) {
			t.Parallel()
			drawn := smallRack().Text(tc.width, false)
			for line := range strings.Lines(drawn) {
				if n := len([]rune(strings.TrimRight(line, "\n"))); n >= max(tc.width, narrowest) {
					t.Errorf("%d columns in %q, the terminal has %d", n, line, tc.width)
				}
			}
			if diff := cmp.Diff(bare(tc.want), bare("\n"+drawn)); diff != "" {
				t.Errorf("want -, got +\n%s\n%s", diff, drawn)
			}
		})
	}
}

// bare returns a drawing without the length of its rules and the right sides.
func bare(drawing string) string {
	var lines []string
	for line := range strings.SplitSeq(drawing, "\n") {
		if i := strings.Index(line, "─"); i >= 0 {
			line = line[:i]
		}
		lines = append(lines, strings.TrimRight(strings.TrimSuffix(line, "│"), " │"))
	}
	return strings.Join(lines, "\n")
}

// TestCompactElevation wants one line for many free units, and all lines for few.
func TestCompactElevation(t *testing.T) {
	t.Parallel()
	e := &Rack{Name: "r", Low: 1, High: 9, Devices: []*Device{{Name: "a", Units: []int{4}}, {Name: "b", Units: []int{7}}}}
	e.finish()
	drawn := e.Text(80, true)
	for _, want := range []string{"  9 │  ", "  8 │  ", "  6 │  ", "  5 │  ", "  3 │ ⋮ 3 to 1 are free"} {
		if !strings.Contains(drawn, want) {
			t.Errorf("%q is not in\n%s", want, drawn)
		}
	}
	if strings.Contains(drawn, "  2 │") {
		t.Errorf("unit 2 has a line of its own in\n%s", drawn)
	}
}

// TestElevationOfUnitsOutOfRange draws what a database may hold although no
// driver would put it there.
func TestElevationOfUnitsOutOfRange(t *testing.T) {
	t.Parallel()
	e := &Rack{Name: "r", Low: 1, High: 2, Devices: []*Device{{Name: "high", Units: []int{3, 4}}, {Name: "split", Units: []int{1, 6}}}}
	e.finish()
	if e.High != 6 {
		t.Errorf("got the highest unit %d, want 6", e.High)
	}
	if diff := cmp.Diff([]int{2, 5}, e.Free); diff != "" {
		t.Errorf("free units: want -, got +\n%s", diff)
	}
	if got := strings.Count(e.Text(80, false), "split"); got != 2 {
		t.Errorf("a device in two places is drawn %d times, want 2", got)
	}
}

// TestSVG wants each device once, where it stands, and no text that is taken for
// more than text.
func TestSVG(t *testing.T) {
	t.Parallel()
	r := smallRack()
	r.Devices[0].Name = `<script>&"`
	for _, side := range []Side{Front, Rear} {
		drawn := string(r.SVG(side))
		if err := xml.Unmarshal([]byte(drawn), new(struct {
			XMLName xml.Name `xml:"http://www.w3.org/2000/svg svg"`
		})); err != nil {
			t.Errorf("%s: %v in\n%s", side, err, drawn)
		}
		if strings.Contains(drawn, "<script") {
			t.Errorf("%s: a name became an element in\n%s", side, drawn)
		}
		if got := strings.Count(drawn, ">big</text>"); got != 1 {
			t.Errorf("%s: a device of two units is drawn %d times, want once", side, got)
		}
	}
}
