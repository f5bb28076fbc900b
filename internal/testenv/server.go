package testenv

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long anything may take before it is an error: a start is a
// second, but the machine may be busy.
const patience = 60 * time.Second

// Who connects. DSNs name the user, an ordinary one who owns the databases of
// [Server.NewDatabase]; [Server.Exec] is the superuser's. Neither has a password.
const (
	superuser = "root"
	user      = "clusto"
)

// Options say what a server of a test's own has that the shared ones do not.
type Options struct {
	// TCP has the server listen on a port of 127.0.0.1 too.
	TCP bool
	// TLS has it listen on that port with TLS only.
	TLS *Certificates
	// Settings are server settings such as "max_connections=20". They prevail
	// over the package's own.
	Settings []string
}

// Server is a database server. Its methods are for one goroutine at a time,
// except NewDatabase, CreateDatabase and Exec.
type Server struct {
	engine  engine
	home    *home
	options Options
	dir     string // the directory with the socket, the data and the log
	port    int    // 0 if there is only the socket

	process *process // nil if it does not run
}

// newServer makes a server's directory and starts the server.
func (h *home) newServer(e engine, o Options) (*Server, error) {
	dir, err := h.newDir()
	if err != nil {
		return nil, err
	}
	s := &Server{engine: e, home: h, options: o, dir: dir}
	if o.TCP || o.TLS != nil {
		if s.port, err = h.freePort(); err != nil {
			return nil, err
		}
	}
	if o.TLS != nil {
		if err := o.TLS.install(s.dir, h.owner); err != nil {
			return nil, err
		}
	}
	if err := e.initialise(s); err != nil {
		return nil, err
	}
	return s, s.start()
}

// shared returns the server that the tests of this binary share.
func shared(tb testing.TB, e engine) *Server {
	tb.Helper()
	require(tb, e.programs()...)
	s, err := binary.share(e.programs()[0], func() (*Server, error) { return binary.newServer(e, Options{}) })
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// require is [Require] for servers.
func require(tb testing.TB, programs ...string) {
	tb.Helper()
	if !supported {
		tb.Skip("test servers need process groups, which this system does not have")
	}
	Require(tb, programs...)
}

// mine returns a server that ends with the test.
func mine(tb testing.TB, e engine, o Options) *Server {
	tb.Helper()
	require(tb, e.programs()...)
	s, err := binary.newServer(e, o)
	if s != nil {
		tb.Cleanup(func() {
			s.end()
			os.RemoveAll(s.dir)
		})
	}
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// run runs a program as whom the server runs as.
func (s *Server) run(args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = s.dir
	ownGroup(cmd, s.home.owner)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// Start starts the server after [Server.Stop] or [Server.Kill] and waits until
// it takes statements.
func (s *Server) Start(tb testing.TB) {
	tb.Helper()
	if err := s.start(); err != nil {
		tb.Fatal(err)
	}
}

func (s *Server) start() error {
	if s.process != nil {
		return errors.New("the server runs already")
	}
	if err := s.launch(); err != nil {
		return err
	}
	return s.await("start", func() bool { return s.engine.ready(s) })
}

// launch starts the server and does not wait.
func (s *Server) launch() error {
	args, err := s.engine.command(s)
	if err != nil {
		return err
	}
	_, quick := s.engine.quick()
	s.process, err = s.home.start(args, s.log(), quick)
	return err
}

// await waits until done. The server must not end before.
func (s *Server) await(what string, done func() bool) error {
	for deadline := time.Now().Add(patience); !done(); {
		if s.process.gone(20 * time.Millisecond) {
			return errors.Join(fmt.Errorf("%s: the server ended:\n%s", what, tail(s.log())), s.finish(syscall.SIGKILL))
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s: not within %v:\n%s", what, patience, tail(s.log()))
		}
	}
	return nil
}

func (s *Server) log() string  { return filepath.Join(s.dir, "log") }
func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// Stop ends the server in order. It does not wait for clients: their
// transactions are rolled back.
func (s *Server) Stop(tb testing.TB) {
	tb.Helper()
	if err := s.finish(s.engine.stop()); err != nil {
		tb.Fatal(err)
	}
}

// Kill ends the server as a crash does. What was committed is there after
// [Server.Start]; it would not be if the machine had crashed, because the
// servers do not wait for the disk.
func (s *Server) Kill(tb testing.TB) {
	tb.Helper()
	if err := s.finish(syscall.SIGKILL); err != nil {
		tb.Fatal(err)
	}
}

// finish ends the server by a signal, if it runs.
func (s *Server) finish(sig syscall.Signal) error {
	if s.process == nil {
		return nil
	}
	err := s.process.end(sig)
	s.process = nil
	return err
}

// end ends the server for good.
func (s *Server) end() {
	if s.process == nil {
		s.engine.buried(s)
		return
	}
	quick, _ := s.engine.quick()
	s.finish(quick) // who does not obey is killed
}

// Exec executes statements as the superuser and returns the rows they give,
// one a line with a tab between columns.
func (s *Server) Exec(tb testing.TB, statements string) string {
	tb.Helper()
	out, err := s.exec(superuser, "", statements)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// ExecIn is [Server.Exec] in the database of a DSN that the server gave, as the
// user who owns it.
func (s *Server) ExecIn(tb testing.TB, dsn, statements string) string {
	tb.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	out, err := s.exec(user, strings.TrimPrefix(u.Path, "/"), statements)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// exec executes statements with the server's command line client.
func (s *Server) exec(as, database, statements string) (string, error) {
	args, err := s.engine.client(s, as, database)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdin = strings.NewReader(statements)
	var failure strings.Builder
	cmd.Stderr = &failure
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s\n%s%w", statements, &failure, err)
	}
	return strings.TrimRight(string(out), "\n"), nil
}
