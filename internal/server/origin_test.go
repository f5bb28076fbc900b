package server_test

import (
	"net/http"
	"testing"

	"github.com/clusto/clusto/internal/server"
)

// TestOrigin refuses what pages of other sites have a browser ask for.
func TestOrigin(t *testing.T) {
	local := serve(t, server.Options{Handler: echo, Local: true})
	open := serve(t, server.Options{Handler: echo})
	behind := serve(t, server.Options{Handler: echo, Local: true, Settings: server.Settings{TrustedProxies: loopback}})
	for _, tc := range []struct {
		name    string
		s       *running
		method  string
		host    string
		headers map[string]string
		want    int
	}{
		{name: "as it is", s: local, want: 200},
		{name: "localhost", s: local, host: "LOCALHOST:80", want: 200},
		{name: "IPv6", s: local, host: "[::1]", want: 200},
		{name: "another name", s: local, host: "evil.example:80", want: 403},
		{name: "another address", s: local, host: "192.0.2.1", want: 403},
		{name: "a name that looks alike", s: local, host: "127.0.0.1.evil.example", want: 403},
		{name: "by a proxy", s: behind, host: "clusto.example", want: 200},
		{name: "not for one machine", s: open, host: "clusto.example", want: 200},
		{name: "a page that sends", s: open, method: "POST", headers: map[string]string{"Origin": "http://evil.example"}, want: 403},
		{name: "a page that sends, in new browsers", s: open, method: "POST", headers: map[string]string{"Sec-Fetch-Site": "cross-site"}, want: 403},
		{name: "a page of ours", s: open, method: "POST", headers: map[string]string{"Sec-Fetch-Site": "same-origin"}, want: 200},
		{name: "no browser", s: local, method: "POST", want: 200},
	} {
		req, err := http.NewRequestWithContext(t.Context(), tc.method, tc.s.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if tc.host != "" {
			req.Host = tc.host
		}
		for key, value := range tc.headers {
			req.Header.Set(key, value)
		}
		if resp, body := tc.s.do(t, req); resp.StatusCode != tc.want {
			t.Errorf("%s: %s %s, want %d", tc.name, resp.Status, body, tc.want)
		}
	}
}
