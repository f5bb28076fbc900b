//go:build race

package main

// raceDetector says that the program under test has the detector, whose records are
// part of what is allocated.
const raceDetector = true
