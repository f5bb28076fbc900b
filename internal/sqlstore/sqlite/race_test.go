//go:build race

package sqlite_test

// manyEntities is how many the statement counts are taken of: with the race detector
// the tenth, for the engine is fifty times as slow with it, and knows no goroutines.
const manyEntities = 1_000

// raceDetector says whether the tests run with it.
const raceDetector = true
