package dialect_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/clusto/clusto/internal/script/dialect"
)

// FuzzParse checks that no text can hurt Parse, Incomplete and Render; that
// errors and nodes have places in the text; and that what parses also
// compiles, with the helpers as its only undefined names.
func FuzzParse(f *testing.F) {
	for _, block := range literalBlocks(f) {
		f.Add(block)
	}
	for _, name := range []string{"language", "classes", "try"} {
		ar, err := txtar.ParseFile("testdata/" + name + ".txtar")
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range ar.Files {
			if strings.HasSuffix(file.Name, ".py") {
				f.Add(string(file.Data))
			}
		}
	}
	for _, src := range []string{
		"\ufeff\tx\r\n\t\ty", "f'{x!r:{y}}' '' b''", "f'{", "f'{x:{", "'''", "x \\", "@a\n@b\nclass C(D): x = super",
		"print (a), b", "del (a[1], b[2])", "a < b(c) < d", "lambda *a, **k: 0", "from .. import (a as b,)",
		"try:\n a\nexcept b, c:\n d\nelse:\n e\nfinally:\n while 1: continue", "\x00", "0x", "1e", "{1:2 for x in y if z}",
	} {
		f.Add(src)
	}
	f.Fuzz(checkParse)
}

func checkParse(t *testing.T, src string) {
	dialect.Incomplete(src)
	opt := dialect.Options{
		Known:     []string{"len", "x"},
		StarNames: func(string) ([]string, error) { return []string{"p", "q"}, nil },
		Warn:      func(e *dialect.Error) { checkPlace(t, src, e) },
		Show:      len(src)%2 == 0,
	}
	file, err := dialect.Parse("f", src, opt)
	if err != nil {
		e, ok := errors.AsType[*dialect.Error](err)
		if !ok {
			t.Fatalf("%T is not an Error: %v", err, err)
		}
		checkPlace(t, src, e)
		e.Render(src)
		return
	}
	lines := strings.Count(src, "\n") + 1
	for _, s := range file.Stmts {
		syntax.Walk(s, func(n syntax.Node) bool {
			if n != nil {
				if p := syntax.Start(n); int(p.Line) < 1 || int(p.Line) > lines || p.Col < 1 {
					t.Fatalf("%T has no place in the text: %s", n, p)
				}
			}
			return true
		})
	}
	_, err = starlark.FileProgram(file, func(name string) bool {
		return slices.Contains(opt.Known, name) || slices.Contains(dialect.Helpers(), name)
	})
	if err != nil {
		t.Fatalf("does not compile: %v", err)
	}
}

// checkPlace fails unless e is at a character of src, or just behind a line.
func checkPlace(t *testing.T, src string, e *dialect.Error) {
	lines := strings.Split(src, "\n")
	if e.Line < 1 || e.Line > len(lines) || e.Col < 1 || e.Col > len([]rune(lines[e.Line-1]))+1 {
		t.Fatalf("%v is outside the text", e)
	}
}

// TestDeepest compiles scripts that are as deep as the limits allow, in every
// direction at once.
func TestDeepest(t *testing.T) {
	t.Parallel()
	long := "x" + strings.Repeat("+x", 490)
	nested := long
	for range 90 {
		nested = "(" + nested + ")" + strings.Repeat("+x", 490)
	}
	var blocks strings.Builder
	for i := range 49 {
		indent := strings.Repeat(" ", i)
		blocks.WriteString(indent + "try:\n")
	}
	blocks.WriteString(strings.Repeat(" ", 49) + "y = " + nested + "\n")
	for i := 48; i >= 0; i-- {
		indent := strings.Repeat(" ", i)
		blocks.WriteString(indent + "except E:\n" + indent + " pass\n")
	}
	elifs := "if x: pass\n" + strings.Repeat("elif x: pass\n", 490)
	for name, src := range map[string]string{
		"operators": "y = " + nested, "blocks": blocks.String(), "elifs": elifs,
		"selectors": "y = x" + strings.Repeat(".x[0]()", 160), "decorators": strings.Repeat("@x\n", 490) + "def f(): pass",
		"lambdas": "y = " + strings.Repeat("lambda: ", 90) + "x", "signs": "y = " + strings.Repeat("-", 90) + "x",
	} {
		if _, err := dialect.Parse("f", src, dialect.Options{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		checkParse(t, src)
	}
}
