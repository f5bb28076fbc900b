package shell

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// plainEditor edits the lines of an entry one by one. It asks little of a
// terminal; of a dumb one nothing as long as the person only types.
type plainEditor struct {
	interp Interpreter
	in     *os.File
	keys   *keyReader
	lines  *term.Terminal
	dumb   bool
	before string // the lines of the entry before the one that is edited
}

func newPlainEditor(interp Interpreter, h *history, in, out *os.File, dumb bool) *plainEditor {
	e := &plainEditor{interp: interp, in: in, keys: &keyReader{in: in}, dumb: dumb}
	e.lines = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{e.keys, out}, "")
	e.lines.History = newRecallLines(h)
	e.lines.AutoCompleteCallback = e.complete
	return e
}

// readEntry implements editor. The end of ctx is noticed with the next line.
func (e *plainEditor) readEntry(ctx context.Context, prompt string) (string, error) {
	state, err := term.MakeRaw(int(e.in.Fd()))
	if err != nil {
		return "", err
	}
	defer term.Restore(int(e.in.Fd()), state)
	if width, height, err := term.GetSize(int(e.in.Fd())); err == nil && width > 0 {
		if err := e.lines.SetSize(width, height); err != nil {
			return "", err
		}
	}
	if !e.dumb {
		e.lines.SetBracketedPasteMode(true)
		defer e.lines.SetBracketedPasteMode(false)
	}
	e.lines.SetPrompt(prompt)
	for e.before = ""; ; e.before += "\n" {
		line, err := e.lines.ReadLine()
		pasted := errors.Is(err, term.ErrPasteIndicator)
		if err != nil && !pasted {
			return "", e.leave(err)
		}
		if e.keys.interrupted || ctx.Err() != nil {
			e.keys.interrupted = false
			return "", errCleared
		}
		e.before += line
		if !pasted && !e.interp.Incomplete(e.before) {
			return e.before, nil
		}
		e.lines.SetPrompt(more(prompt))
	}
}

// leave ends the line of the prompt.
func (e *plainEditor) leave(err error) error {
	if _, writeErr := io.WriteString(e.lines, "\n"); writeErr != nil {
		return writeErr
	}
	return err
}

// complete is called for each key; it answers Tab.
func (e *plainEditor) complete(line string, pos int, key rune) (string, int, bool) {
	if key != '\t' {
		return "", 0, false
	}
	text := e.before + line[:pos]
	insert := indent(text)
	if insert == "" {
		insert = e.extend(text)
	}
	return line[:pos] + insert + line[pos:], pos + len(insert), true
}

// extend returns what all completions of text have in common, or lists them if
// that is nothing.
func (e *plainEditor) extend(text string) string {
	word, candidates := e.interp.Complete(text)
	if len(candidates) == 0 {
		return ""
	}
	insert := strings.TrimPrefix(commonPrefix(candidates), word)
	if insert == "" && len(candidates) > 1 {
		var list strings.Builder
		for _, c := range candidates {
			list.WriteString(strings.TrimSpace(c.Text+"  "+c.Description) + "\n")
		}
		io.WriteString(e.lines, list.String())
	}
	return insert
}

// keyReader reads keys for the plain editor, for which Ctrl-C is the end of the
// input. It gives it keys that end the line without a text instead, and takes
// note. What was typed after Ctrl-C is kept for the next read.
type keyReader struct {
	in          io.Reader
	pending     []byte
	interrupted bool
}

// discardLine are the keys Ctrl-E, Ctrl-U and Enter.
const discardLine = "\x05\x15\r"

func (k *keyReader) Read(p []byte) (int, error) {
	if len(k.pending) == 0 {
		buf := make([]byte, len(p))
		n, err := k.in.Read(buf)
		if err != nil {
			return 0, err
		}
		k.pending = buf[:n]
	}
	head, rest, cleared := strings.Cut(string(k.pending), string(ctrlC))
	if head == "" && cleared {
		k.pending = []byte(rest)
		k.interrupted = true
		return copy(p, discardLine), nil
	}
	n := copy(p, head)
	k.pending = k.pending[n:]
	return n, nil
}
