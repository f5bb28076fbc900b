//go:build race

package racetest

// On says that the tests run with the race detector. It makes a program use more
// memory and far more time.
const On = true
