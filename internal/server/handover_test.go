package server_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/clusto/clusto/internal/server"
)

// childVariable says that this process is the server of a test: "serve" or, for
// one that fails before it serves, "fail". A file that failFile names makes the
// next process fail.
const (
	childVariable = "CLUSTO_TEST_SERVER"
	failVariable  = "CLUSTO_TEST_SERVER_FAIL"
)

// child serves the number of its process until SIGTERM; SIGUSR2 restarts it.
func child() int {
	if _, err := os.Stat(os.Getenv(failVariable)); err == nil {
		fmt.Fprintln(os.Stderr, "this version is broken")
		return 1
	}
	if err := serveChild(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func serveChild() error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR2, syscall.SIGTERM)
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	sockets, err := server.Inherit()
	if err != nil {
		return err
	}
	defer sockets.Close()
	listeners := sockets.Activated()
	if len(listeners) == 0 {
		l, err := sockets.Listen("127.0.0.1:0")
		if err != nil {
			return err
		}
		listeners = append(listeners, l)
	}
	packets, err := sockets.ListenPackets("127.0.0.1:0", func(addr string) (*net.UDPConn, error) {
		return net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	})
	if err != nil {
		return err
	}
	s, err := server.New(server.Options{Log: log, Listeners: listeners, Settings: server.Settings{StopTimeout: patience},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, os.Getpid(), " ", packets.LocalAddr()) })})
	if err != nil {
		return err
	}
	ctx, end := context.WithCancelCause(context.Background())
	defer end(nil)
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	sockets.Ready(log)
	fmt.Println("serving", listeners[0].Addr())
	for sig := range signals {
		if sig == syscall.SIGTERM {
			end(nil)
			break
		}
		if err := sockets.HandOver(ctx, log); err != nil {
			fmt.Println("no restart:", strings.ReplaceAll(err.Error(), "\n", " "))
			continue
		}
		end(server.ErrHandedOver)
		break
	}
	return <-done
}

// startChild starts a server and returns its address, and its lines.
func startChild(t *testing.T, env []string, files ...*os.File) (addr string, out *bufio.Scanner, cmd *exec.Cmd) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), childVariable+"=serve"), env...)
	cmd.Stderr = os.Stderr
	cmd.ExtraFiles = files
	read, write, err := os.Pipe() // StdoutPipe would be closed when the first process ends
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = write
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	t.Cleanup(func() { read.Close() })
	out = bufio.NewScanner(read)
	return strings.TrimPrefix(line(t, out), "serving "), out, cmd
}

func line(t *testing.T, out *bufio.Scanner) string {
	t.Helper()
	if !out.Scan() {
		t.Fatalf("the server says no more: %v", out.Err())
	}
	return out.Text()
}

// ask returns the number of the process that answers, and the address of its
// UDP socket.
func ask(client *http.Client, addr string) (pid int, udp string, err error) {
	resp, err := client.Post("http://"+addr, "text/plain", strings.NewReader("a request that no client repeats by itself"))
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, "", err
	}
	if resp.StatusCode != http.StatusOK {
		return 0, "", errors.New(resp.Status)
	}
	number, udp, _ := strings.Cut(string(body), " ")
	pid, err = strconv.Atoi(number)
	return pid, udp, err
}

// TestRestart restarts a server several times while clients ask it without
// pause: none of them sees a request fail. Then it is replaced by a program that
// fails, and goes on.
func TestRestart(t *testing.T) {
	const clients, restarts = 4, 4
	fail := t.TempDir() + "/fail"
	manager := serviceManager(t)
	addr, out, first := startChild(t, []string{failVariable + "=" + fail, "NOTIFY_SOCKET=" + manager.LocalAddr().String()})
	awaitState(t, manager, "READY=1")
	fresh := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // asks who listens now
	pid, udp, err := ask(fresh, addr)
	if err != nil || pid != first.Process.Pid {
		t.Fatalf("process %d, %v", pid, err)
	}
	var stop atomic.Bool
	var asked atomic.Int64
	var load sync.WaitGroup
	for n := range clients {
		load.Go(func() {
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: n%2 == 0}}
			defer client.CloseIdleConnections()
			for !stop.Load() {
				_, got, err := ask(client, addr)
				if err != nil {
					t.Errorf("client %d: %v", n, err)
					return
				}
				if got != udp {
					t.Errorf("the UDP socket is %s, was %s", got, udp)
				}
				asked.Add(1)
			}
		})
	}
	for range restarts {
		tick := time.NewTicker(time.Millisecond)
		for began := asked.Load(); asked.Load() < began+20*clients && !t.Failed(); {
			<-tick.C
		}
		tick.Stop()
		if err := syscall.Kill(pid, syscall.SIGUSR2); err != nil {
			t.Fatal(err)
		}
		if text := line(t, out); text != "serving "+addr {
			t.Errorf("the new process says %q", text)
		}
		pid = awaitOther(t, fresh, addr, pid)
		awaitState(t, manager, fmt.Sprintf("MAINPID=%d\nREADY=1", pid))
	}
	if err := os.WriteFile(fail, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGUSR2); err != nil {
		t.Fatal(err)
	}
	if text := line(t, out); !strings.Contains(text, "no restart") || !strings.Contains(text, "ended before it served") {
		t.Errorf("a new process that fails: %q", text)
	}
	if now, _, err := ask(fresh, addr); now != pid || err != nil {
		t.Errorf("process %d answers, %v, want %d", now, err, pid)
	}
	stop.Store(true)
	load.Wait()
	if err := first.Wait(); err != nil {
		t.Errorf("the first process ended with %v", err)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for out.Scan() { // until the last process has ended
		t.Errorf("the last process says %q", out.Text())
	}
	t.Logf("%d requests", asked.Load())
}

// serviceManager listens as a service manager does.
func serviceManager(t *testing.T) *net.UnixConn {
	t.Helper()
	dir, err := os.MkdirTemp("", "notify") // the test's own may be too long a path for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: dir + "/socket", Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// awaitState waits until a service manager is told a state.
func awaitState(t *testing.T, manager *net.UnixConn, want string) {
	t.Helper()
	_ = manager.SetReadDeadline(time.Now().Add(patience))
	buf := make([]byte, 100)
	for {
		n, err := manager.Read(buf)
		if err != nil {
			t.Fatalf("the service manager is not told %q: %v", want, err)
		}
		if string(buf[:n]) == want {
			return
		}
	}
}

// awaitOther returns the process that answers once it is another one.
func awaitOther(t *testing.T, client *http.Client, addr string, than int) int {
	t.Helper()
	for giveUp := time.Now().Add(patience); ; {
		pid, _, err := ask(client, addr)
		if err != nil {
			t.Fatal(err)
		}
		if pid != than {
			return pid
		}
		if time.Now().After(giveUp) {
			t.Fatalf("process %d answers still", pid)
		}
	}
}

// TestActivation serves on sockets that a service manager has opened.
func TestActivation(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	file, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	// A shell, because the variable holds the number of the process.
	cmd := exec.Command("sh", "-c", `LISTEN_PID=$$ exec "$0"`, os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"=serve", "LISTEN_FDS=1", "LISTEN_FDNAMES=http")
	cmd.ExtraFiles = []*os.File{file}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	file.Close()
	pid, _, err := ask(http.DefaultClient, l.Addr().String()) // it waits in the socket
	if pid != cmd.Process.Pid || err != nil {
		t.Errorf("process %d answers, %v, want %d", pid, err, cmd.Process.Pid)
	}
	http.DefaultClient.CloseIdleConnections()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
