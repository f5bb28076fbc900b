package shell

import (
	"strings"

	"github.com/clusto/clusto"
)

// recall shows the history to the menu editor. What was entered comes back as
// it was, blocks with the empty line that ends them, so that Enter runs it
// again.
type recall struct {
	*history
	interp Interpreter
}

// Write does nothing: the shell itself adds entries, whatever editor they come from.
func (r recall) Write(string) (int, error) { return len(r.entries), nil }

// GetLine returns an entry, counted from the oldest.
func (r recall) GetLine(i int) (string, error) {
	if i < 0 || i >= len(r.entries) {
		return "", clusto.Errorf(clusto.ErrNotFound, "the history has no entry %d", i)
	}
	text := r.entries[i]
	if r.interp.Incomplete(text) {
		text += "\n"
	}
	return text, nil
}

// Len returns the number of entries.
func (r recall) Len() int { return len(r.entries) }

// Dump returns all entries.
func (r recall) Dump() any { return r.entries }

// recallLines shows the history to the plain editor, which edits single lines
// and counts them from the newest: the entries of earlier shells that are one
// line, and all lines of this one.
type recallLines struct{ lines []string }

func newRecallLines(h *history) *recallLines {
	r := &recallLines{}
	for _, text := range h.entries {
		if !strings.ContainsRune(text, '\n') {
			r.Add(text)
		}
	}
	return r
}

// Add adds the newest line.
func (r *recallLines) Add(line string) {
	if n := len(r.lines); line != "" && (n == 0 || r.lines[n-1] != line) {
		r.lines = append(r.lines, line)
	}
}

// Len returns the number of lines.
func (r *recallLines) Len() int { return len(r.lines) }

// At returns a line, counted from the newest.
func (r *recallLines) At(i int) string { return r.lines[len(r.lines)-1-i] }
