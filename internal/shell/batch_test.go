package shell_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto/internal/shell"
)

func TestBatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		want     []shell.Entry
		err      error
	}{
		{name: "nothing", in: ""},
		{name: "lines", in: "a\n\n# comment\nb", want: []shell.Entry{{"f", 1, "a\n"}, {"f", 4, "b"}}},
		{name: "error", in: "a\nboom\nb\n", want: []shell.Entry{{"f", 1, "a\n"}, {"f", 2, "boom\n"}}, err: boom{}},
		{name: "leave", in: "a\nexit()\nb\n", want: []shell.Entry{{"f", 1, "a\n"}}},
		{name: "block ends at the next statement", in: "class X:\n\tp = 1\n\n \n\tq = 2\nX()\n",
			want: []shell.Entry{{"f", 1, "class X:\n\tp = 1\n\n \n\tq = 2\n"}, {"f", 6, "X()\n"}}},
		{name: "else", in: "if a:\n  b\n\nelse:\n  c\nd\n",
			want: []shell.Entry{{"f", 1, "if a:\n  b\n\nelse:\n  c\n"}, {"f", 6, "d\n"}}},
		{name: "comment in a block", in: "if a:\n  b\n# why\n  c\nd\n",
			want: []shell.Entry{{"f", 1, "if a:\n  b\n# why\n  c\n"}, {"f", 5, "d\n"}}},
		{name: "brackets", in: "f(\n1\n\n)\nd\n", want: []shell.Entry{{"f", 1, "f(\n1\n\n)\n"}, {"f", 5, "d\n"}}},
		{name: "long string", in: "x = '''\na\n\nb'''\nd\n", want: []shell.Entry{{"f", 1, "x = '''\na\n\nb'''\n"}, {"f", 5, "d\n"}}},
		{name: "decorator", in: "@d\ndef f():\n  x\ny\n", want: []shell.Entry{{"f", 1, "@d\ndef f():\n  x\n"}, {"f", 4, "y\n"}}},
		{name: "indented as in the document", in: " class X:\n \t'''\n\tdoc\n\t'''\n\n\tp = 1\n\n x = X()\n",
			want: []shell.Entry{{"f", 1, " class X:\n \t'''\n\tdoc\n\t'''\n\n\tp = 1\n\n"}, {"f", 8, " x = X()\n"}}},
		{name: "unfinished", in: "f(\n", want: []shell.Entry{{"f", 1, "f(\n"}}},
		{name: "carriage returns", in: "if a:\r\n  b\r\nc\r\n", want: []shell.Entry{{"f", 1, "if a:\r\n  b\r\n"}, {"f", 3, "c\r\n"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := &fake{out: io.Discard}
			err := run(t, f, strings.NewReader(c.in))
			if !errors.Is(err, c.err) {
				t.Errorf("the error is %v, want %v", err, c.err)
			}
			if diff := cmp.Diff(c.want, f.ran); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
		})
	}
}

// TestBatchRunsAtOnce checks that a statement runs before the next is written,
// so that a program can talk to a shell.
func TestBatchRunsAtOnce(t *testing.T) {
	t.Parallel()
	in, keyboard := io.Pipe()
	screen, out := io.Pipe()
	done := make(chan error)
	go func() { done <- run(t, &fake{out: out}, in) }()
	for _, text := range []string{"a\n", "f(\n  1)\n"} {
		io.WriteString(keyboard, text)
		buf := make([]byte, 100)
		if n, err := screen.Read(buf); err != nil || n == 0 {
			t.Fatalf("no answer to %q: %v", text, err)
		}
	}
	keyboard.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestBatchBroken checks that an input that breaks is an error, and that what
// came of the last statement is not run.
func TestBatchBroken(t *testing.T) {
	t.Parallel()
	f := &fake{out: io.Discard}
	err := run(t, f, io.MultiReader(strings.NewReader("a\nb"), broken{}))
	if !errors.Is(err, io.ErrUnexpectedEOF) || len(f.ran) != 1 {
		t.Errorf("the error is %v after %v", err, f.ran)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestBatchLarge checks that a large table is one statement and takes no time that
// grows with the square of its size.
func TestBatchLarge(t *testing.T) {
	t.Parallel()
	table := "f(\n" + strings.Repeat("  [1, 2, 3, 4, 5, 6, 7, 8, 9],\n", 20_000) + ")\n"
	f := &fake{out: io.Discard}
	if err := run(t, f, strings.NewReader(table+"a\n")); err != nil {
		t.Fatal(err)
	}
	if len(f.ran) != 2 || f.ran[0].Text != table || f.ran[1] != (shell.Entry{Name: "f", Line: 20_003, Text: "a\n"}) {
		t.Errorf("%d entries", len(f.ran))
	}
}

// FuzzBatch checks that nothing of a file is lost or run twice.
func FuzzBatch(f *testing.F) {
	f.Add("a\n\n# comment\nb")
	f.Add("if a:\n  b\n\nelse:\n  c\nd\n")
	f.Add("@d\n\n@d\n\tx\n'''\n\n")
	f.Add("(\n" + strings.Repeat("[\n", 1000))
	f.Fuzz(func(t *testing.T, in string) {
		f := &fake{out: io.Discard}
		err := run(t, f, strings.NewReader(in))
		if err != nil && !errors.Is(err, boom{}) {
			t.Fatal(err)
		}
		left, line := in, 1
		for _, e := range f.ran {
			for ; line < e.Line; line++ {
				var skipped string
				skipped, left = firstLine(left)
				if !empty(skipped) {
					t.Fatalf("line %d was not run: %q", line, skipped)
				}
			}
			after, found := strings.CutPrefix(left, e.Text)
			if !found || e.Text == "" || line > e.Line {
				t.Fatalf("%q was run in line %d, where %q was left", e.Text, e.Line, left)
			}
			left = after
			line += strings.Count(e.Text, "\n")
		}
		if err == nil && !empty(left) && !strings.Contains(left, "exit") && !strings.Contains(left, "quit") {
			t.Fatalf("not run: %q", left)
		}
	})
}

// firstLine returns the first line of text, with its newline, and the rest.
func firstLine(text string) (line, rest string) {
	end := strings.IndexByte(text, '\n') + 1
	if end == 0 {
		end = len(text)
	}
	return text[:end], text[end:]
}

// empty reports whether text has nothing but blank lines and comments.
func empty(text string) bool {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return false
		}
	}
	return true
}

// run runs a shell over a file called f.
func run(t *testing.T, f *fake, in io.Reader) error {
	sh, err := shell.New(f, shell.Options{In: in, Out: io.Discard, Err: io.Discard, Name: "f"})
	if err != nil {
		t.Error(err)
		return nil
	}
	return sh.Run(t.Context())
}
