package sandbox

import (
	"context"
	"errors"
	"time"

	"github.com/clusto/clusto"
)

// Run runs a script. What it has to say goes to emit, which may be nil, as it comes and
// before Run returns; meanwhile the script waits. An error of the script is a
// [*ScriptError].
//
// The end of ctx interrupts the script, and Run returns when it has stopped. A script
// that does not stop in time is killed, and the session is over: see [Session.Err].
func (s *Session) Run(ctx context.Context, src Source, emit func(Event)) (Result, error) {
	if src.Line < 0 || src.Line > maxLine {
		return Result{}, clusto.Errorf(clusto.ErrInvalid, "line %d of %s: a script has lines from 1 to %d", src.Line, src.Name, maxLine)
	}
	return s.entry(ctx, request{Op: opRun, Source: &src}, emit)
}

// maxLine is how many lines a script may have.
const maxLine = 1 << 20

// Eval runs what was entered at a prompt, as Run does, and shows the values of
// expressions.
func (s *Session) Eval(ctx context.Context, text string, emit func(Event)) (Result, error) {
	return s.entry(ctx, request{Op: opEval, Text: text}, emit)
}

// Incomplete reports whether another line is needed before text can run.
func (s *Session) Incomplete(ctx context.Context, text string) (bool, error) {
	a, err := s.look(ctx, request{Op: opIncomplete, Text: text})
	return a.Incomplete, err
}

// Complete returns what may stand in place of the word that ends at byte pos of text.
func (s *Session) Complete(ctx context.Context, text string, pos int) (Completion, error) {
	a, err := s.look(ctx, request{Op: opComplete, Text: text, Pos: pos})
	if a.Completion == nil {
		return Completion{}, err
	}
	return *a.Completion, err
}

// Help returns what is known about an expression, such as rack.insert.
func (s *Session) Help(ctx context.Context, expr string) (string, error) {
	a, err := s.look(ctx, request{Op: opHelp, Text: expr})
	return a.Text, err
}

// entry runs a script or an entry.
func (s *Session) entry(ctx context.Context, r request, emit func(Event)) (Result, error) {
	a, err := s.inTurn(ctx, func() (answer, error) { return s.ask(ctx, r, emit) })
	if a.Result == nil {
		return Result{}, err
	}
	return *a.Result, err
}

// look asks for what is found out in a moment. It is not interrupted: to wait for it
// costs less than a session.
func (s *Session) look(ctx context.Context, r request) (answer, error) {
	return s.inTurn(ctx, func() (answer, error) { return s.ask(ctx, r, nil) })
}

// inTurn calls fn when no other request is under way. The child ends an entry when its
// time is over, so that the user is told where it was; if it does not, it is killed.
func (s *Session) inTurn(ctx context.Context, fn func() (answer, error)) (answer, error) {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return answer{}, context.Cause(ctx)
	}
	defer func() { <-s.turn }()
	if ctx.Err() != nil { // too, which is as good a reason for select
		return answer{}, context.Cause(ctx)
	}
	if s.isOver() {
		return answer{}, s.over()
	}
	s.idle.Stop()
	defer func() {
		if !s.isOver() {
			s.idle.Reset(s.limits.Idle)
		}
	}()
	overdue := time.AfterFunc(s.limits.Entry+s.limits.Grace, s.killStuck)
	defer overdue.Stop()
	return fn()
}

// isOver reports whether the child is gone, or shall go.
func (s *Session) isOver() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing || s.why != nil
}

// killStuck ends a child that does not stop what it does.
func (s *Session) killStuck() {
	s.kill(clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "the script did not stop when it should have, and was killed after %s", s.limits.Grace), "%s", afterwards))
}

// ask sends a request and reads the answers up to the last, which it returns with the
// error in it. What a script has to say goes to emit. The end of ctx interrupts entries.
// The caller has the turn.
func (s *Session) ask(ctx context.Context, r request, emit func(Event)) (answer, error) {
	s.lastID++
	r.ID = s.lastID
	if err := s.send(r); errors.Is(err, clusto.ErrInvalid) {
		return answer{}, err // too long, and not sent
	} else if err != nil {
		return answer{}, s.lost(err)
	}
	if r.Op == opRun || r.Op == opEval {
		done := s.interruptible(ctx, r.ID)
		defer done()
	}
	for {
		var a answer
		if err := readFrame(s.out, &a); err != nil {
			return answer{}, s.lost(err)
		}
		switch {
		case a.ID != r.ID: // it was said too late
		case a.Op == opDone:
			return a, a.Fault.err()
		case emit != nil:
			emit(Event{Notice: a.Op == opNotice, Text: a.Text})
		}
	}
}

// interruptible has the end of ctx, and Interrupt, stop an entry that was sent, until
// done is called. A child that does not obey is killed.
func (s *Session) interruptible(ctx context.Context, id uint64) (done func()) {
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	if s.stop = cancel; s.closing {
		cancel()
	}
	s.mu.Unlock()
	over, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-over:
			return
		case <-ctx.Done():
		}
		// An error here is found when the answer is read.
		_ = s.send(request{ID: id, Op: opInterrupt})
		deaf := time.AfterFunc(s.limits.Grace, s.killStuck)
		defer deaf.Stop()
		<-over
	}()
	return func() {
		s.mu.Lock()
		s.stop = nil
		s.mu.Unlock()
		close(over)
		<-watched
		cancel()
	}
}

// lost returns why there is no answer: mostly that the child is gone.
func (s *Session) lost(err error) error {
	late := time.AfterFunc(s.limits.Grace, func() {
		s.kill(clusto.Errorf(clusto.ErrUnavailable, "the process for scripts does not answer: %v", err))
	})
	defer late.Stop()
	if errors.Is(err, clusto.ErrInvalid) {
		late.Reset(0) // it lives and talks nonsense
	}
	<-s.ended
	return s.over()
}
