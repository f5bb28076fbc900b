//go:build !race

package v4_test

// raceDetector says that the tests run with it.
const raceDetector = false
