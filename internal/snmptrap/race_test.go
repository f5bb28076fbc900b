//go:build race

package snmptrap_test

// raceDetector says that the tests run with it.
const raceDetector = true
