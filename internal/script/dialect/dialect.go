package dialect

import (
	"fmt"

	"go.starlark.net/syntax"
)

// Options says what is around a script. The zero value is right for a script
// that needs no "import *".
type Options struct {
	// StarNames returns the names that "from module import *" binds. A
	// relative import has its dots before the module's name. If StarNames is
	// nil, "import *" is an error.
	StarNames func(module string) ([]string, error)

	// Known lists the names that are predeclared for the script, apart from
	// Helpers: Starlark's own and the interpreter's. A name in Known that the
	// script does not assign is compiled as a predeclared name; all other
	// names of the module are looked up in @globals when they are used.
	// A shell leaves Known empty, so that a later line can define any name.
	Known []string

	// Warn is called for the first use of each name that neither the script
	// nor Known defines, in the order of the script. It is not called if the
	// script has an error. Nil means no warnings.
	Warn func(*Error)

	// Show has each expression statement of the module pass its value to
	// @show, as a shell wants it.
	Show bool
}

// FileOptions returns the options of Starlark that lowered scripts need.
// Parse puts them into the file.
func FileOptions() *syntax.FileOptions {
	return &syntax.FileOptions{Set: true, While: true, TopLevelControl: true, GlobalReassign: true, Recursion: true}
}

// Parse parses a script and lowers it to Starlark. The positions in the
// result are those of src, so that errors of the resolver and tracebacks show
// the line and column of what the user wrote. An error is an *Error.
func Parse(file, src string, opt Options) (*syntax.File, error) {
	if len(src) > maxSource {
		return nil, &Error{File: file, Line: 1, Col: 1, Msg: fmt.Sprintf("the script has more than %d bytes", maxSource), Hint: "split it into modules"}
	}
	s := newScanner(&file, src)
	if s.all(); s.err != nil {
		return nil, s.err
	}
	module := newScope(moduleScope, nil, "<toplevel>")
	p := &parser{opt: opt, file: &file, src: src, toks: s.toks, scope: module}
	body := p.script()
	if p.err == nil {
		p.err = resolveNonlocals(p.nonlocal)
	}
	if p.err != nil {
		return nil, p.err
	}
	l := &lowerer{opt: opt, module: module, known: set(opt.Known...), seen: map[string]bool{}}
	body = l.block(body, place{scope: module})
	l.warn()
	return &syntax.File{Path: file, Stmts: body, Options: FileOptions()}, nil
}
