//go:build race

package mysql_test

// raceDetector says whether the tests run with it.
const raceDetector = true
