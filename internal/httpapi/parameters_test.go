package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/classictest"
)

// TestMistypedParameters checks that a parameter which no operation has is refused,
// and nothing is done: least of all what should only have been tried.
func TestMistypedParameters(t *testing.T) {
	t.Parallel()
	h := newServer(classictest.Open(t))
	for _, c := range []struct{ method, target, want string }{
		{http.MethodDelete, "/api/v1/entities/node001?dryrun=true", "did you mean dry_run?"},
		{http.MethodGet, "/api/v1/entities?typ=server", "did you mean type?"},
		{http.MethodGet, "/api/v1/entities/node001?", ""},
		{http.MethodGet, "/api/v1/entities?type=server&colour=blue", "/api/v1/openapi.yaml describes those there are"},
	} {
		answer := ask(t, h, c.method, c.target, "", nil)
		status := http.StatusBadRequest
		if c.want == "" {
			status = http.StatusOK
		}
		if body := string(bodyOf(t, answer)); answer.StatusCode != status || !strings.Contains(body, c.want) {
			t.Errorf("%s %s: %d, %s; want %d, %s", c.method, c.target, answer.StatusCode, body, status, c.want)
		}
	}
	if answer := ask(t, h, http.MethodGet, "/api/v1/entities/node001", "", nil); answer.StatusCode != http.StatusOK {
		t.Errorf("node001 is gone: %s", answer.Status)
	}
}
