package testenv

import "testing"

// Main runs the tests of a package, ends the servers that they started, and
// returns the exit status:
//
//	func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }
//
// Without it the servers end too, a moment after the test binary.
func Main(m *testing.M) int { return Tests{m}.Run() }

// Tests are the tests of a package followed by the end of the servers that they
// started, for what wants to run them itself:
//
//	func TestMain(m *testing.M) { goleak.VerifyTestMain(testenv.Tests{M: m}) }
type Tests struct{ M *testing.M }

// Run is [Main].
func (t Tests) Run() int {
	defer binary.end()
	return t.M.Run()
}
