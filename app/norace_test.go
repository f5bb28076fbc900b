//go:build !race

package app

// raceDetector says that the tests run with it.
const raceDetector = false
