package shell

import (
	"context"
	"fmt"
	"os"
	"os/signal"
)

// batch runs the statements of a pipe or a file as they come, until one fails.
func (s *Shell) batch(ctx context.Context) error {
	statements := newSplitter(s.opt.In, s.interp.Incomplete)
	for ctx.Err() == nil {
		text, line, err := statements.next()
		if err != nil {
			return fmt.Errorf("read %s: %w", s.opt.Name, err)
		}
		if text == "" || leaves(text) {
			return nil
		}
		if err := s.statement(ctx, Entry{Name: s.opt.Name, Line: line, Text: text}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// statement runs one statement. Ctrl-C interrupts it; between statements, while
// the input may take its time, Ctrl-C ends the program.
func (s *Shell) statement(ctx context.Context, e Entry) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	return s.interp.Run(ctx, e)
}
