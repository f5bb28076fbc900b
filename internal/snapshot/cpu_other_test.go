//go:build !unix

package snapshot_test

import (
	"testing"
	"time"
)

// cpu returns the time, where that of the processors is not known.
func cpu(testing.TB) time.Duration { return time.Duration(time.Now().UnixNano()) }
