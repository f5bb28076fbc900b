//go:build !race

package sandbox_test

// raceDetector says that the tests run with it.
const raceDetector = false
