package dialect_test

import (
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/script/dialect"
)

func TestIncomplete(t *testing.T) {
	t.Parallel()
	tests := []struct {
		src  string
		want bool
	}{
		{"", false},
		{"x = 1", false},
		{"x = 1; y = 2", false},
		{"f(", true},
		{"f(\n", true},
		{"f(1,\n2)", false},
		{"x = '''", true},
		{"x = '''a\n\n", true},
		{"x = '''a\nb'''", false},
		{"x = 'a", false}, // Parse reports the open quote
		{"x = 1 + \\", true},
		{"x = 1 + \\\n", true},
		{"x = 1 + \\\n2", false},
		{"if x:", true},
		{"if x: y()", true}, // an else may follow
		{"if x: y()\n", false},
		{"if x:\n  y()", true},
		{"if x:\n  y()\n", false},
		{"if x:\n  y()\nelse:", true},
		{"if x:\n  y()\nelse: z()", true},
		{"if x:\n  y()\nz()", false},
		{"@d", true},
		{"@d\ndef f():", true},
		{"@d\ndef f():\n\tpass\n", false},
		{"try:\n  x()\nexcept E:\n  y()", true},
		{"try:\n  x()\nexcept E:\n  y()\n", false},
		{"for x in y:\n  pass # c\n  # comment", true},
		{"x = ]", false},
		{"x = {'a': 1,", true},
		{" indented()", false},
		{"class X:\n\t'''\n\tDoc", true},
		{"class X:\n\t'''\n\tDoc\n\n\t'''", true},
	}
	for _, tt := range tests {
		if got := dialect.Incomplete(tt.src); got != tt.want {
			t.Errorf("Incomplete(%q) = %v, want %v", tt.src, got, tt.want)
		}
	}
}

// TestIncompletePaste types the document's class as one paste: it ends only
// with the empty line after it, although it contains an empty line.
func TestIncompletePaste(t *testing.T) {
	t.Parallel()
	for _, block := range literalBlocks(t) {
		if !strings.Contains(block, "class ") && !strings.Contains(block, "def ") {
			continue
		}
		pasted := strings.TrimSuffix(block, "\n")
		if !dialect.Incomplete(pasted) {
			t.Errorf("complete without an empty line:\n%s", pasted)
		}
		if dialect.Incomplete(pasted + "\n") {
			t.Errorf("incomplete after an empty line:\n%s", pasted)
		}
	}
}
