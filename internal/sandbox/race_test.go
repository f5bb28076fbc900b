//go:build race

package sandbox_test

// raceDetector says that the tests run with it. It sets more memory aside than any
// limit allows.
const raceDetector = true
