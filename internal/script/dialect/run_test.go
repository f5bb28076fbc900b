package dialect_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"go.starlark.net/starlark"

	"github.com/clusto/clusto/internal/script/dialect"
)

// TestRun runs the scripts of testdata/*.txtar and compares what they print
// with the file of the same name that ends in .out.
func TestRun(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"testdata/language.txtar", "testdata/classes.txtar", "testdata/try.txtar"} {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(ar.Files); i += 2 {
			name, src := ar.Files[i].Name, string(ar.Files[i].Data)
			out, want := ar.Files[i+1].Name, string(ar.Files[i+1].Data)
			if strings.TrimSuffix(name, ".py") != strings.TrimSuffix(out, ".out") {
				t.Fatalf("%s: %s is followed by %s", file, name, out)
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				checkRun(t, src, want, dialect.Options{})
			})
		}
	}
}

// TestRunText runs scripts whose bytes an editor might change.
func TestRunText(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, src, want string }{
		{"tabs as Python 2 counts them", "if 1:\n        a = 1\n\tb = 2\n    # comment\n\n\tprint(a, b)\n", "1 2\n"},
		{"tabs and form feed", "if 1:\n  if 1:\n\tprint(1)\n\f\nprint(2)", "1\n2\n"},
		{"indented as a whole, CRLF", "  if 1:\r\n    print('a' + \\\r\n'b')\r\n\r\n  print('''x\r\ny\\\r\nz''')\r\n", "ab\nx\nyz\n"},
		{"byte order mark", "\ufeffprint(1)", "1\n"},
		{"no newline at the end", "if 1: print(1)", "1\n"},
		{"nothing", "", ""},
		{"comments only", "  # a\n\n\t# b", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkRun(t, tt.src, tt.want, dialect.Options{})
		})
	}
}

// checkRun runs src and compares what it prints, and its error, with want.
func checkRun(t *testing.T, src, want string, opt dialect.Options) {
	t.Helper()
	h := newHost()
	h.modules["m"] = starlark.StringDict{"a": starlark.MakeInt(1), "b": starlark.MakeInt(2)}
	h.modules["pkg"] = starlark.StringDict{"sub": &namespace{names: starlark.StringDict{"x": starlark.MakeInt(7)}}}
	h.modules["empty"] = starlark.StringDict{}
	got, err := h.run("t.py", src, opt)
	if err != nil {
		got += "error: " + err.Error() + "\n"
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
