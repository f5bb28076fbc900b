package testenv_test

import (
	"bufio"
	"io"
	"net/url"
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
