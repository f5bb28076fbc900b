package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// Exit statuses of the program. They are part of its interface: scripts test them.
const (
	statusOK          = 0
	statusOther       = 1 // an error of no kind that a caller could act on
	statusUsage       = 2 // the command line is wrong
	statusNotFound    = 3
	statusExists      = 4
	statusInvalid     = 5
	statusInUse       = 6
	statusExhausted   = 7
	statusConflict    = 8
	statusUnsupported = 9
	statusReadOnly    = 10
	statusUnavailable = 11
	statusFindings    = 12 // it was looked for what is wrong, and something is
	statusDenied      = 13
	statusInterrupted = 130 // as shells say it for SIGINT
)

// usageError is a mistake on the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usagef returns a usageError.
func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// findingsError says that a command which looks for what is wrong has found
// something. It is not an error of the command.
type findingsError struct{ error }

func (e findingsError) Unwrap() error { return e.error }

// saidError is an error that was printed already, as the answer to what was asked.
type saidError struct{ error }

func (e saidError) Unwrap() error { return e.error }

// exitStatus returns the status of a process whose command returned err.
func exitStatus(err error) int {
	if err == nil {
		return statusOK
	}
	if _, ok := errors.AsType[usageError](err); ok {
		return statusUsage
	}
	if _, ok := errors.AsType[findingsError](err); ok {
		return statusFindings
	}
	if errors.Is(err, context.Canceled) {
		return statusInterrupted
	}
	switch clusto.KindOf(err) {
	case clusto.ErrNotFound:
		return statusNotFound
	case clusto.ErrExists:
		return statusExists
	case clusto.ErrInvalid:
		return statusInvalid
	case clusto.ErrInUse:
		return statusInUse
	case clusto.ErrExhausted:
		return statusExhausted
	case clusto.ErrConflict:
		return statusConflict
	case clusto.ErrUnsupported:
		return statusUnsupported
	case clusto.ErrReadOnly:
		return statusReadOnly
	case clusto.ErrUnavailable:
		return statusUnavailable
	case clusto.ErrDenied:
		return statusDenied
	}
	return statusOther
}

// exit is a line of the section EXIT STATUS of a command's help.
type exit struct {
	status int
	when   string
}

// commonExits are the statuses that any command may return.
var commonExits = []exit{
	{statusOK, "all went well"},
	{statusOther, "an error that none of the others describes"},
	{statusUsage, "the command line is wrong"},
}

// databaseExits are the statuses of every command that opens a database,
// besides the common ones.
var databaseExits = []exit{
	{statusNotFound, "there is no such database, or no such configuration file"},
	{statusInvalid, "the DSN, the configuration or the database is not valid"},
	{statusUnsupported, "the DSN is for a database that this program does not know"},
	{statusReadOnly, "the database cannot be written, nor read without that"},
	{statusUnavailable, "the database cannot be used now: locked, full, unreadable or gone"},
	{statusInterrupted, "interrupted"},
}

// writingExits are the statuses of commands that change the inventory,
// besides those above.
var writingExits = []exit{
	{statusNotFound, "something named does not exist"},
	{statusExists, "something to be made exists already"},
	{statusInvalid, "the input breaks a rule"},
	{statusInUse, "a port, rack unit or address is taken"},
	{statusExhausted, "a resource manager has nothing left, or a script reached a limit"},
	{statusConflict, "somebody else changed the inventory meanwhile; try again"},
	{statusUnsupported, "a driver cannot do what was asked"},
}

// exitAnnotation is where a command keeps its section EXIT STATUS.
const exitAnnotation = "exit status"

// exits returns the annotation of a command with the section EXIT STATUS: the
// common statuses and those given, by number. A status that is given more than
// once has several meanings.
func exits(groups ...[]exit) map[string]string {
	all := slices.Concat(append([][]exit{commonExits}, groups...)...)
	slices.SortStableFunc(all, func(a, b exit) int { return a.status - b.status })
	var b strings.Builder
	last := -1
	for _, e := range all {
		if e.status == last {
			fmt.Fprintf(&b, "       %s\n", e.when)
		} else {
			fmt.Fprintf(&b, "  %3d  %s\n", e.status, e.when)
		}
		last = e.status
	}
	return map[string]string{exitAnnotation: b.String()}
}
