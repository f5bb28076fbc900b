package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto/internal/classictest"
)

// TestOnce repeats requests that change something.
func TestOnce(t *testing.T) {
	h := newServer(classictest.Open(t))
	send := func(key, target, body string, status int) string {
		t.Helper()
		answer := ask(t, h, http.MethodPost, target, body, http.Header{"Idempotency-Key": {key}})
		text := string(bodyOf(t, answer))
		if answer.StatusCode != status {
			t.Fatalf("%s %s: %d %s", target, body, answer.StatusCode, text)
		}
		return text
	}
	for _, request := range []struct {
		name, target, body, other string
		status                    int
	}{
		{"create", "/entities", `{"entities":[{"name":"once","driver":"pool"}]}`, `{"entities":[{"name":"other","driver":"pool"}]}`, http.StatusCreated},
		{"add", "/entities/once/attributes", `{"attrs":[{"key":"a","value":1}]}`, `{"attrs":[{"key":"a","value":2}]}`, http.StatusCreated},
		{"import", "/import", `{"name":"jsonl","type":"pool","driver":"pool"}`, `{"name":"other","type":"pool","driver":"pool"}`, http.StatusOK},
		{"fsck", "/fsck", `{"repair":true}`, `{"repair":true,"only":["connections"]}`, http.StatusOK},
	} {
		first := send(request.name, request.target, request.body, request.status)
		if diff := cmp.Diff(first, send(request.name, request.target, request.body, request.status)); diff != "" {
			t.Errorf("%s again (-first +second):\n%s", request.name, diff)
		}
		send(request.name, request.target, request.other, http.StatusConflict)
	}
}
