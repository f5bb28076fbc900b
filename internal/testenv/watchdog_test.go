package testenv_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto/internal/testenv"
)

// leave, in the environment, has TestLeave start servers and end the test
// binary in the way that it names.
const leave = "CLUSTO_TESTENV_LEAVE"

// TestLeave is what TestWatchdog runs in a test binary of its own. It starts
// servers, and goes on when someone has connected to their sockets.
func TestLeave(t *testing.T) {
	how := os.Getenv(leave)
	if how == "" {
		return // TestWatchdog runs it
	}
	fmt.Println("socket", socket(t, testenv.PostgreSQL(t)))
	fmt.Println("socket", socket(t, testenv.MariaDB(t)))
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	switch how {
	case "exit":
		return
	case "panic":
		go panic("as a test does that is wrong")
	}
	select {} // to be killed
}

// socket returns the path of a server's socket.
func socket(t *testing.T, s *testenv.Server) string {
	t.Helper()
	u, err := url.Parse(s.DSN(""))
	if err != nil {
		t.Fatal(err)
	}
	if u.Scheme == "postgresql" {
		return filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432")
	}
	return u.Query().Get("unix_socket")
}

// TestWatchdog has test binaries end in each way and looks for what they leave.
func TestWatchdog(t *testing.T) {
	t.Parallel()
	testenv.Require(t, "postgres", "mariadbd")
	for _, how := range []string{"exit", "panic", "kill"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0], "-test.run=^TestLeave$", "-test.v")
			cmd.Env = append(os.Environ(), leave+"="+how)
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			sockets := connect(t, out)
			if how == "kill" {
				err = cmd.Process.Kill()
			} else {
				_, err = in.Write([]byte{'\n'})
			}
			if err != nil {
				t.Fatal(err)
			}
			cmd.Wait() // it fails, or is killed
			nothingLeft(t, sockets)
		})
	}
}

// connect connects to the two sockets whose paths are printed.
func connect(t *testing.T, printed io.Reader) []net.Conn {
	t.Helper()
	var conns []net.Conn
	for lines := bufio.NewScanner(printed); len(conns) < 2 && lines.Scan(); {
		path, ok := strings.CutPrefix(lines.Text(), "socket ")
		if !ok {
			continue
		}
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
	}
	if len(conns) < 2 {
		t.Fatal("the test binary ended before its servers had started")
	}
	return conns
}

// nothingLeft waits until the servers have hung up and their directory is gone.
func nothingLeft(t *testing.T, sockets []net.Conn) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for _, conn := range sockets {
		conn.SetDeadline(deadline)
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the server on %s still runs", conn.RemoteAddr())
		}
		conn.Close()
	}
	dir := filepath.Dir(filepath.Dir(sockets[0].RemoteAddr().String()))
	for {
		_, err := os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is still there: %v", dir, err)
		}
		<-time.After(20 * time.Millisecond)
	}
}
