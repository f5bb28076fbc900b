package shell

import "context"

// Interpreter runs what is typed. The shell calls it from one goroutine.
type Interpreter interface {
	// Run runs an entry and shows its results, after it has loaded what changed on
	// disk and said so. It stops soon after ctx is cancelled and can be called
	// again then. An error may have a method Render() string for what a person
	// should see of it.
	Run(ctx context.Context, e Entry) error

	// Incomplete reports whether another line is needed before src can run. src
	// ends in a newline if its last line is empty; an empty line ends a block.
	Incomplete(src string) bool

	// Complete returns what may stand in place of the word that text, the part
	// of an entry before the cursor, ends in. Every candidate begins with the word.
	Complete(text string) (word string, candidates []Candidate)
}

// Entry is a text to run: what was typed at one prompt, or a statement of a file.
type Entry struct {
	Name string // of the prompt or the file, for error messages
	Line int    // of the file that Text begins on, counted from 1
	Text string
}

// Candidate is one completion of a word.
type Candidate struct {
	Text        string // the whole word
	Description string // a few words on one line, or ""
}

// renderer is an error that knows how to tell a person more than its one line:
// the place with a caret, and the calls that led there.
type renderer interface {
	error
	Render() string
}
