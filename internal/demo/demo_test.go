package demo_test

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// ownFrom begins the statements that the document does not have.
const ownFrom = "# All that is in the datacenter"

// TestWorldIsTheDocument checks that the datacenter is described with the very
// lines of the document that users know.
func TestWorldIsTheDocument(t *testing.T) {
	t.Parallel()
	world := read(t, "world.clusto")
	var document []string
	for line := range strings.Lines(read(t, "../../testdata/using-clusto.rst")) {
		document = append(document, strings.TrimSpace(line))
	}
	before, after, found := strings.Cut(world, ownFrom)
	if !found {
		t.Fatalf("world.clusto has no line %q", ownFrom)
	}
	checked := 0
	for line := range strings.Lines(before) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		checked++
		if !slices.Contains(document, line) {
			t.Errorf("the document does not have %q", line)
		}
	}
	if checked < 10 {
		t.Errorf("%d statements are the document's, want at least 10", checked)
	}
	for _, line := range []string{"from rackfactory import get_factory", "factory = get_factory('sv3-001')", "factory.connect_ports()"} {
		if !strings.Contains(after, line+"\n") || !slices.Contains(document, line) {
			t.Errorf("%q is not in both", line)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
