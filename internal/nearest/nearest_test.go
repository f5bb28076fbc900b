package nearest_test

import (
	"slices"
	"testing"

	"github.com/clusto/clusto/internal/nearest"
)

func TestNames(t *testing.T) {
	t.Parallel()
	names := []string{"node001", "node002", "rk-01", "sw-01", "web-tier", "dsn", "message", "Ärger", "x"}
	for _, tc := range []struct {
		name string
		want []string
	}{
		{"node01", []string{"node001", "node002"}},
		{"NODE001", []string{"node001", "node002"}},
		{"rk-10", []string{"rk-01"}},
		{"sk-01", []string{"rk-01", "sw-01"}},
		{"webtier", []string{"web-tier"}},
		{"dns", []string{"dsn"}},
		{"dn", []string{"dsn"}},
		{"ärgre", []string{"Ärger"}},
		{"mesage", []string{"message"}},
		{"mssg", nil},
		{"zz", nil},
		{"d", nil},
		{"X", []string{"x"}},
		{"", nil},
	} {
		if got := nearest.Names(tc.name, names); !slices.Equal(got, tc.want) {
			t.Errorf("Names(%q) = %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestNamesAreFew(t *testing.T) {
	t.Parallel()
	got := nearest.Names("node0", []string{"node5", "node4", "node0", "node4", "node3", "node2", "node1"})
	if want := []string{"node0", "node1", "node2"}; !slices.Equal(got, want) {
		t.Errorf("Names = %q, want %q", got, want)
	}
	got = nearest.Names("node0", []string{"node4", "node5", "node4"})
	if want := []string{"node4", "node5"}; !slices.Equal(got, want) {
		t.Errorf("Names = %q, want each once: %q", got, want)
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	if got := nearest.Name("lst", []string{"last", "list", "tree"}); got != "last" {
		t.Errorf("Name = %q, want the first of the nearest, last", got)
	}
	if got := nearest.Name("lst", []string{"tree"}); got != "" {
		t.Errorf("Name = %q, want nothing", got)
	}
}

func TestQuestion(t *testing.T) {
	t.Parallel()
	if got, want := nearest.Question("a", "b"), "did you mean a or b?"; got != want {
		t.Errorf("Question = %q, want %q", got, want)
	}
	if got := nearest.Question(); got != "" {
		t.Errorf("Question of nothing = %q, want nothing", got)
	}
}
