package httpapi

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto/api"
)

// TestRepeat has the answer of the first time, though a transaction that was given up
// has left one of its own.
func TestRepeat(t *testing.T) {
	left := api.Changed{
		Version: 7, Etag: `"stale"`,
		Results: []api.OperationResult{{Entity: "stale", Resource: "10.0.0.2"}},
	}
	done := &doneBefore{kept: `{"request": "1", "answer": {"version": 6, "results": [{"entity": "web1"}]}}`, request: "1"}
	if err := done.repeat(&left); err != nil {
		t.Fatal(err)
	}
	want := api.Changed{Version: 6, Results: []api.OperationResult{{Entity: "web1"}}}
	if diff := cmp.Diff(want, left); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
