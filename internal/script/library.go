package script

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/script/dialect"
)

// shipped are the library files that come with the program.
//
//go:embed library
var shipped embed.FS

// library is the files of the library directory and those shipped, as loaded. A
// file of the directory hides the shipped one of the same name.
type library struct {
	engine *Engine

	mu      sync.Mutex             // held while files are loaded; guards what follows
	current map[string]*slot       // by origin
	failed  map[string]fileState   // what was tried in vain and reported
	broken  map[string]error       // why, of these
	told    map[string]fileState   // what was warned of
	layouts map[string]layoutClass // rack factories by layout
}

// slot holds the version of a file that is in force.
type slot = atomic.Pointer[loaded]

// loaded is one version of a file. It does not change.
type loaded struct {
	origin string
	state  fileState
	names  *scope
	uses   []*loaded // what it imported
}

// fileState tells one content of a file from another.
type fileState struct {
	changed time.Time
	bytes   int64
}

// libFile is a file that may be loaded.
type libFile struct {
	origin string // what messages call it, and the origin of its drivers
	dir    fs.FS
	path   string // in dir
	own    bool   // the user's, not shipped
}

// loading is one load of a file and what that imports.
type loading struct {
	above *loading
	file  libFile
	uses  []*loaded

	defined []definition // drivers, to be taken back if the file fails
}

func newLibrary(e *Engine) *library {
	return &library{
		engine:  e,
		current: map[string]*slot{},
		failed:  map[string]fileState{},
		broken:  map[string]error{},
		told:    map[string]fileState{},
		layouts: map[string]layoutClass{},
	}
}

// extensions are how names of scripts end.
var extensions = []string{".star", ".py"}

// sources returns where files are looked for, the user's first.
func (l *library) sources() []libFile {
	embedded, err := fs.Sub(shipped, "library")
	if err != nil {
		panic(err) // the directory is part of the program
	}
	from := []libFile{{origin: clusto.OriginEmbedded, dir: embedded}}
	if dir := l.engine.opt.LibDir; dir != "" {
		from = append([]libFile{{origin: filepath.Clean(dir), dir: os.DirFS(dir), own: true}}, from...)
	}
	return from
}

func (f libFile) at(name string) libFile {
	f.path = name
	f.origin += "/" + name
	return f
}

// find returns the file of a module: NAME.star or NAME.py in the library or its
// drivers directory.
func (l *library) find(module string) (libFile, bool) {
	rel := strings.ReplaceAll(module, ".", "/")
	if ext := path.Ext(module); slices.Contains(extensions, ext) { // load("x.star")
		rel = strings.TrimSuffix(module, ext)
	}
	if !fs.ValidPath(rel) {
		return libFile{}, false
	}
	for _, source := range l.sources() {
		for _, name := range []string{rel, "drivers/" + rel} {
			for _, ext := range extensions {
				if info, err := fs.Stat(source.dir, name+ext); err == nil && info.Mode().IsRegular() {
					return source.at(name + ext), true
				}
			}
		}
	}
	return libFile{}, false
}

// looked says where modules are looked for, for messages.
func (l *library) looked() string {
	if l.engine.opt.LibDir == "" {
		return ""
	}
	return " (looked in " + l.engine.opt.LibDir + ")"
}

// module returns a module of the library, or nil if there is no such file.
func (l *library) module(x *env, name string) (starlark.Value, error) {
	file, ok := l.find(name)
	if !ok {
		return nil, nil
	}
	if x.loading == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	v, err := l.load(x.ctx, file, x.loading)
	if err != nil {
		return nil, err
	}
	if x.loading != nil {
		x.loading.uses = append(x.loading.uses, v)
	}
	at := l.slot(file.origin)
	return &module{
		name: name,
		get:  func(name string) (starlark.Value, error) { return at.Load().names.names[name], nil },
		list: func() []string { return at.Load().names.AttrNames() },
	}, nil
}

// slot returns the place of a file. l.mu is held.
func (l *library) slot(origin string) *slot {
	if l.current[origin] == nil {
		l.current[origin] = &slot{}
	}
	return l.current[origin]
}

// load returns the file as it is now, or its last good version with no error if that
// it is now was reported as broken before. l.mu is held.
func (l *library) load(ctx context.Context, file libFile, above *loading) (*loaded, error) {
	for at := above; at != nil; at = at.above {
		if at.file.origin == file.origin {
			return nil, raise(classImportError, file.origin+" imports itself")
		}
	}
	state, err := stat(file)
	if err != nil {
		return nil, err
	}
	old := l.slot(file.origin).Load()
	if old != nil && (old.state == state && !l.outdated(old) || l.failed[file.origin] == state) {
		return old, nil
	}
	fresh, err := l.execute(ctx, file, state, above)
	if err != nil {
		if old != nil && above == nil {
			return old, err
		}
		return nil, err
	}
	delete(l.failed, file.origin)
	delete(l.broken, file.origin)
	l.slot(file.origin).Store(fresh)
	l.collectLayouts(fresh)
	return fresh, nil
}

// outdated reports whether v was built on a version of another file that is no
// longer current.
func (l *library) outdated(v *loaded) bool {
	return slices.ContainsFunc(v.uses, func(u *loaded) bool {
		return l.slot(u.origin).Load() != u || l.changed(u) || l.outdated(u)
	})
}

