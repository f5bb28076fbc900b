package cli

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// progress says on standard error how far long work is: on a terminal on one
// line that changes, elsewhere, if asked for, on lines of its own.
type progress struct {
	w        io.Writer // nil: say nothing
	terminal bool
	shown    bool // a line on the terminal waits to be replaced
	last     time.Time
}

// How often progress is told. What is complete is always told, elsewhere than
// on a terminal.
const (
	betweenRedraws = 100 * time.Millisecond
	betweenLines   = 5 * time.Second
)

// progressFlag gives cmd the flag --progress.
func progressFlag(cmd *cobra.Command, wanted *bool) {
	cmd.Flags().BoolVar(wanted, "progress", false, "say how far it is also where standard error is not a terminal")
}

// newProgress returns what tells how far r is.
func (r *run) newProgress(wanted bool) *progress {
	p := &progress{}
	if f, ok := r.Stderr.(*os.File); ok {
		p.terminal = term.IsTerminal(int(f.Fd()))
	}
	if p.terminal || wanted {
		p.w, p.last = r.Stderr, time.Now()
	}
	return p
}

// tell says that done of so many parts of what is being done are done; of is 0
// if nobody knows how many there are.
func (p *progress) tell(what string, done, of int64) {
	now := time.Now()
	switch since := now.Sub(p.last); {
	case p.w == nil, p.terminal && since < betweenRedraws, !p.terminal && done != of && since < betweenLines:
		return
	}
	p.last = now
	text := fmt.Sprintf("%s: %s", what, grouped(done))
	if of > 0 {
		text += fmt.Sprintf(" of %s (%d%%)", grouped(of), 100*done/of)
	}
	if p.terminal {
		p.shown = true
		fmt.Fprint(p.w, "\r"+text+"\x1b[K")
		return
	}
	fmt.Fprintln(p.w, text)
}

// end takes away what is left on the terminal.
func (p *progress) end() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}

// grouped returns n with its digits in groups of three.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
