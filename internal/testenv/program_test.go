package testenv_test

import (
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/testenv"
)

// verdict is a test that notes how it ends and goes on.
type verdict struct {
	testing.TB
	failed, skipped string
}

func (v *verdict) Helper()               {}
func (v *verdict) Skip(args ...any)      { v.skipped = args[0].(string) }
func (v *verdict) Fatalf(string, ...any) { v.failed = "failed" }

func TestRequire(t *testing.T) {
	for _, test := range []struct {
		name, required string
		programs       []string
		want           string
	}{
		{"there", "", []string{"sh"}, ""},
		{"there and required", "sh", []string{"sh"}, ""},
		{"missing", "", []string{"sh", "no-such-program"}, "skipped"},
		{"missing, another required", "no-such,program", []string{"no-such-program"}, "skipped"},
		{"missing and required", "x,no-such-program", []string{"no-such-program"}, "failed"},
		{"required with blanks", "x no-such-program y", []string{"no-such-program"}, "failed"},
		{"what it comes with is required", "sh", []string{"sh", "no-such-program"}, "failed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("CLUSTO_TEST_REQUIRE", test.required)
			v := &verdict{TB: t}
			testenv.Require(v, test.programs...)
			got := v.failed
			if got == "" && v.skipped != "" {
				if !strings.Contains(v.skipped, "no-such-program is not installed") {
					t.Errorf("skipped because %s", v.skipped)
				}
				got = "skipped"
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
