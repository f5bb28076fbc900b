package server_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/server"
)

// TestExposure refuses what others could reach and nothing protects.
func TestExposure(t *testing.T) {
	none, all := server.Exposure{}, server.Exposure{TLS: true, Accounts: true}
	for _, tc := range []struct {
		addr string
		how  server.Exposure
		want string // in the error; "" for none
	}{
		{addr: "127.0.0.1:0", how: none},
		{addr: "127.8.9.1:80", how: none},
		{addr: "[::1]:80", how: none},
		{addr: "[::ffff:127.0.0.1]:80", how: none},
		{addr: "localhost:80", how: none},
		{addr: "unix:/run/clusto/http.sock", how: none},
		{addr: "0.0.0.0:80", how: none, want: "without TLS (tls_cert and tls_key) and without accounts (accounts = on)"},
		{addr: ":80", how: none, want: "without TLS"},
		{addr: "[::]:80", how: none, want: "without TLS"},
		{addr: "192.0.2.1:80", how: none, want: "without TLS"},
		{addr: "192.0.2.1:80", how: server.Exposure{TLS: true}, want: "machines, without accounts"},
		{addr: "192.0.2.1:80", how: server.Exposure{Accounts: true}, want: "without TLS (tls_cert and tls_key)"},
		{addr: "192.0.2.1:80", how: all},
		{addr: "0.0.0.0:80", how: server.Exposure{Insecure: true}},
	} {
		err := tc.how.CheckListen(tc.addr)
		if tc.want == "" && err != nil {
			t.Errorf("%s, %+v: %v", tc.addr, tc.how, err)
		}
		if tc.want != "" && (!errors.Is(err, clusto.ErrInvalid) || !strings.Contains(err.Error(), tc.want) || !strings.Contains(clusto.Hint(err), "--insecure")) {
			t.Errorf("%s, %+v: %v (%s), want %q", tc.addr, tc.how, err, clusto.Hint(err), tc.want)
		}
	}
	open, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	if none.CheckListener(open) == nil || all.CheckListener(open) != nil {
		t.Error("a socket of somebody else is not checked like ours")
	}
}

// TestUnixSocket serves on a Unix socket, replaces one that was left behind, and
// leaves one alone that is used.
func TestUnixSocket(t *testing.T) {
	dir, err := os.MkdirTemp("", "sockets") // the test's own may be too long a path for a socket
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "http.sock")
	addr := "unix:" + path
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	left.Close()
	sockets, err := server.Inherit()
	if err != nil {
		t.Fatal(err)
	}
	l, err := sockets.Listen(addr)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	s := serve(t, server.Options{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.RemoteAddr)
	}), Listeners: []net.Listener{l}, Settings: server.Settings{MetricsFrom: loopback, RateAddress: 1}})
	client := &http.Client{Transport: &http.Transport{Dial: func(string, string) (net.Conn, error) { return net.Dial("unix", path) }}}
	defer client.CloseIdleConnections()
	for range 5 { // who is on this machine has no rate
		resp, err := client.Get("http://clusto/metrics")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Error(resp.Status)
		}
	}
	s.log.await(t, "path=/metrics", "addr=unix")
	if _, err := sockets.Listen(addr); !errors.Is(err, clusto.ErrUnavailable) || !strings.Contains(clusto.Hint(err), "another program") {
		t.Errorf("a socket that is used: %v (%s)", err, clusto.Hint(err))
	}
	client.CloseIdleConnections()
	s.stop(nil)
	<-s.done
	sockets.Close()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is left behind: %v", err)
	}
}
