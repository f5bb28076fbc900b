package cli

import (
	"slices"
	"testing"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"node001", "node002", "rk-01", "sw-01", "web-tier"}
	for _, tc := range []struct {
		name string
		want []string
	}{
		{"node01", []string{"node001", "node002"}},
		{"NODE001", []string{"node001", "node002"}},
		{"rk-10", []string{"rk-01"}},
		{"zz", nil},
		{"", nil},
		{"webtier", []string{"web-tier"}},
	} {
		if got := nearest(tc.name, names); !slices.Equal(got, tc.want) {
			t.Errorf("nearest(%q) = %q, want %q", tc.name, got, tc.want)
		}
	}
}
