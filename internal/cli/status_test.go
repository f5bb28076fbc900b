package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/clusto/clusto"
)

// TestExitStatus ranges over every kind of error, so that a new kind cannot be
// forgotten.
func TestExitStatus(t *testing.T) {
	t.Parallel()
	seen := map[int]error{statusOK: nil, statusOther: nil, statusUsage: nil, statusInterrupted: nil, statusFindings: nil}
	for _, kind := range clusto.ErrorKinds() {
		status := exitStatus(fmt.Errorf("insert web7: %w", clusto.WithHint(clusto.Errorf(kind, "no"), "yes")))
		if other, taken := seen[status]; taken {
			t.Errorf("%v has the status %d, which means something else (%v)", kind, status, other)
		}
		seen[status] = kind
	}
	for _, tc := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("whatever"), 1},
		{usagef("what?"), 2},
		{fmt.Errorf("read: %w", context.Canceled), 130},
		{errors.Join(clusto.ErrNotFound, errors.New("close")), 3},
	} {
		if got := exitStatus(tc.err); got != tc.want {
			t.Errorf("exitStatus(%v) = %d, want %d", tc.err, got, tc.want)
		}
	}
}
