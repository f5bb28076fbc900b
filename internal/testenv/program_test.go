package testenv_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/testenv"
)

// verdict is a test that notes how it ends.
type verdict struct {
	testing.TB
	failed, skipped string
}

func (v *verdict) Helper() {}

func (v *verdict) Skip(args ...any) {
	v.skipped = fmt.Sprint(args...)
	runtime.Goexit()
}

func (v *verdict) Fatal(args ...any) {
	v.failed = fmt.Sprint(args...)
	runtime.Goexit()
}

func (v *verdict) Fatalf(format string, args ...any) { v.Fatal(fmt.Sprintf(format, args...)) }

// try runs a test that may end early.
func try(t *testing.T, test func(testing.TB)) *verdict {
	v := &verdict{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(v)
	}()
	<-done
	return v
}

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
			v := try(t, func(tb testing.TB) { testenv.Require(tb, test.programs...) })
			got := ""
			switch {
			case strings.Contains(v.failed, "no-such-program is not installed"):
				got = "failed"
			case strings.Contains(v.skipped, "no-such-program is not installed"):
				got = "skipped"
			}
			if got != test.want {
				t.Errorf("got %q, want %q: %s%s", got, test.want, v.failed, v.skipped)
			}
		})
	}
}
