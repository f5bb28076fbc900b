//go:build !race

package racetest

// On says that the tests run with the race detector.
const On = false
