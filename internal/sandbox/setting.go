package sandbox

import (
	"cmp"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/clusto/clusto"
)

// Setting is what a child must know. It is sent to it before anything else.
type Setting struct {
	DSN         string // may hold a password
	Unversioned bool   // the database keeps no history
	LibDir      string
	Racks       Racks

	// User is who the session's changes are recorded for. Subject is what the program
	// knows of the user besides, and makes permissions of in the child. Origin is
	// the address that the user came from.
	User    string
	Subject json.RawMessage
	Origin  string

	Script Script
	Limits Limits
}

// LogValue leaves out the DSN and everything else that is nobody's business.
func (s Setting) LogValue() slog.Value {
	return slog.GroupValue(slog.String("user", s.User), slog.String("origin", s.Origin))
}

// Racks says how rack layouts find addresses.
type Racks struct {
	Domain     string
	DNSTimeout time.Duration
}

// Script has the limits of a single statement. Zero means the default of the
// interpreter.
type Script struct {
	MaxSteps uint64
	MaxDepth int
	Timeout  time.Duration
}

// Limits bound what a child takes from the machine. Zero means the default.
type Limits struct {
	// Memory is how many bytes the process may have: the kernel gives it no more,
	// which it does not survive. A script is stopped before that, unless it needs
	// much at once: see ScriptMemory.
	Memory uint64
	// CPU is how much time of processors the process may take in its life.
	CPU time.Duration
	// Entry is how long a script or entry may run.
	Entry time.Duration
	// Idle is how long the process waits for the next request.
	Idle time.Duration
	// Life is how long the process may exist.
	Life time.Duration
	// Grace is how long the process may take to start, and to do as it was told,
	// before it is killed.
	Grace time.Duration
	// Output is how many bytes an entry may print. The rest is left out.
	Output int64
}

// DefaultLimits are the limits where others are not given.
func DefaultLimits() Limits {
	return Limits{
		Memory: 1 << 30,
		CPU:    10 * time.Minute,
		Entry:  5 * time.Minute,
		Idle:   30 * time.Minute,
		Life:   12 * time.Hour,
		Grace:  10 * time.Second,
		Output: 16 << 20,
	}
}

// ownMemory is what a process needs besides scripts: it has 140 MiB before one runs,
// most of it set aside by the Go runtime (measured with a SQLite database open), and
// takes more in pieces of 64 MiB. minMemory leaves room for small scripts.
const (
	ownMemory = 256 << 20
	minMemory = 384 << 20
)

// ScriptMemory returns how many bytes are for scripts. The rest of what there is besides
// ownMemory is for garbage that is not yet collected, and for the database.
func (l Limits) ScriptMemory() uint64 { return (l.Memory - ownMemory) / 3 * 2 }

// orDefault returns l with the defaults in place of what is zero, or ErrInvalid.
func (l Limits) orDefault() (Limits, error) {
	d := DefaultLimits()
	l = Limits{
		Memory: cmp.Or(l.Memory, d.Memory),
		CPU:    cmp.Or(l.CPU, d.CPU),
		Entry:  cmp.Or(l.Entry, d.Entry),
		Idle:   cmp.Or(l.Idle, d.Idle),
		Life:   cmp.Or(l.Life, d.Life),
		Grace:  cmp.Or(l.Grace, d.Grace),
		Output: cmp.Or(l.Output, d.Output),
	}
	switch {
	case l.Memory < minMemory:
		return l, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%d MiB of memory are too few for a process that runs scripts", l.Memory>>20),
			"give it %d MiB or more", minMemory>>20)
	case min(l.CPU, l.Entry, l.Idle, l.Life, l.Grace) < 0 || l.Output < 0:
		return l, clusto.Errorf(clusto.ErrInvalid, "limits of scripts cannot be negative: %+v", l)
	case l.CPU < time.Second:
		return l, clusto.Errorf(clusto.ErrInvalid, "%s of processor time is too little: the kernel counts whole seconds", l.CPU)
	}
	return l, nil
}