// changed reports whether the file of v has another content now, which was not
// tried in vain.
func (l *library) changed(v *loaded) bool {
	for _, source := range l.sources() {
		rel, ok := strings.CutPrefix(v.origin, source.origin+"/")
		if !ok {
			continue
		}
		state, err := stat(source.at(rel))
		return err == nil && state != v.state && l.failed[v.origin] != state
	}
	return false
}

func stat(file libFile) (fileState, error) {
	info, err := fs.Stat(file.dir, file.path)
	if err != nil {
		return fileState{}, fmt.Errorf("%s: %w", file.origin, err)
	}
	return fileState{info.ModTime(), info.Size()}, nil
}

// execute reads and runs a file.
func (l *library) execute(ctx context.Context, file libFile, state fileState, above *loading) (*loaded, error) {
	src, err := l.read(file)
	if err != nil {
		return nil, err
	}
	e := l.engine
	x := e.newEnv(file.origin, e.opt.Out)
	x.ctx = ctx
	x.module = file.origin
	x.loading = &loading{above: above, file: file}
	names := newScope(nil)
	names.last = e.builtins
	names.names["__name__"] = starlark.String(strings.TrimSuffix(path.Base(file.path), path.Ext(file.path)))
	parsed, err := dialect.Parse(file.origin, src, dialect.Options{
		StarNames: x.starNames,
		Known:     e.known,
		Warn: func(w *dialect.Error) {
			if l.told[file.origin] != state {
				e.warn("%s", w.Render(src))
			}
		},
	})
	if err != nil {
		return nil, err
	}
	l.told[file.origin] = state
	predeclared := e.helpers(names)
	program, err := starlark.FileProgram(parsed, predeclared.Has)
	if err != nil {
		return nil, err
	}
	_, err = x.bounded(ctx, func() (starlark.Value, error) {
		_, err := program.Init(x.thread, predeclared)
		return nil, err
	})
	if err != nil {
		e.takeBack(x.loading.defined)
		return nil, err
	}
	names.Freeze()
	return &loaded{origin: file.origin, state: state, names: names, uses: x.loading.uses}, nil
}

// read returns the text of a file that may be trusted.
func (l *library) read(file libFile) (string, error) {
	if file.own {
		if err := trusted(l.engine.opt.LibDir, file.path); err != nil {
			return "", err
		}
		if _, err := fs.Stat(shipped, "library/"+file.path); err == nil {
			l.engine.opt.Log.Info("a file of the library replaces the one that ships with the program", "file", file.origin)
		}
	}
	src, err := fs.ReadFile(file.dir, file.path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", file.origin, err)
	}
	l.engine.remember(file.origin, string(src))
	return string(src), nil
}

// refresh loads what is new or has changed and must be there without being imported:
// drivers and rack factories.
func (l *library) refresh(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, file := range l.startFiles() {
		_, err := l.load(ctx, file, nil)
		if err == nil {
			continue
		}
		state, statErr := stat(file)
		if statErr == nil && l.failed[file.origin] == state {
			continue // reported before
		}
		l.failed[file.origin] = state
		l.broken[file.origin] = l.engine.explain(err)
		l.report(file, err)
	}
}

// report tells the user that a file cannot be loaded.
func (l *library) report(file libFile, err error) {
	text := render(l.engine.explain(err))
	if l.slot(file.origin).Load() != nil {
		l.engine.warn("%s was changed and cannot be loaded; what it was before stays in force:\n%s", file.origin, text)
		return
	}
	l.engine.warn("%s cannot be loaded and is left out:\n%s", file.origin, text)
}

// startFiles returns the files that are loaded at start, the shipped ones first, so
// that those of the user come on top.
func (l *library) startFiles() []libFile {
	files := map[string]libFile{}
	for _, source := range l.sources() {
		for _, name := range scripts(source.dir) {
			if _, hidden := files[name]; !hidden {
				files[name] = source.at(name)
			}
		}
	}
	return slices.SortedFunc(maps.Values(files), func(a, b libFile) int {
		if a.own != b.own {
			if b.own {
				return -1
			}
			return 1
		}
		return strings.Compare(a.origin, b.origin)
	})
}

// scripts returns the files of a source that are loaded at start.
func scripts(dir fs.FS) []string {
	var names []string
	for _, pattern := range []string{"rackfactory.*", "drivers/*.*", "racklayouts/*.*"} {
		found, err := fs.Glob(dir, pattern)
		if err != nil {
			continue // only a bad pattern is an error, and these are not
		}
		for _, name := range found {
			if slices.Contains(extensions, path.Ext(name)) {
				names = append(names, name)
			}
		}
	}
	return names
}

// trusted returns an error if others than root and the user who runs the program may
// change a file of the library: it is code.
func trusted(dir, name string) error {
	for _, file := range []string{filepath.Join(dir, filepath.FromSlash(name)), dir} {
		info, err := os.Stat(file)
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o002 != 0 {
			return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%s can be changed by everyone, so it is not loaded", file), "chmod o-w %s", file)
		}
		if err := checkOwner(file, info); err != nil {
			return err
		}
	}
	return nil
}
