package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/term"

	"github.com/clusto/clusto"
)

// Options says how a shell behaves. The zero value is a shell on standard
// input and output that keeps no history file.
type Options struct {
	In  io.Reader // where entries come from; nil means standard input
	Out io.Writer // where the prompt is shown; nil means standard output
	Err io.Writer // where errors and notices go; nil means standard error

	Name     string // of In in error messages if it is not a terminal; "" means "<stdin>"
	Version  string // of clusto, for the banner
	Database string // what the banner says the shell works on

	History      string // path of the history file; "" means none
	HistoryLimit int    // bytes that the history file may have; 0 means a mebibyte

	Plain   bool // edit with the simplest means: for terminals that understand little
	Dumb    bool // the terminal understands no escape sequences; implies Plain
	NoColor bool // show no colours, but for the count of a menu's hidden rows
}

// Shell reads entries and has them run.
type Shell struct {
	interp Interpreter
	opt    Options
}

// New returns a shell that has its entries run by interp.
func New(interp Interpreter, opt Options) (*Shell, error) {
	if interp == nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "shell: no interpreter")
	}
	if opt.In == nil {
		opt.In = os.Stdin
	}
	if opt.Out == nil {
		opt.Out = os.Stdout
	}
	if opt.Err == nil {
		opt.Err = os.Stderr
	}
	if opt.Name == "" {
		opt.Name = "<stdin>"
	}
	return &Shell{interp: interp, opt: opt}, nil
}

// Run reads and runs entries until the input ends, the person leaves or ctx is
// cancelled. If the input is not a terminal, the first error of an entry ends
// it too, and is returned without having been shown.
//
// Run catches the interrupt signal (Ctrl-C) while an entry runs: ctx should not
// end by it.
func (s *Shell) Run(ctx context.Context) error {
	in, out := terminal(s.opt.In), terminal(s.opt.Out)
	if in == nil || out == nil {
		return s.batch(ctx)
	}
	h, err := openHistory(s.opt.History, s.opt.HistoryLimit)
	if err != nil {
		fmt.Fprintf(s.opt.Err, "%v; entries of this shell are not kept\n", err)
	}
	if s.opt.Plain || s.opt.Dumb || in != os.Stdin || out != os.Stdout || terminal(os.Stderr) == nil {
		return s.interactive(ctx, newPlainEditor(s.interp, h, in, out, s.opt.Dumb), h)
	}
	return s.interactive(ctx, newMenuEditor(s.interp, h, s.opt.NoColor), h)
}

// terminal returns the file behind f if that is a terminal, else nil.
func terminal(f any) *os.File {
	if file, ok := f.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return file
	}
	return nil
}

// editor reads one entry from a person. It returns errCleared if the person
// wants to begin anew (Ctrl-C), io.EOF if they want to leave (Ctrl-D).
type editor interface {
	readEntry(ctx context.Context, prompt string) (string, error)
}

var errCleared = errors.New("entry cleared")

// interactive is the loop for a person at a terminal.
func (s *Shell) interactive(ctx context.Context, ed editor, h *history) error {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	s.banner()
	for n := 1; ctx.Err() == nil; {
		text, err := ed.readEntry(ctx, fmt.Sprintf("clusto [%d]> ", n))
		switch {
		case errors.Is(err, errCleared):
			continue
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read from the terminal: %w", err)
		case strings.TrimSpace(text) == "":
			continue
		}
		if err := h.add(text); err != nil {
			fmt.Fprintln(s.opt.Err, err)
		}
		if leaves(text) {
			return nil
		}
		drain(interrupts)
		if err := s.execute(ctx, interrupts, Entry{Name: fmt.Sprintf("<shell %d>", n), Line: 1, Text: text}); err != nil {
			s.report(err)
		}
		n++
	}
	return ctx.Err()
}

// execute runs an entry; a signal from interrupts cancels its context.
func (s *Shell) execute(ctx context.Context, interrupts <-chan os.Signal, e Entry) error {
	ctx, cancel := context.WithCancel(ctx)
	watcher := make(chan struct{})
	go func() {
		defer close(watcher)
		select {
		case <-interrupts:
			fmt.Fprintln(s.opt.Err) // the terminal has shown ^C
			cancel()
		case <-ctx.Done():
		}
	}()
	defer func() {
		cancel()
		<-watcher
	}()
	return s.interp.Run(ctx, e)
}

// drain forgets a signal that came while nothing ran.
func drain(interrupts <-chan os.Signal) {
	select {
	case <-interrupts:
	default:
	}
}

// leaves reports whether an entry is one of the words for leaving the shell.
func leaves(text string) bool {
	switch strings.Join(strings.Fields(text), "") {
	case "exit", "exit()", "quit", "quit()":
		return true
	}
	return false
}
