package v6_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/v6"
	"github.com/clusto/clusto/internal/netns"
	"github.com/clusto/clusto/internal/testenv"
)

// Interfaces of the networks of the tests.
const (
	lan    = "lan" // of the server or the relay, to the client
	uplink = "up"  // between the server and the relay
	nic    = "eth0"
)

// TestDhclient has ISC dhclient get its addresses directly.
func TestDhclient(t *testing.T) {
	t.Parallel()
	testenv.Require(t, "netns", "ip", "dhclient")
	server := newSpace(t)
	c := joinClient(t, server)
	must(t, server.IP("addr add 2001:db8:1::1/64 dev "+lan+" nodad"))
	awaitLink(t, server, lan)
	c.dhclient(serve(t, server))
}

// TestDhcrelay has it get them through ISC dhcrelay, which finds the server by the
// group of all servers.
func TestDhcrelay(t *testing.T) {
	t.Parallel()
	testenv.Require(t, "netns", "ip", "dhclient", "dhcrelay")
	server, relay := newSpace(t), newSpace(t)
	must(t, netns.Join(server, uplink, relay, uplink))
	must(t, server.IP("addr add 2001:db8::67/64 dev "+uplink+" nodad"))
	must(t, relay.IP("addr add 2001:db8::1/64 dev "+uplink+" nodad"))
	c := joinClient(t, relay)
	must(t, relay.IP("addr add 2001:db8:1::1/64 dev "+lan+" nodad"))
	for s, names := range map[*netns.Space][]string{server: {uplink}, relay: {uplink, lan}} {
		for _, name := range names {
			awaitLink(t, s, name)
		}
	}
	log := serve(t, server)
	c.start(relay, "dhcrelay", "-6", "-d", "-I", "--no-pid", "-l", lan, "-u", uplink)
	c.dhclient(log)
}

// exchanges is what a server has answered.
type exchanges struct {
	mu  sync.Mutex // guards all
	all []string
}

// has reports whether the server has answered that.
func (x *exchanges) has(text string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Contains(x.all, text)
}

// String returns all that the server has answered.
func (x *exchanges) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return strings.Join(x.all, ", ")
}

// serve runs a server in a space.
func serve(t *testing.T, s *netns.Space) *exchanges {
	t.Helper()
	x := new(exchanges)
	must(t, s.Do(func() error {
		start(t, v6.Options{Listen: []string{":547"}, Observe: func(e *dhcp.Event) {
			x.mu.Lock()
			defer x.mu.Unlock()
			x.all = append(x.all, strings.TrimSpace(e.Message+" "+e.Reply+" "+string(e.Reason)))
		}})
		return nil
	}))
	return x
}

func newSpace(t *testing.T) *netns.Space {
	t.Helper()
	s, err := netns.New()
	must(t, err)
	t.Cleanup(s.Close)
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// await waits until something is so.
func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for giveUp := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(giveUp) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// awaitLink waits until an interface has a link-local address that it may use.
func awaitLink(t *testing.T, s *netns.Space, name string) {
	t.Helper()
	await(t, "a link-local address of "+name, func() bool {
		text, err := s.Run("ip", "-6", "addr", "show", "dev", name, "scope", "link", "-tentative")
		return err == nil && strings.Contains(text, "fe80::")
	})
}

// machine is a client, with a directory for what its programs keep.
type machine struct {
	*testing.T
	space *netns.Space
	dir   string
}

// joinClient makes a client with the hardware address of the host.
func joinClient(t *testing.T, to *netns.Space) *machine {
	t.Helper()
	c := &machine{T: t, space: newSpace(t), dir: t.TempDir()}
	must(t, netns.Join(to, lan, c.space, nic))
	must(t, c.space.IP("link set "+nic+" down", "link set "+nic+" address "+hostMAC.String(), "link set "+nic+" up"))
	awaitLink(t, c.space, nic)
	return c
}

// start starts a program in a space until the test ends.
func (c *machine) start(s *netns.Space, program string, args ...string) {
	c.Helper()
	var out bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	must(c.T, s.Start(cmd))
	c.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()         // how does not matter
		if c.Failed() {
			c.Logf("%s:\n%s", cmd, &out)
		}
	})
}

// told returns what the client's programs were told, in lines key=value.
func (c *machine) told() string {
	text, err := os.ReadFile(filepath.Join(c.dir, "told"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		c.Error(err)
	}
	return "\n" + string(text)
}

// dhclient gets the host's addresses, and gives them back.
func (c *machine) dhclient(log *exchanges) {
	c.Helper()
	hook := filepath.Join(c.dir, "hook")
	script := "#!/bin/sh\nenv | grep -E '^(reason|new_)' >>" + filepath.Join(c.dir, "told") + "\n"
	must(c.T, os.WriteFile(hook, []byte(script), 0o755))
	args := []string{"-6", "-lf", filepath.Join(c.dir, "leases"), "-pf", filepath.Join(c.dir, "pid"), "-cf", os.DevNull, "-sf", hook}
	c.start(c.space, "dhclient", append(args, "-1", "-d", nic)...)
	wants := []string{
		"reason=BOUND6", "new_ip6_address=" + hostAddr.String(), "new_ip6_address=" + nextAddr.String(),
		"new_dhcp6_name_servers=2001:db8::53", "new_dhcp6_domain_search=prod.example.",
	}
	for _, want := range wants {
		await(c.T, want, func() bool { return strings.Contains(c.told(), "\n"+want+"\n") })
	}
	if !log.has("SOLICIT ADVERTISE") || !log.has("REQUEST REPLY") {
		c.Errorf("the server answered %s", log)
	}
	if out, err := c.space.Run("dhclient", append(args, "-r", nic)...); err != nil {
		c.Error(err, out)
	}
	await(c.T, "the release", func() bool { return log.has("RELEASE REPLY") })
}
