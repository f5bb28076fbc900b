package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/classictest"
)

// TestUnknownParameters checks that a mistyped parameter is refused before anything
// is done: without that, ?dryrun=true would delete.
func TestUnknownParameters(t *testing.T) {
	t.Parallel()
	h := newServer(classictest.Open(t))
	for _, test := range []struct{ method, path, hint string }{
		{http.MethodDelete, "/entities/node001?dryrun=true", "did you mean dry_run?"},
		{http.MethodGet, "/entities?limt=1", "did you mean limit?"},
		{http.MethodGet, "/server?verbose", "it takes none"},
	} {
		answer := ask(t, h, test.method, test.path, "", nil)
		if text := string(bodyOf(t, answer)); answer.StatusCode != http.StatusBadRequest || !strings.Contains(text, test.hint) {
			t.Errorf("%s %s: %d %s", test.method, test.path, answer.StatusCode, text)
		}
	}
	if answer := ask(t, h, http.MethodGet, "/entities/node001", "", nil); answer.StatusCode != http.StatusOK {
		t.Errorf("node001 is gone: %s", bodyOf(t, answer))
	}
}
