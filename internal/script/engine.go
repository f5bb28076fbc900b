package script

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/rackfactory"
)

// Limits when Options leaves them zero.
const (
	DefaultMaxSteps = 50_000_000
	DefaultMaxDepth = 1000
	// DefaultMaxMemory is many times what the largest inventories take.
	DefaultMaxMemory = 2 << 30
)

// Options says what scripts work on and what they may do.
type Options struct {
	// Store and Drivers are required. Drivers that scripts define are
	// registered in Drivers.
	Store   clusto.Store
	Drivers *clusto.Registry
	// LibDir is the library directory; it may be missing. "" means that only
	// what ships inside the program is there.
	LibDir string
	// Network says what scripts may reach; the zero value nothing.
	Network Network
	// Racks has the rack layouts that are tables; nil: there are none.
	Racks rackfactory.Source
	// MaxSteps is how many steps of the interpreter a statement, or a method that
	// Go calls, may take; 0 means DefaultMaxSteps.
	MaxSteps uint64
	// MaxDepth is how deeply calls may nest; 0 means DefaultMaxDepth.
	MaxDepth int
	// MaxMemory is how many bytes the whole program may use while a script runs for
	// longer than a moment: more stops the script. 0 means DefaultMaxMemory.
	MaxMemory uint64
	// Timeout is how long a statement may take; 0 means as long as it likes.
	Timeout time.Duration
	// User becomes the user of the versions that sessions make, unless the
	// script sets SESSION.clusto_user.
	User string
	// FixedUser has scripts refused that: changes are recorded for User, whatever
	// they say. It is for scripts of others than who runs the program.
	FixedUser bool
	// Out takes what scripts print; nil discards it.
	Out io.Writer
	// Log takes what is of interest to the operator of a daemon; nil discards it.
	Log *slog.Logger
	// Warn takes warnings for the user, one or more lines without a newline at
	// the end; nil sends them to Log.
	Warn func(text string)
}

// Engine runs scripts over one store. It is safe for use by many goroutines.
type Engine struct {
	opt      Options
	builtins starlark.StringDict // what every script sees, besides its own names
	known    []string            // their names
	lib      *library

	mu      sync.Mutex // guards what follows
	classes map[*clusto.Driver]*class
	mixins  map[*clusto.Mixin]*class
	sources map[string]string // texts by file, to show the lines of tracebacks
}

// New returns an engine, with the drivers of the library directory loaded. A
// library file that cannot be loaded is reported as a warning and left out.
func New(opt Options) (*Engine, error) {
	if opt.Store == nil || opt.Drivers == nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "script engine: Options needs Store and Drivers")
	}
	if opt.MaxSteps == 0 {
		opt.MaxSteps = DefaultMaxSteps
	}
	if opt.MaxDepth == 0 {
		opt.MaxDepth = DefaultMaxDepth
	}
	if opt.MaxMemory == 0 {
		opt.MaxMemory = DefaultMaxMemory
	}
	if opt.Out == nil {
		opt.Out = io.Discard
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	e := &Engine{
		opt:     opt,
		classes: map[*clusto.Driver]*class{},
		mixins:  map[*clusto.Mixin]*class{},
		sources: map[string]string{},
	}
	e.builtins = predeclared()
	e.known = e.builtins.Keys()
	e.lib = newLibrary(e)
	e.Refresh()
	return e, nil
}

// Drivers returns the registry that the engine registers drivers in.
func (e *Engine) Drivers() *clusto.Registry { return e.opt.Drivers }

// Refresh loads the library files that are new or have changed since they were
// loaded, and those that import them. A file that is broken now keeps its last
// good version and is reported once as a warning. It is cheap when nothing has
// changed, and meant to be called before each entry at a shell and each event
// of a daemon.
func (e *Engine) Refresh() { e.lib.refresh(context.Background()) }

// warn reports something to the user.
func (e *Engine) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if e.opt.Warn != nil {
		e.opt.Warn(text)
		return
	}
	e.opt.Log.Warn("script warning", "err", text)
}

// remember keeps the text of a file for tracebacks.
func (e *Engine) remember(file, src string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sources[file] = src
}

// rememberPart keeps the text of a part of a file, before which empty lines stand for
// the parts that are kept already.
func (e *Engine) rememberPart(file, src string) {
	part := strings.TrimLeft(src, "\n")
	before := len(src) - len(part) // lines
	old := e.source(file)
	end := 0
	for range before {
		i := strings.IndexByte(old[end:], '\n')
		if i < 0 {
			break
		}
		end += i + 1
	}
	kept := old[:end]
	e.remember(file, kept+strings.Repeat("\n", before-strings.Count(kept, "\n"))+part)
}

func (e *Engine) source(file string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.sources[file]
}
