package dialect_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto/internal/script/dialect"
)

// literalBlocks returns the literal blocks of the document byte for byte.
func literalBlocks(tb testing.TB) []string {
	tb.Helper()
	text, err := os.ReadFile("../../../testdata/using-clusto.rst")
	if err != nil {
		tb.Fatal(err)
	}
	var blocks []string
	lines := strings.SplitAfter(string(text), "\n")
	for i := 0; i < len(lines); i++ {
		if !strings.HasSuffix(strings.TrimSpace(lines[i]), "::") {
			continue
		}
		i += 2 // the line with the colons and the empty one
		from := i
		for i < len(lines) && (strings.TrimSpace(lines[i]) == "" || lines[i][0] == ' ' || lines[i][0] == '\t') {
			i++
		}
		blocks = append(blocks, strings.TrimRight(strings.Join(lines[from:i], ""), "\n")+"\n")
		i--
	}
	return blocks
}

// documentOptions know what the document's blocks use without importing it.
func documentOptions(warnings *[]string) dialect.Options {
	return dialect.Options{
		Known:     []string{"get_by_name", "len"},
		StarNames: func(string) ([]string, error) { return []string{"EquinixDatacenter"}, nil },
		Warn:      func(e *dialect.Error) { *warnings = append(*warnings, e.Error()+"; "+e.Hint) },
	}
}

// TestDocument parses each literal block of the document as it stands, but
// the one with commands of a switch.
func TestDocument(t *testing.T) {
	t.Parallel()
	blocks := literalBlocks(t)
	if len(blocks) != 9 {
		t.Fatalf("the document has %d literal blocks, want 9", len(blocks))
	}
	var warnings []string
	for _, src := range blocks {
		_, err := dialect.Parse("block.py", src, documentOptions(&warnings))
		if isIOS := strings.Contains(src, "snmp-server"); isIOS != (err != nil) {
			t.Errorf("%s\n%v", src, err)
		}
	}
	want := []string{"block.py:3:119: undefined: request; did you mean message?"}
	if diff := cmp.Diff(want, warnings); diff != "" {
		t.Errorf("warnings (-want +got)\n%s", diff)
	}
}

// TestDocumentDriver parses equinixdatacenter.py as the document has the
// reader put it together from two blocks.
func TestDocumentDriver(t *testing.T) {
	t.Parallel()
	src := ""
	for _, b := range literalBlocks(t) {
		if strings.Contains(b, "class EquinixDatacenter") || strings.Contains(b, "def remote_hands") {
			src += b
		}
	}
	var warnings []string
	if _, err := dialect.Parse("equinixdatacenter.py", src, documentOptions(&warnings)); err != nil {
		t.Fatal(err.(*dialect.Error).Render(src))
	}
	want := []string{"equinixdatacenter.py:11:119: undefined: request; did you mean message?"}
	if diff := cmp.Diff(want, warnings); diff != "" {
		t.Errorf("warnings (-want +got)\n%s", diff)
	}
}
