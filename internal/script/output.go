package script

import (
	"bytes"
	"io"
)

// maxReplay is how much of a statement's output is kept to be compared when the
// statement is run again.
const maxReplay = 1 << 20

// replay writes the output of a statement. When the statement is run again, what
// was shown already is not shown twice.
type replay struct {
	to    io.Writer
	shown []byte // by the runs so far
	at    int    // how much of shown this run has printed too
}

// again begins another run.
func (r *replay) again() { r.at = 0 }

// Write prints what was not printed by an earlier run.
func (r *replay) Write(p []byte) (int, error) {
	n := len(p)
	if left := r.shown[r.at:]; len(left) > 0 {
		same := min(len(left), len(p))
		if bytes.Equal(left[:same], p[:same]) {
			r.at += same
			p = p[same:]
		} else if err := r.diverge(); err != nil {
			return 0, err
		}
	}
	if len(p) == 0 {
		return n, nil
	}
	if len(r.shown)+len(p) <= maxReplay {
		r.shown = append(r.shown, p...)
		r.at = len(r.shown)
	}
	if _, err := r.to.Write(p); err != nil {
		return 0, err
	}
	return n, nil
}

// diverge says that the output is no longer that of the earlier run, and prints
// this run's from its beginning.
func (r *replay) diverge() error {
	const note = "(the inventory was changed by somebody else meanwhile; once more from the start)\n"
	same := bytes.Clone(r.shown[:r.at])
	if n := len(r.shown); r.shown[n-1] != '\n' {
		if _, err := io.WriteString(r.to, "\n"); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(r.to, note); err != nil {
		return err
	}
	r.shown = same
	_, err := r.to.Write(same)
	return err
}
