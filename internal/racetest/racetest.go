// Package racetest says whether tests run with the race detector, and leaves out
// those that only take long with it.
package racetest

import "testing"

// OneAtATime leaves a test out in which nothing is done at once, so that nothing can
// race, and which the race detector makes slow. "make raceless" runs those.
func OneAtATime(tb testing.TB) {
	tb.Helper()
	if On {
		tb.Skip("nothing is done at once here; it runs without the race detector")
	}
}
