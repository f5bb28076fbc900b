//go:build !race

package access_test

// raceDetector says whether the tests run with it.
const raceDetector = false
