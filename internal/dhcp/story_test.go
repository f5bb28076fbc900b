package dhcp_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/clusto/clusto/internal/dhcp"
)

var update = flag.Bool("update", false, "rewrite the stories in testdata")

// storyText returns a story as people read it.
func storyText(s *dhcp.Story) string {
	var b strings.Builder
	for _, step := range s.Steps {
		mark := " "
		if step.Failed {
			mark = "!"
		}
		fmt.Fprintf(&b, "%s %s: %s\n", mark, step.Subject, step.Text)
		for _, o := range step.Overrides {
			fmt.Fprintf(&b, "    not %s of %s\n", o.Value, o.From)
		}
		if step.Hint != "" {
			fmt.Fprintf(&b, "    try %s\n", step.Hint)
		}
	}
	return b.String()
}

// TestStories compares with testdata/story/*.txtar: an inventory, who asks, and
// what is told.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/story/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			w := newWorld(t)
			w.setUp(string(a.Files[0].Data))
			var story dhcp.Story
			w.decide(w.engine, clientOf(string(a.Files[1].Data)), &story)
			if *update {
				a.Files[2].Data = []byte(storyText(&story))
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(a.Files[2].Data), storyText(&story)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// clientOf reads a client: its hardware address, an address of its network, and
// then NAME=VALUE, a line each.
func clientOf(text string) dhcp.Client {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	c := from(lines[0], lines[1])
	for _, line := range lines[2:] {
		name, value, _ := strings.Cut(line, "=")
		switch name {
		case "vendor":
			c.Vendor = []byte(value)
		case "user":
			c.User = []byte(value)
		case "arch":
			var arch uint16
			fmt.Sscan(value, &arch)
			c.Arch = []uint16{arch}
		case "relay":
			relayed(value, string(c.CircuitID), string(c.RemoteID))(&c)
		case "circuit":
			c.CircuitID = []byte(value)
		case "remote":
			c.RemoteID = []byte(value)
		}
	}
	return c
}
