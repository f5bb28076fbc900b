//go:build !race

package sqlite_test

// manyEntities is how many the statement counts are taken of.
const manyEntities = 10_000

// raceDetector says whether the tests run with it.
const raceDetector = false
