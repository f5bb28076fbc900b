package testenv

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
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

	process   *process // nil if it does not run
	databases atomic.Int64
}

// engine is what tells one kind of server from the other.
type engine interface {
	// programs returns what must be installed, the server first.
	programs() []string
	// initialise makes the data directory; run runs a program as whom the
	// server will run as.
	initialise(s *Server, run func(args ...string) error) error
	// command returns the program and its arguments.
	command(s *Server) ([]string, error)
	// ready reports whether the server takes statements.
	ready(s *Server) bool
	// client returns the command line client, which reads statements from its
	// standard input and ends at the first error. No database is the
	// administrators'.
	client(s *Server, as, database string) ([]string, error)
	// create and drop return statements.
	create(database string) string
	drop(database string) string
	// dsn returns the DSN over the socket.
	dsn(s *Server, database string) *url.URL
	// stop is the signal of an orderly end that does not wait for clients,
	// quick that of the quickest end that leaves nothing outside the directory.
	stop() syscall.Signal
	quick() (syscall.Signal, string)
	// buried is called after the processes were killed.
	buried(s *Server)
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
	if err := e.initialise(s, s.run); err != nil {
		return nil, err
	}
	return s, s.start()
}

// freePort returns a port of 127.0.0.1 that nobody uses. It lies below those
// that systems give to clients, so that it stays free while a server restarts.
func (h *home) freePort() (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for range 100 {
		port := 20000 + rand.IntN(10000)
		if h.ports[port] {
			continue
		}
		l, err := net.Listen("tcp", net.JoinHostPort(loopback, strconv.Itoa(port)))
		if err != nil {
			continue
		}
		h.ports[port] = true
		return port, l.Close()
	}
	return 0, errors.New("none of 100 ports of " + loopback + " is free")
}

// loopback is the address that servers listen on.
const loopback = "127.0.0.1"

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

// NewDatabase makes an empty database, which is dropped at the end of the test,
// and returns its DSN over the server's socket:
//
//	postgresql://clusto@/test_1?host=/tmp/clusto-1/1
//	mysql://clusto@/test_1?unix_socket=/tmp/clusto-1/2/socket
//
// The user needs no password and may do everything within the database and
// nothing beyond it; users that a test adds are asked for theirs.
func (s *Server) NewDatabase(tb testing.TB) string {
	tb.Helper()
	return s.DSN(s.CreateDatabase(tb))
}

// CreateDatabase makes an empty database, which is dropped at the end of the
// test if the server runs then, and returns its name.
func (s *Server) CreateDatabase(tb testing.TB) string {
	tb.Helper()
	name := "test_" + strconv.FormatInt(s.databases.Add(1), 10)
	s.Exec(tb, s.engine.create(name))
	tb.Cleanup(func() {
		if s.process == nil {
			return
		}
		if _, err := s.exec(superuser, "", s.engine.drop(name)); err != nil {
			tb.Errorf("drop the test's database, which the test may still be using: %v", err)
		}
	})
	return name
}

// DSN returns the DSN of a database over the server's socket.
func (s *Server) DSN(database string) string { return s.engine.dsn(s, database).String() }

// escape writes a path as the value of a DSN's parameter.
func escape(path string) string { return strings.ReplaceAll(url.QueryEscape(path), "%2F", "/") }

// TCPDSN returns the DSN of a database over the server's port:
//
//	postgresql://clusto@127.0.0.1:20001/test_1
//
// It panics if the server has none.
func (s *Server) TCPDSN(database string) string {
	u := s.engine.dsn(s, database)
	u.Host, u.RawQuery = s.Addr(), ""
	return u.String()
}

// Addr returns the server's address and port. It panics if the server listens
// on its socket only.
func (s *Server) Addr() string {
	if s.port == 0 {
		panic("testenv: the server was started without Options.TCP")
	}
	return net.JoinHostPort(loopback, strconv.Itoa(s.port))
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
