package sandbox

import (
	"context"
	"encoding/json"
	"io"

	"github.com/clusto/clusto"
)

// Interpreter is what runs scripts in a child. It is called from one goroutine.
// Errors may have a method Render() string for what a person should see of them.
type Interpreter interface {
	// Run runs a script, and stops soon after ctx is cancelled.
	Run(ctx context.Context, src Source) (Result, error)
	// Eval runs what a user entered at a prompt and shows the values, likewise.
	Eval(ctx context.Context, text string) (Result, error)
	// Incomplete reports whether another line is needed before text can run.
	Incomplete(text string) bool
	// Complete returns what may stand in place of the word that ends at byte pos of
	// text.
	Complete(text string, pos int) Completion
	// Help returns what is known about an expression.
	Help(expr string) (string, error)
	// Close ends the session. It returns what was given up by that.
	Close() error
}

// Streams take what an interpreter has to say.
type Streams struct {
	Out     io.Writer // what scripts print
	Notices io.Writer // what is to be said about them, such as warnings
}

// Source is a script.
type Source struct {
	Name string `json:"name"` // for messages
	Line int    `json:"line"` // of its file that Text begins on, counted from 1; 0 is 1
	Text string `json:"text"`
	// Atomic makes it one transaction.
	Atomic bool `json:"atomic,omitempty"`
	// Dry makes it one transaction that is undone at the end.
	Dry bool `json:"dry,omitempty"`
}

// Result is what a script or an entry came to.
type Result struct {
	// Versions are those that it made, in their order.
	Versions []clusto.Version `json:"versions,omitempty"`
	// InTransaction says that a transaction waits for its commit.
	InTransaction bool `json:"in_transaction,omitempty"`
	// Diff is what a dry run would have changed, and DiffText the same for people.
	Diff     json.RawMessage `json:"diff,omitempty"`
	DiffText string          `json:"diff_text,omitempty"`
	// Cut says that it printed more than the limit, so that the rest is missing.
	Cut bool `json:"cut,omitempty"`
}

// Completion is what may stand in place of the bytes of a text from From to the
// cursor.
type Completion struct {
	From       int         `json:"from"`
	Candidates []Candidate `json:"candidates"`
}

// Candidate is one completion of a word.
type Candidate struct {
	Text        string `json:"text"`
	Description string `json:"description,omitempty"`
}

// Event is something that a script has to say while it runs.
type Event struct {
	Notice bool // it is said about the script; else the script printed it
	Text   string
}
