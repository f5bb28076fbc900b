package clienttest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/netns"
)

// nic is the interface of a client.
const nic = "eth0"

// client is a machine with a network card.
type client struct {
	*testing.T
	space *netns.Space
	dir   string
	told  string // file that has what clients were told, in lines key=value
}

// join makes a client with the hardware address of a host, on the network of a
// space.
func (l *lab) join(t *testing.T, to *netns.Space, h host) *client {
	t.Helper()
	dir := t.TempDir()
	c := &client{T: t, space: newSpace(t), dir: dir, told: filepath.Join(dir, "told")}
	l.cable(t, to, c.space, nic)
	for _, dir := range []string{"/run", "/var/lib/dhcpcd"} {
		if err := c.space.Hide(dir); err != nil {
			t.Fatal(err)
		}
	}
	c.fresh(h.mac())
	return c
}

// fresh makes the client as it is when it was just switched on.
func (c *client) fresh(mac string) {
	c.Helper()
	err := c.space.IP("addr flush dev "+nic, "link set "+nic+" down", "link set "+nic+" address "+mac, "link set "+nic+" up")
	if err != nil {
		c.Fatal(err)
	}
	if err := os.WriteFile(c.told, nil, 0o644); err != nil {
		c.Fatal(err)
	}
}

// start starts a program of which stop tells the end.
func (c *client) start(program string, args ...string) (cmd *exec.Cmd, stop func()) {
	c.Helper()
	var out bytes.Buffer
	cmd = exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := c.space.Start(cmd); err != nil {
		c.Fatal(err)
	}
	return cmd, func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()         // how does not matter
		if c.Failed() {
			c.Logf("%s:\n%s", cmd, &out)
		}
	}
}

// run runs a program to its end.
func (c *client) run(program string, args ...string) {
	c.Helper()
	if _, err := c.space.Run(program, args...); err != nil {
		c.Error(err)
	}
}

// says reports whether the client was told something, a line key=value.
func (c *client) says(line string) bool {
	text, err := os.ReadFile(c.told)
	return err == nil && strings.Contains("\n"+string(text), "\n"+line+"\n")
}

// wantTold checks what the client was told.
func (c *client) wantTold(lines ...string) {
	c.Helper()
	for _, line := range lines {
		if !c.says(line) {
			text, _ := os.ReadFile(c.told)
			c.Errorf("was not told %s, but:\n%s", line, text)
		}
	}
}

// wantAddr checks which address the client has configured, "" for none.
func (c *client) wantAddr(want string) {
	c.Helper()
	addrs, err := c.space.Addrs(nic)
	if err != nil {
		c.Fatal(err)
	}
	if got := strings.Join(addrs, " "); got != want {
		text, _ := os.ReadFile(c.told)
		c.Errorf("has the address %q, want %q; was told:\n%s", got, want, text)
	}
}
