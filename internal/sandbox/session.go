package sandbox

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/clusto/clusto"
)

// Options says which child to start, and for whom.
type Options struct {
	// Path is the program; "" is the one that runs, even if its file was replaced
	// meanwhile. It is called as clusto.
	Path string
	// Args are the arguments that make it a child, which calls [Serve]. Every user of
	// the machine can see them.
	Args []string
	// Env is the child's whole environment, as NAME=VALUE. It is for what leads to the
	// database, such as PGPASSFILE; of the server's own nothing is passed on.
	Env []string
	// Setting is what the child is to know.
	Setting Setting
	// Log takes what operators want to know: children that crash and are killed.
	// nil discards it.
	Log *slog.Logger

	// onEnd is called when the child is gone.
	onEnd func()
}

// Session is a child that runs the scripts and entries of a user, one at a time. It is
// safe for use by many goroutines, which wait for each other. It must be closed.
type Session struct {
	limits Limits
	log    *slog.Logger
	proc   process
	in     *os.File // requests; whoever writes holds writing
	out    *os.File // answers; whoever reads has the turn
	idle   *time.Timer
	life   *time.Timer
	ended  chan struct{} // closed when the child is gone
	onEnd  func()
	said   []Event // while it was opened

	turn    chan struct{} // holds one thing while a request is under way
	lastID  uint64        // of a request; whoever has the turn changes it
	writing sync.Mutex    // guards writes to in

	mu      sync.Mutex // guards what follows
	stop    func()     // interrupts the entry that runs; nil if none does
	why     error      // that the child was killed for, or what it died of; nil
	closing bool
}

// Start starts a child and has it open the interpreter. The end of ctx stops that, and
// nothing later. It returns the child's error if that cannot reach the database, say;
// ErrUnavailable if there is no child, ErrExhausted if it needs too much at once.
func Start(ctx context.Context, opt Options) (*Session, error) {
	limits, err := opt.Setting.Limits.orDefault()
	if err != nil {
		return nil, err
	}
	opt.Setting.Limits = limits
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	s := &Session{
		limits: limits,
		log:    opt.Log.With("user", opt.Setting.User, "origin", opt.Setting.Origin),
		ended:  make(chan struct{}),
		onEnd:  opt.onEnd,
		turn:   make(chan struct{}, 1),
	}
	if err := s.launch(opt); err != nil {
		return nil, err
	}
	if err := s.open(ctx, &opt.Setting); err != nil {
		s.kill(nil)
		return nil, errors.Join(err, s.release())
	}
	s.idle.Reset(limits.Idle)
	return s, nil
}

// launch starts the process and what watches it.
func (s *Session) launch(opt Options) error {
	inChild, in, err := os.Pipe()
	if err != nil {
		return clusto.Errorf(clusto.ErrUnavailable, "start a process for scripts: %w", err)
	}
	out, outChild, err := os.Pipe()
	if err != nil {
		return clusto.Errorf(clusto.ErrUnavailable, "start a process for scripts: %w", errors.Join(err, inChild.Close(), in.Close()))
	}
	s.in, s.out = in, out
	s.proc, err = startProcess(opt, s.limits, inChild, outChild)
	closed := errors.Join(inChild.Close(), outChild.Close()) // the child has its own
	if err = errors.Join(err, closed); err != nil {
		return errors.Join(err, in.Close(), out.Close())
	}
	s.idle = time.AfterFunc(s.limits.Idle, func() {
		s.kill(clusto.Errorf(clusto.ErrUnavailable, "the session was idle for %s and is over", s.limits.Idle))
	})
	s.idle.Stop()
	s.life = time.AfterFunc(s.limits.Life, func() {
		s.kill(clusto.Errorf(clusto.ErrExhausted, "the session has lasted for %s, its whole time", s.limits.Life))
	})
	go s.reap()
	return nil
}

// open sends the setting.
func (s *Session) open(ctx context.Context, setting *Setting) error {
	late := time.AfterFunc(s.limits.Grace, func() {
		s.kill(clusto.Errorf(clusto.ErrUnavailable, "the process for scripts was not ready after %s", s.limits.Grace))
	})
	defer late.Stop()
	stop := context.AfterFunc(ctx, func() { s.kill(context.Cause(ctx)) })
	defer stop()
	if _, err := s.ask(ctx, request{Op: opOpen, Setting: setting}, func(e Event) { s.said = append(s.said, e) }); err != nil {
		return err
	}
	return s.proc.settle()
}

// Opening returns what the interpreter had to say when it was opened: that a file of
// the library is broken, say.
func (s *Session) Opening() []Event { return s.said }

// reap waits for the end of the process and says why it came, if nobody wanted it.
func (s *Session) reap() {
	end := s.proc.wait()
	s.idle.Stop()
	s.life.Stop()
	s.mu.Lock()
	switch {
	case s.why != nil:
		s.log.Info("a session for scripts was ended", "err", s.why)
	case !s.closing:
		s.why = end.why
		s.log.Warn("a process for scripts ended", "err", end.why, "state", end.state, "said", end.said)
	}
	s.mu.Unlock()
	if s.onEnd != nil {
		s.onEnd()
	}
	close(s.ended)
}

// kill ends the child at once. why is what users are told; nil if nobody is.
func (s *Session) kill(why error) {
	s.mu.Lock()
	if s.why == nil && !s.closing {
		if s.why = why; why == nil {
			s.closing = true
		}
	}
	s.mu.Unlock()
	s.proc.kill()
}

// over returns why a session that has ended did so.
func (s *Session) over() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.why == nil {
		return clusto.WithHint(clusto.Errorf(clusto.ErrUnavailable, "the session is closed"), "begin a new one")
	}
	return s.why
}

// Done is closed when the child is gone.
func (s *Session) Done() <-chan struct{} { return s.ended }

// Err returns nil while the session lasts, and then why it ended.
func (s *Session) Err() error {
	select {
	case <-s.ended:
		return s.over()
	default:
		return nil
	}
}

// Interrupt stops the script or entry that runs, if one does. The session goes on.
func (s *Session) Interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		s.stop()
	}
}

func (s *Session) send(r request) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return writeFrame(s.in, r)
}

// Close ends the session: what runs is interrupted, an open transaction is given up,
// of which the error tells. It returns when the child is gone. To close a session
// again does nothing.
func (s *Session) Close() error {
	s.mu.Lock()
	first := !s.closing
	s.closing = true
	s.mu.Unlock()
	late := time.AfterFunc(s.limits.Grace, func() { s.kill(nil) })
	defer late.Stop()
	s.Interrupt()
	s.turn <- struct{}{} // which comes: what has it ends, or is killed
	defer func() { <-s.turn }()
	if !first {
		return nil
	}
	a, err := s.ask(context.Background(), request{Op: opClose}, nil)
	if a.Fault == nil {
		err = nil // the child was gone before, or was killed since it did not close
	}
	return errors.Join(err, s.release())
}

// release waits for the end of the child and closes the pipes. The caller has the turn.
func (s *Session) release() error {
	s.writing.Lock()
	err := s.in.Close() // which ends the child, if nothing has yet
	s.writing.Unlock()
	<-s.ended
	return errors.Join(err, s.out.Close())
}
