package operation_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/operation"
)

// TestBulkPatterns refuses patterns that would be too much for many things, before
// anything is looked for.
func TestBulkPatterns(t *testing.T) {
	w := newWorld(t).furnish()
	long := strings.Repeat("x", 4001)
	for _, rename := range []api.BulkRename{{Match: long, Name: "a"}, {Match: "a", Name: long}, {Match: "(", Name: "a"}} {
		_, err := operation.RunBulk(t.Context(), w.store, w.env, operation.Bulk{
			Steps: []api.BulkStep{{Rename: &rename}},
			Select: func(context.Context, *clusto.Inventory) ([]clusto.Entity, error) {
				t.Error("things were looked for")
				return nil, nil
			},
		})
		if !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%.20s, %.20s: %v", rename.Match, rename.Name, err)
		}
	}
}
