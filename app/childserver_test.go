//go:build linux

package app

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/testenv"
)

// childServer is "clusto serve" in a process of its own on a database, which can
// be killed and started again at the same address.
type childServer struct {
	dsn, conf, log string
	addr           string
	args           []string // of serve, besides its address
	pid            int
	before         []int          // the processes that handed over and may hold the address still
	handedOver     int            // how many restarts there were since the log began
	waits          sync.WaitGroup // for the processes that start has started
}

// startServer makes a database and starts a server on it.
func startServer(t *testing.T, args ...string) *childServer {
	t.Helper()
	dir := t.TempDir()
	s := &childServer{dsn: dbtest.NewDSN(t), conf: filepath.Join(dir, "clusto.conf"), log: filepath.Join(dir, "log"), addr: freeAddr(t), args: args}
	if _, err := initDB(t.Context(), cli.Database{DSN: s.dsn}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.conf, []byte("[http]\nrate_address = off\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.start(t)
	t.Cleanup(func() {
		s.end(t, syscall.SIGKILL)
		s.waits.Wait()
		if text, err := os.ReadFile(s.log); t.Failed() && err == nil {
			t.Logf("the last log of the server:\n%s", text)
		}
	})
	return s
}

// freeAddr returns an address that nobody uses. One that tries to connect to a
// server that is away could get a port that systems give to clients itself, and be
// connected to itself.
func freeAddr(t *testing.T) string {
	t.Helper()
	port, err := testenv.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return "127.0.0.1:" + strconv.Itoa(port)
}

// start starts the server; it listens then.
func (s *childServer) start(t *testing.T) {
	t.Helper()
	log, err := os.Create(s.log)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(os.Args[0], append([]string{"serve", "--http", s.addr}, s.args...)...)
	cmd.Env = append(os.Environ(), "CLUSTODSN="+s.dsn, "CLUSTOCONFIG="+s.conf, "CLUSTOLIB="+filepath.Dir(s.conf))
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.pid, s.handedOver = cmd.Process.Pid, 0
	s.waits.Go(func() { _ = cmd.Wait() }) // it is meant to be killed
	s.await(t, listens, 1)
}

// What the log says when a server listens, and when another process goes on.
var (
	listens  = regexp.MustCompile(`msg="listening for HTTP" addr=(\S+)`)
	takeover = regexp.MustCompile(`msg="another process has taken over" pid=(\d+)`)
)

// await waits until the log has a line for the given time, and returns what its
// group matches.
func (s *childServer) await(t *testing.T, line *regexp.Regexp, times int) string {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	giveUp := time.After(time.Minute)
	for {
		text, err := os.ReadFile(s.log)
		if err != nil {
			t.Fatal(err)
		}
		if all := line.FindAllStringSubmatch(string(text), -1); len(all) >= times {
			return all[times-1][1]
		}
		select {
		case <-tick.C:
		case <-giveUp:
			t.Fatalf("the server does not say %s:\n%s", line, text)
		}
	}
}

// end ends the server by a signal, and returns when it is gone.
func (s *childServer) end(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if s.pid == 0 {
		return
	}
	if err := syscall.Kill(s.pid, sig); err != nil {
		t.Errorf("end the server: %v", err)
	}
	awaitEnd(t, s.pid)
	s.pid = 0
}

// awaitEnd waits until a process is gone.
func awaitEnd(t *testing.T, pid int) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	giveUp := time.After(time.Minute)
	for runs(pid) {
		select {
		case <-tick.C:
		case <-giveUp:
			t.Fatalf("process %d of the server does not end", pid)
		}
	}
}

// runs reports whether the process lives; it may wait for somebody to ask how it
// ended. While it is being killed its files stay open until its last thread is gone.
func runs(pid int) bool {
	dir := "/proc/" + strconv.Itoa(pid)
	stat, err := os.ReadFile(dir + "/stat")
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	threads, err := os.ReadDir(dir + "/task")
	return !strings.HasPrefix(state, "Z") || err == nil && len(threads) > 1
}

// kill ends the server as a crash does, and starts it again.
func (s *childServer) kill(t *testing.T) {
	t.Helper()
	s.end(t, syscall.SIGKILL)
	for _, pid := range s.before {
		awaitEnd(t, pid)
	}
	s.before = nil
	s.start(t)
}

// restart has another process take over, as when the program was updated.
func (s *childServer) restart(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(s.pid, syscall.SIGUSR2); err != nil {
		t.Fatal(err)
	}
	s.handedOver++
	pid, err := strconv.Atoi(s.await(t, takeover, s.handedOver))
	if err != nil {
		t.Fatal(err)
	}
	s.pid, s.before = pid, append(s.before, s.pid)
}

// client returns a client of the server, which asks until it is answered.
func (s *childServer) client(t *testing.T) *client.Client {
	t.Helper()
	c, err := client.New("http://"+s.addr, client.Options{Retry: patient})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
