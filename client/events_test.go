package client

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto"
)

// TestEvents reads streams as the HTML standard has them.
func TestEvents(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"one", "id: 1\nevent: a\ndata: x\n\n", "1 a x|"},
		{"no blank, a mark, other line ends", "\ufeffdata:x\r\ndata:y\r\r", "  x\ny|"},
		{"comments and unknown fields", ": hi\nfoo: bar\ndata\ndata: \n\n", "  \n|"},
		{"without data", "id: 1\n\nevent: b\ndata: z\n\n", " b z|"},
		{"cut", "data: x\n\ndata: y\n", "  x|"},
		{"two blanks", "data:  x\n\n", "   x|"},
	} {
		r := newEventReader(strings.NewReader(c.in), 100)
		var got strings.Builder
		for {
			e, err := r.next()
			if err != nil {
				if !errors.Is(err, io.EOF) {
					t.Errorf("%s: %v", c.name, err)
				}
				break
			}
			got.WriteString(e.id + " " + e.kind + " " + string(e.data) + "|")
		}
		if got.String() != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got.String(), c.want)
		}
	}
}

func TestEventsLimits(t *testing.T) {
	for _, in := range []string{"data: " + strings.Repeat("x", 200), strings.Repeat("data: xxxxxxxxxx\n", 20)} {
		if _, err := newEventReader(strings.NewReader(in), 100).next(); !errors.Is(err, clusto.ErrExhausted) {
			t.Errorf("%.20q…: got %v, want ErrExhausted", in, err)
		}
	}
	r := newEventReader(strings.NewReader("retry: 1500\nretry: soon\n\n"), 100)
	if _, err := r.next(); !errors.Is(err, io.EOF) || r.wait != 1500*time.Millisecond {
		t.Errorf("got the wait %s, %v", r.wait, err)
	}
}

// FuzzEvents has any stream read to its end, with no event larger than the limit.
func FuzzEvents(f *testing.F) {
	f.Add("id: 1\nevent: a\ndata: x\n\n")
	f.Add("\ufeffdata:x\r\ndata:y\r\r:c\nretry: 5\n\n")
	f.Fuzz(func(t *testing.T, in string) {
		const limit = 64
		for r := newEventReader(strings.NewReader(in), limit); ; {
			e, err := r.next()
			if err != nil {
				return
			}
			if len(e.data) > limit {
				t.Fatalf("an event has %d bytes", len(e.data))
			}
		}
	})
}
