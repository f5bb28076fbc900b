package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/config"
	"github.com/clusto/clusto/internal/httpapi"
)

// send sends a request of a user with one more header.
func (f *site) send(user, method, path, body, name, value string) *httptest.ResponseRecorder {
	f.Helper()
	r := httptest.NewRequestWithContext(f.Context(), method, httpapi.Prefix+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+f.tokens[user])
	r.Header.Set(name, value)
	w := httptest.NewRecorder()
	f.answer.ServeHTTP(w, r)
	return w
}

// newNarrowSite has bob see and change web1, which refers to sw1, which he does not see.
func newNarrowSite(t *testing.T) *site {
	f := newSite(t, func(h *config.HTTP) { h.Read = config.ReadGranted })
	f.do("POST", "/entities", `{"entities": [
		{"name": "bobs", "driver": "pool"}, {"name": "sw1", "driver": "basicnetworkswitch"},
		{"name": "web1", "driver": "basicserver", "in": [{"container": "bobs"}]}]}`)
	f.do("POST", "/entities/web1/attributes", `{"attrs": [{"key": "uplink", "type": "relation", "value": "sw1"}]}`)
	f.grant("bob", "write * in bobs")
	return f
}

// TestIfMatchOfSomeSight has somebody change what they do not see all of.
func TestIfMatchOfSomeSight(t *testing.T) {
	f := newNarrowSite(t)
	tag := f.send("bob", "GET", "/entities/web1", "", "Accept", "application/json").Header().Get("ETag")
	for _, body := range []string{`{"attrs": [{"key": "a", "value": 1}], "dry_run": true}`, `{"attrs": [{"key": "a", "value": 1}]}`} {
		w := f.send("bob", "PUT", "/entities/web1/attributes", body, "If-Match", tag)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", body, w.Code, w.Body)
		}
		if next := w.Header().Get("ETag"); next != "" {
			tag = next
		}
	}
	if w := f.send("bob", "PUT", "/entities/web1/attributes", `{"attrs": [{"key": "a", "value": 2}]}`, "If-Match", tag); w.Code != http.StatusOK {
		t.Errorf("with the ETag of the change before: %d %s", w.Code, w.Body)
	}
	if w := f.send("bob", "PUT", "/entities/web1/attributes", `{"attrs": [{"key": "a", "value": 3}]}`, "If-Match", tag); w.Code != http.StatusPreconditionFailed {
		t.Errorf("with an old ETag: %d %s", w.Code, w.Body)
	}
}

// TestTakenNames has the names of things asked for that may not be seen.
func TestTakenNames(t *testing.T) {
	f := newNarrowSite(t)
	for _, request := range [][3]string{
		{"POST", "/entities", `{"entities": [{"name": "sw1", "driver": "basicserver", "in": [{"container": "bobs"}]}]}`},
		{"PATCH", "/entities/web1", `{"name": "sw1"}`},
		{"POST", "/import", `{"name": "sw1", "driver": "basicserver"}`},
	} {
		status, answer := f.ask("bob", request[0], httpapi.Prefix+request[1], request[2])
		if status < 400 || !strings.Contains(answer, "exists already") || strings.Contains(answer, "switch") {
			t.Errorf("%s: %d %s", request, status, answer)
		}
	}
}

// TestReceiptsOfNarrowedTokens repeats a request by a token that may less than the one
// by which it was made.
func TestReceiptsOfNarrowedTokens(t *testing.T) {
	f := newSite(t, nil)
	f.do("POST", "/entities/node001/attributes", `{"attrs": [{"key": "root", "subkey": "password", "value": "geheim"}]}`)
	secret, _, err := f.door.accounts.Kept.IssueToken(t.Context(), access.TokenRequest{User: "ann", Name: "narrow", Narrowed: []string{"read entity"}})
	f.ok(err)
	f.tokens["narrow"] = secret
	const path, body = "/entities/node001/methods/attr_values", `{"named": {"key": "root"}}`
	for range 2 {
		if w := f.send("ann", "POST", path, body, "Idempotency-Key", "k"); !strings.Contains(w.Body.String(), "geheim") {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if w := f.send("narrow", "POST", path, body, "Idempotency-Key", "k"); w.Code != http.StatusForbidden {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
}

// TestPowerOnce repeats a request that switches power, when that cannot be done any more.
func TestPowerOnce(t *testing.T) {
	f := newSite(t, nil)
	f.do("POST", "/entities", `{"entities":[{"name":"s1","driver":"siren","attrs":[{"key":"snmp","subkey":"community","value":"hush-hush"}]}]}`)
	first := f.send("ann", "POST", "/entities/s1/power", `{"action":"off"}`, "Idempotency-Key", "k")
	f.do("DELETE", "/entities/s1/attributes?key=snmp", "")
	again := f.send("ann", "POST", "/entities/s1/power", `{"action":"off"}`, "Idempotency-Key", "k")
	if first.Code != http.StatusOK || again.Code != http.StatusOK || again.Body.String() != first.Body.String() {
		t.Errorf("%d %s, then %d %s", first.Code, first.Body, again.Code, again.Body)
	}
	if anew := f.send("ann", "POST", "/entities/s1/power", `{"action":"off"}`, "Idempotency-Key", "k2"); anew.Code != http.StatusBadRequest {
		t.Errorf("another request: %d %s", anew.Code, anew.Body)
	}
}
