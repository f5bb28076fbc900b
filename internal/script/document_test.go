package script_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/script"
)

// literalBlocks returns the literal blocks of the document, byte for byte.
func literalBlocks(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile("../../testdata/using-clusto.rst")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	var block []string
	inside := false
	for line := range strings.SplitSeq(string(raw), "\n") {
		if inside && line != "" && line[0] != ' ' && line[0] != '\t' {
			blocks = append(blocks, strings.Trim(strings.Join(block, "\n"), "\n"))
			block, inside = nil, false
		}
		if inside {
			block = append(block, line)
		}
		if strings.HasSuffix(line, "::") {
			inside = true
		}
	}
	return blocks
}

// TestDocument runs every script of the document as it stands there, in order.
func TestDocument(t *testing.T) {
	blocks := literalBlocks(t)
	if len(blocks) != 9 {
		t.Fatalf("the document has %d literal blocks, want 9", len(blocks))
	}
	mail := newMailServer(t)
	lib := t.TempDir()
	w := newWorld(t, func(o *script.Options) {
		o.LibDir = lib
		o.Network = script.Network{SMTP: true, Dial: mail.dial}
	})

	w.eval(blocks[0])
	w.eval(blocks[1])
	if got := w.eval("server"); got != "PenguinServer(name=s0001, type=server, driver=penguinserver)\n" {
		t.Errorf("server is shown as %q", got)
	}

	// The class goes to a file, and the method is added to it, with its slip.
	write(t, lib, "drivers/equinixdatacenter.py", blocks[2]+"\n\n"+blocks[4]+"\n")
	w.eval(blocks[3])
	warning := w.takeWarnings()
	for _, want := range []string{lib + "/drivers/equinixdatacenter.py:", ":12:119: undefined: request", "did you mean message?"} {
		if !strings.Contains(warning, want) {
			t.Errorf("warning %q lacks %q", warning, want)
		}
	}
	if got := w.fails(blocks[5]); !strings.Contains(got, "name 'request' is not defined") {
		t.Errorf("the slip is reported as %s", got)
	}
	if got := w.eval("datacenter"); !strings.HasPrefix(got, "EquinixDatacenter(name=eqix-sv3") {
		t.Errorf("datacenter is shown as %q", got)
	}
	if n := len(mail.received()); n != 0 {
		t.Errorf("%d mails were sent", n)
	}

	// With the one word mended the mail is delivered.
	mended := strings.ReplaceAll(blocks[4], "request)", "message)")
	write(t, lib, "drivers/equinixdatacenter.py", blocks[2]+"\n\n"+mended+"\n\n")
	w.eval("datacenter.remote_hands('Turn on power for new racks in my cage', priority='high')")
	got := mail.received()
	if len(got) != 1 || got[0].addr != "mail.example.com:25" || got[0].from != "clusto@example.com" ||
		got[0].to != "remotehands@datacenter.net" || got[0].text != "Turn on power for new racks in my cage\r\n" {
		t.Errorf("mails: %+v", got)
	}

	w.eval(blocks[6])
	w.eval(blocks[7])
	w.eval("factory.connect_ports()\nassert factory.get_driver(1) is PenguinServer")
	w.eval("factory.add_server(server, 24)\nassert server in rack and rack in datacenter")
	w.eval("assert get_by_name('sv3-001-sw1').get_connected('nic-eth', 24) == server")
	w.eval("assert get_by_name('sv3-001-pwr1').get_connected('pwr-nema-5', 'aa1') == server")
	before := w.version()
	w.eval("factory.connect_ports()")
	if w.version() != before {
		t.Error("connecting ports again made a version")
	}
}

// TestDocumentInShell types the class into the shell instead of a file.
func TestDocumentInShell(t *testing.T) {
	blocks := literalBlocks(t)
	mail := newMailServer(t)
	w := newWorld(t, func(o *script.Options) { o.Network = script.Network{SMTP: true, Dial: mail.dial} })
	w.eval(blocks[2] + "\n\n" + strings.ReplaceAll(blocks[4], "request)", "message)"))
	if got := w.takeWarnings(); !strings.Contains(got, "replaces") {
		t.Errorf("no notice that the shipped driver is replaced: %q", got)
	}
	w.eval(blocks[5])
	if got := mail.received(); len(got) != 1 {
		t.Errorf("mails: %+v", got)
	}
	w.eval("assert EquinixDatacenter.__doc__ == 'Equinix datacenter driver'")
	w.eval("assert isinstance(datacenter, EquinixDatacenter) and isinstance(datacenter, BasicDatacenter)")
}

// TestShippedDatacenter uses the driver that ships with the program.
func TestShippedDatacenter(t *testing.T) {
	mail := newMailServer(t)
	w := newWorld(t, func(o *script.Options) { o.Network = script.Network{SMTP: true, Dial: mail.dial} })
	w.eval(literalBlocks(t)[5])
	got := mail.received()
	if len(got) != 1 || !strings.Contains(got[0].text, "Subject: Remote hands request: high priority") {
		t.Errorf("mails: %+v", got)
	}
}

// mail is one mail that a server got.
type mail struct{ addr, from, to, text string }

// mailServer speaks SMTP on loopback.
type mailServer struct {
	listener net.Listener
	mails    chan mail
	addr     chan string // what the script wanted to connect to
}

func newMailServer(t *testing.T) *mailServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &mailServer{listener: l, mails: make(chan mail, 10), addr: make(chan string, 10)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.serve(conn)
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return s
}

// received returns the mails since the last call.
func (s *mailServer) received() []mail {
	var all []mail
	for {
		select {
		case m := <-s.mails:
			m.addr = <-s.addr
			all = append(all, m)
		default:
			return all
		}
	}
}

// serve answers one client (RFC 5321).
func (s *mailServer) serve(conn net.Conn) {
	defer conn.Close()
	say := func(line string) { fmt.Fprintf(conn, "%s\r\n", line) }
	var m mail
	say("220 test")
	lines := bufio.NewReader(conn)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		switch verb, rest, _ := strings.Cut(strings.TrimSpace(line), ":"); {
		case strings.HasPrefix(line, "EHLO"), strings.HasPrefix(line, "HELO"):
			say("250 test")
		case verb == "MAIL FROM":
			m.from = address(rest)
			say("250 ok")
		case verb == "RCPT TO":
			m.to = address(rest)
			say("250 ok")
		case strings.HasPrefix(line, "DATA"):
			say("354 go on")
			for {
				line, err := lines.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				m.text += line
			}
			s.mails <- m
			say("250 ok")
		case strings.HasPrefix(line, "QUIT"):
			say("221 bye")
			return
		default:
			say("500 what?")
		}
	}
}

func address(s string) string {
	_, s, _ = strings.Cut(s, "<")
	s, _, _ = strings.Cut(s, ">")
	return s
}

// dial connects to the server whatever the script wanted, and notes what that was.
func (s *mailServer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	s.addr <- addr
	var d net.Dialer
	return d.DialContext(ctx, network, s.listener.Addr().String())
}
