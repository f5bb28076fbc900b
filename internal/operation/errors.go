package operation

import (
	"fmt"
	"strings"

	"github.com/clusto/clusto"
)

// Errors are all the operations of a request that failed, in their order. It is of
// the kind of the first.
type Errors struct {
	Of     int // how many operations the request has
	Failed []Failure
}

// Failure is an operation that failed.
type Failure struct {
	Index int    // which one, from 0
	Name  string // of the operation, such as "create"
	Err   error
	// Because, if there, is the operation that failed before and had to come first:
	// this one failed for that alone, as far as one can tell.
	Because clusto.Opt[int]
}

// String returns f as a line.
func (f Failure) String() string { return fmt.Sprintf("operation %d, %s: %s", f.Index, f.Name, f.Err) }

// Error returns a line for each failure; that of a request with one operation
// does not say which it was.
func (e *Errors) Error() string {
	if e.Of == 1 {
		return e.Failed[0].Err.Error()
	}
	lines := make([]string, len(e.Failed))
	for i, f := range e.Failed {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the error of the first failure, which has the kind and the hint.
func (e *Errors) Unwrap() error { return e.Failed[0].Err }

// because returns the error of an operation that failed for the sake of another.
func because(of int, name string) error {
	return clusto.Errorf(clusto.ErrConflict, "it needs %s, and operation %d, which had to see to that, failed", name, of)
}
