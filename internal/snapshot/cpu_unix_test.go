//go:build unix

package snapshot_test

import (
	"syscall"
	"testing"
	"time"
)

// cpu returns how much processor time the program has used, which says more than
// the time that has passed where many programs run.
func cpu(tb testing.TB) time.Duration {
	tb.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
