package server_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto/internal/server"
)

// echo answers with the body of the request, or says why it cannot.
var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	switch large, timeout := (*http.MaxBytesError)(nil), net.Error(nil); {
	case errors.As(err, &large):
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
	case errors.As(err, &timeout) && timeout.Timeout():
		http.Error(w, "too slow", http.StatusRequestTimeout)
	default:
		_, _ = w.Write(body)
	}
})

// TestBodySize refuses bodies that are too large, told beforehand or not.
func TestBodySize(t *testing.T) {
	s := serve(t, server.Options{Handler: echo, Settings: server.Settings{MaxBody: 10, ReadTimeout: patience}})
	for _, tc := range []struct {
		body string
		told bool
		want int
	}{
		{body: "0123456789", told: true, want: 200},
		{body: "0123456789", want: 200},
		{body: "0123456789x", told: true, want: 413},
		{body: "0123456789x", want: 413},
	} {
		var body io.Reader = strings.NewReader(tc.body)
		if !tc.told {
			body = io.MultiReader(body)
		}
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url, body)
		resp, text := s.do(t, req)
		if resp.StatusCode != tc.want || tc.want == 200 && text != tc.body {
			t.Errorf("a body of %d bytes, told %v: %s %q, want %d", len(tc.body), tc.told, resp.Status, text, tc.want)
		}
	}
}

// raw sends text and returns all that comes back until the server closes.
func raw(t *testing.T, s *running, text string) string {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(patience))
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Errorf("after %q: %v", answer, err)
	}
	return string(answer)
}

// TestSlow ends what takes too long: headers, a body, a handler.
func TestSlow(t *testing.T) {
	const short = 50 * time.Millisecond
	s := serve(t, server.Options{Handler: echo, HeaderTimeout: short, Settings: server.Settings{ReadTimeout: short}})
	if got := raw(t, s, "GET / HTTP/1.1\r\nHost: a\r\n"); got != "" && !strings.Contains(got, "408") {
		t.Errorf("headers that do not end: %q", got)
	}
	if got := raw(t, s, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"); !strings.Contains(got, "408") {
		t.Errorf("a body that does not end: %q", got)
	}
	waiting := serve(t, server.Options{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			_, _ = io.WriteString(w, context.Cause(r.Context()).Error())
		}),
		Settings: server.Settings{RequestTimeout: short, ReadTimeout: short},
	})
	if _, got := waiting.get(t, "/"); !strings.Contains(got, "longer than is allowed") {
		t.Errorf("a handler that waits: %q", got)
	}
}

// TestLongRequest lets a handler think for longer than a body may take to come.
func TestLongRequest(t *testing.T) {
	const short = 30 * time.Millisecond
	s := serve(t, server.Options{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			select {
			case <-r.Context().Done():
			case <-time.After(3 * short): // the time that is to be survived
				_, _ = io.WriteString(w, "thought")
			}
		}),
		Settings: server.Settings{ReadTimeout: short, WriteTimeout: short},
	})
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url, strings.NewReader("body"))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Skipf("the answer came too late for its deadline: %v", err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); string(body) != "thought" {
		t.Errorf("got %q", body)
	}
}

// TestSlowReader ends an answer that the client does not take.
func TestSlowReader(t *testing.T) {
	ended := make(chan error, 1)
	s := serve(t, server.Options{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			piece := make([]byte, 1<<20)
			for {
				if _, err := w.Write(piece); err != nil {
					ended <- err
					return
				}
			}
		}),
		Settings: server.Settings{WriteTimeout: 50 * time.Millisecond},
	})
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("the answer ended without an error")
	}
}

// TestRates refuses who asks too often: an address, a network of IPv6, a user.
func TestRates(t *testing.T) {
	users := http.NewServeMux()
	s := serve(t, server.Options{Handler: users, Settings: server.Settings{
		RateAddress: 5, RateUser: 2, TrustedProxies: loopback, MetricsFrom: loopback}})
	users.Handle("/", s.PerUser(func(r *http.Request) string { return r.Header.Get("User") }, http.NotFoundHandler()))
	ask := func(from, user string, n int) (refused int) {
		t.Helper()
		for range n {
			resp, body := s.get(t, "/", "X-Forwarded-For", from, "User", user)
			if resp.StatusCode == http.StatusTooManyRequests {
				refused++
				if resp.Header.Get("Retry-After") != "1" || !strings.Contains(body, "too many requests of this") {
					t.Errorf("refused with %v %s", resp.Header, body)
				}
			}
		}
		return refused
	}
	if n := ask("192.0.2.1", "", 10); n != 0 {
		t.Errorf("%d of 10 requests were refused, which may come at once", n)
	}
	if n := ask("192.0.2.1", "", 40); n < 20 {
		t.Errorf("%d of 40 more were refused", n)
	}
	if n := ask("192.0.2.2", "", 1); n != 0 {
		t.Error("another address was refused")
	}
	if n := ask("2001:db8::1", "", 30) + ask("2001:db8::2", "", 1); n < 10 {
		t.Errorf("%d of 31 requests of one network were refused", n)
	}
	if n := ask("192.0.2.3", "ann", 4) + ask("192.0.2.4", "ann", 4); n < 3 {
		t.Errorf("%d of 8 requests of a user were refused", n)
	}
	if err := s.Reload(server.Settings{TrustedProxies: loopback}); err != nil {
		t.Fatal(err)
	}
	if n := ask("192.0.2.1", "ann", 20); n != 0 {
		t.Errorf("%d requests were refused without limits", n)
	}
}

// TestClient believes proxies that are trusted, and only those.
func TestClient(t *testing.T) {
	s := serve(t, server.Options{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ap, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || ap.Addr() != server.ClientAddr(r.Context()) {
			t.Errorf("RemoteAddr %q, ClientAddr %v", r.RemoteAddr, server.ClientAddr(r.Context()))
		}
		_, _ = io.WriteString(w, ap.Addr().String())
	})})
	proxies := server.Networks{Prefixes: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8")}}
	for _, tc := range []struct {
		trusted server.Networks
		header  string
		want    string
	}{
		{header: "192.0.2.1", want: "127.0.0.1"},
		{trusted: proxies, want: "127.0.0.1"},
		{trusted: proxies, header: "192.0.2.1", want: "192.0.2.1"},
		{trusted: proxies, header: "203.0.113.9, 192.0.2.1, 10.1.1.1", want: "192.0.2.1"},
		{trusted: proxies, header: "10.2.2.2,10.1.1.1", want: "10.2.2.2"},
		{trusted: proxies, header: "192.0.2.1, nonsense", want: "127.0.0.1"},
		{trusted: proxies, header: "::ffff:192.0.2.1", want: "192.0.2.1"},
	} {
		if err := s.Reload(server.Settings{TrustedProxies: tc.trusted, StopTimeout: patience}); err != nil {
			t.Fatal(err)
		}
		if _, got := s.get(t, "/", "X-Forwarded-For", tc.header); got != tc.want {
			t.Errorf("X-Forwarded-For %q: client %s, want %s", tc.header, got, tc.want)
		}
	}
}
