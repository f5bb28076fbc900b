//go:build !race

package main

// raceDetector says that the program under test has none.
const raceDetector = false
