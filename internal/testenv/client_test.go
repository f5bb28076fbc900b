package testenv_test

import (
	"bufio"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/testenv"
)

// client is a command line client in the middle of a transaction.
type client struct {
	cmd *exec.Cmd
	in  io.WriteCloser
}

// startClient starts a client and waits for its statements' first row.
func startClient(t *testing.T, s *testenv.Server, dsn, statements string) *client {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	database, query := strings.TrimPrefix(u.Path, "/"), u.Query()
	cmd := exec.Command("psql", "-X", "-U", "clusto", "-h", query.Get("host"), "-d", database)
	if u.Scheme == "mysql" {
		cmd = exec.Command("mariadb", "--no-defaults", "--unbuffered", "--user=clusto", "--socket="+query.Get("unix_socket"), database)
	}
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
	if _, err := io.WriteString(in, statements+"\n"); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "deleted") {
			return &client{cmd, in}
		}
	}
	t.Fatal("the client ended")
	return nil
}

// wait ends the client.
func (c *client) wait(t *testing.T) {
	t.Helper()
	if err := c.in.Close(); err != nil {
		t.Error(err)
	}
	c.cmd.Wait() // it has lost its server and says so
}

// guestClient is a client of the user guest.
func guestClient(t *testing.T, s *testenv.Server, tcp bool, password string) *exec.Cmd {
	t.Helper()
	u, err := url.Parse(s.DSN(""))
	if err != nil {
		t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	if u.Scheme == "mysql" {
		to := []string{"--socket=" + u.Query().Get("unix_socket")}
		if tcp {
			to = []string{"--protocol=tcp", "--host=" + host, "--port=" + port}
		}
		return exec.Command("mariadb", append([]string{"--no-defaults", "--user=guest", "--password=" + password, "--execute=SELECT 6 * 7"}, to...)...)
	}
	if !tcp {
		host = u.Query().Get("host")
	}
	cmd := exec.Command("psql", "-X", "-w", "-c", "SELECT 6 * 7", "host="+host+" port="+port+" user=guest dbname=postgres")
	cmd.Env = append(os.Environ(), "PGPASSWORD="+password)
	return cmd
}
