package mysql_test

import (
	"bufio"
	"fmt"
	"io"
	"net/url"
	"os/exec"
	"strings"
	"testing"
)

// client is a session of the server's own client, which stays open: another
// program in the middle of something.
type client struct {
	in  io.Writer
	out *bufio.Scanner
}

// startClient starts a client that ends with the test.
func startClient(t *testing.T, dsn string) *client {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("mariadb", "--no-defaults", "--unbuffered", "--batch", "--skip-column-names",
		"--user=clusto", "--socket="+u.Query().Get("unix_socket"), strings.TrimPrefix(u.Path, "/"))
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
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the client: %v", err)
		}
	})
	return &client{in, bufio.NewScanner(out)}
}

// run runs statements of which the last one yields one row, and returns that.
func (c *client) run(t *testing.T, statements string) string {
	t.Helper()
	if _, err := fmt.Fprintln(c.in, statements+";"); err != nil {
		t.Fatal(err)
	}
	if !c.out.Scan() {
		t.Fatal("the client ended")
	}
	return c.out.Text()
}
