package rackfactory

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/clusto/clusto"
)

// shipped are the layouts that come with the program.
//
//go:embed layouts/*.yaml
var shipped embed.FS

// Options are what the factories of layouts go by besides the layout.
type Options struct {
	// Library is the directory of the user's layouts, files NAME.yaml. They come
	// on top of the shipped ones: one of the same name replaces it. What changes
	// there counts from the next factory on. Nil, or missing: there are none.
	Library fs.FS
	// Domain is the DNS domain under which the fixed devices of racks have their
	// addresses (classic: digg.internal). Without one the DNS is not asked.
	Domain string
	// Resolver answers for the DNS; *net.Resolver is one. Nil: it is not asked.
	Resolver Resolver
	// Log takes what happens. Nil discards it.
	Log *slog.Logger
}

// Resolver finds the addresses of a host.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Layouts is the Source of the layouts in files, shipped ones and the user's.
// It is safe for use by many goroutines.
type Layouts struct {
	opts    Options
	shipped map[string]*Layout

	mu      sync.Mutex // guards library
	library map[string]entry
}

// entry is a file of the library, by the name of its layout.
type entry struct {
	state  fileState
	layout *Layout // as last read without error, or nil
	err    error   // of the file as it is now
}

// fileState tells one content of a file from another.
type fileState struct {
	changed time.Time
	bytes   int64
}

// New returns the layouts that ship with the program and those of the library.
// It returns the errors of all files of the library that are no layouts.
func New(opts Options) (*Layouts, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	l := &Layouts{opts: opts, shipped: map[string]*Layout{}}
	files, err := fs.Glob(shipped, "layouts/*"+extension)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		layout, err := readLayout(shipped, file)
		if err != nil {
			return nil, err
		}
		l.shipped[layout.Name] = layout
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.refresh(); err != nil {
		return nil, err
	}
	var broken []error
	for _, name := range slices.Sorted(maps.Keys(l.library)) {
		broken = append(broken, l.library[name].err)
	}
	return l, errors.Join(broken...)
}

// extension is how the names of layouts' files end.
const extension = ".yaml"

func readLayout(fsys fs.FS, file string) (*Layout, error) {
	text, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, err
	}
	return ParseLayout(file, text)
}

// Layout returns the layout called name, the user's before the shipped one, or
// an UnknownLayoutError. A file that was changed into something that cannot be
// read leaves its layout as it was, and the log says so; one that never could
// is an error.
func (l *Layouts) Layout(name string) (*Layout, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.refresh(); err != nil {
		return nil, err
	}
	if e, ok := l.library[name]; ok {
		if e.layout != nil {
			return e.layout, nil
		}
		return nil, e.err
	}
	if layout, ok := l.shipped[name]; ok {
		return layout, nil
	}
	return nil, &UnknownLayoutError{name}
}

// Names implements Source.
func (l *Layouts) Names() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	names := slices.AppendSeq(slices.Collect(maps.Keys(l.shipped)), maps.Keys(l.library))
	slices.Sort(names)
	return slices.Compact(names)
}

// Factory implements Source. It returns ErrInvalid or ErrNotFound if the
// layout does not fit the drivers that rack's inventory knows.
func (l *Layouts) Factory(_ context.Context, rack *clusto.Object, layout string) (Factory, error) {
	table, err := l.Layout(layout)
	if err != nil {
		return nil, err
	}
	if err := table.fits(rack.Inventory().Drivers()); err != nil {
		return nil, err
	}
	return &layoutFactory{layout: table, rack: rack, opts: l.opts}, nil
}

// refresh reads the files of the library that are new or have changed. The
// caller holds l.mu.
func (l *Layouts) refresh() error {
	library := map[string]entry{}
	if l.opts.Library == nil {
		return nil
	}
	files, err := fs.ReadDir(l.opts.Library, ".")
	if errors.Is(err, fs.ErrNotExist) {
		files, err = nil, nil
	}
	if err != nil {
		return fmt.Errorf("read the directory of rack layouts: %w", err)
	}
	for _, file := range files {
		name, ok := strings.CutSuffix(file.Name(), extension)
		if !ok || file.IsDir() {
			continue
		}
		info, err := file.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed meanwhile
		}
		if err != nil {
			return fmt.Errorf("rack layout %s: %w", name, err)
		}
		old, known := l.library[name]
		state := fileState{info.ModTime(), info.Size()}
		if !known || old.state != state {
			old = l.read(file.Name(), name, state, old)
		}
		library[name] = old
	}
	l.library = library
	return nil
}

// read returns the entry of a file that is new or has changed.
func (l *Layouts) read(file, name string, state fileState, old entry) entry {
	layout, err := readLayout(l.opts.Library, file)
	switch {
	case err == nil:
		if l.shipped[name] != nil && old.layout == nil {
			l.opts.Log.Info("a rack layout of the library replaces the shipped one", "layout", name)
		}
		return entry{state: state, layout: layout}
	case old.layout != nil:
		l.opts.Log.Warn("a rack layout was changed and cannot be read; what it was before stays in force", "layout", name, "err", err)
	}
	return entry{state: state, layout: old.layout, err: err}
}
