package script_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/script"
)

// resolver answers from a function and counts the questions.
type resolver struct {
	asked  []string
	answer func(ctx context.Context, host string) ([]netip.Addr, error)
}

func (r *resolver) LookupNetIP(ctx context.Context, _, host string) ([]netip.Addr, error) {
	r.asked = append(r.asked, host)
	return r.answer(ctx, host)
}

func TestDNS(t *testing.T) {
	r := &resolver{answer: func(ctx context.Context, host string) ([]netip.Addr, error) {
		switch host {
		case "slow":
			<-ctx.Done()
			return nil, ctx.Err()
		case "a.example":
			return []netip.Addr{netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("10.0.0.1")}, nil
		}
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}}
	w := newWorld(t, func(o *script.Options) { o.Network = script.Network{DNS: true, Resolver: r} })
	w.eval("import dns\nfrom socket import gethostbyname\nfrom clusto.drivers import *")
	w.eval("def f():\n    BasicServer('a')\n    for i in range(3):\n        assert gethostbyname('a.example') == '10.0.0.1'\n    return dns.lookup('a.example')\nassert f() == ['2001:db8::1', '10.0.0.1']")
	if len(r.asked) != 1 {
		t.Errorf("asked %v in one transaction", r.asked)
	}
	w.eval("import socket\ntry:\n    socket.gethostbyname('b.example')\nexcept socket.error as e:\n    assert 'no such host' in str(e)")
	if got := w.fails("dns.lookup('slow')"); !strings.Contains(got, "look up slow") {
		t.Error(got)
	}
}

func TestHTTP(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/hang":
			<-r.Context().Done()
		case "/big":
			for range 11 << 10 {
				if _, err := w.Write(make([]byte, 1024)); err != nil {
					return
				}
			}
		default:
			w.Header().Set("X-Method", r.Method)
			w.WriteHeader(http.StatusTeapot)
			w.Write([]byte(`{"h": "` + r.Header.Get("A") + `"}`))
		}
	}))
	defer srv.Close()
	w := newWorld(t, func(o *script.Options) { o.Network = script.Network{HTTP: true} })
	w.eval("import http\nurl = '" + srv.URL + "'\nfrom clusto.drivers import *")
	w.eval("r = http.get(url, headers={'A': 'b'})\nassert r.status == 418 and r.json() == {'h': 'b'} and r.headers['X-Method'] == 'GET'\nassert http.post(url, body='x').headers['X-Method'] == 'POST'")
	if got := w.fails("http.get(url + '/big')"); !strings.Contains(got, "larger than") {
		t.Error(got)
	}
	if got := w.fails("http.get(url + '/hang', timeout=0.05)"); !strings.Contains(got, "/hang") {
		t.Error(got)
	}
	w.eval("try:\n    http.get('http://127.0.0.1:1/')\nexcept IOError as e:\n    pass")

	since := w.version()
	if got := w.fails("def f():\n    BasicServer('a')\n    http.get(url)\nf()"); !strings.Contains(got, "on_commit") {
		t.Error(got)
	}
	if w.version() != since {
		t.Error("something was written")
	}
	w.eval("def f():\n    http.get(url)\n    BasicServer('a')\n    on_commit(http.post, url)\nf()")
}

// TestMailBeforeConflict: a statement that has sent mail is not run again.
func TestMailBeforeConflict(t *testing.T) {
	mail := newMailServer(t)
	w := newWorld(t, func(o *script.Options) { o.Network = script.Network{SMTP: true, Dial: mail.dial} })
	s, _ := rivals(t, w)
	src := variables + readThenWrite + "import smtp\ndef g():\n    smtp.send('a@b', 'hello', 'text', sender='c@d')\n    f()\ng()\n"
	if err := s.Run(t.Context(), "a", src); !errors.Is(err, clusto.ErrConflict) {
		t.Errorf("got %v, want ErrConflict", err)
	}
	if got := mail.received(); len(got) != 1 || !strings.Contains(got[0].text, "Subject: hello\r\n\r\ntext") {
		t.Errorf("mails: %+v", got)
	}
	if got := w.fails("import smtplib\nsmtplib.SMTP('h').sendmail('a@b', ['c@d\\r\\nDATA'], 'x')"); !strings.Contains(got, "line break in an address") {
		t.Error(got)
	}
	if got := w.fails("import smtp\nsmtp.send('a@b', 'x\\nBcc: y@z', '', sender='c@d')"); !strings.Contains(got, "line break in a header") {
		t.Error(got)
	}
}

func TestMailErrors(t *testing.T) {
	w := newWorld(t, func(o *script.Options) {
		o.Network = script.Network{SMTP: true, Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("no route")
		}}
	})
	w.eval("import smtplib\ns = smtplib.SMTP('mail', 587)\ns.starttls(); s.login('u', 'p')")
	if got := w.fails("s.sendmail('a@b', ['c@d', 'e@f'], 'text')"); !strings.Contains(got, "IOError: mail to c@d, e@f through mail:587: no route") {
		t.Error(got)
	}
	if got := w.fails("s.sendmail('a@b', 5, 'text')"); !strings.Contains(got, "want a string or a list") {
		t.Error(got)
	}
}
