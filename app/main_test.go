package app

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/testenv"
)

// TestMain makes this program the child of a session, or a server, when it is told
// to.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == cli.ScriptChild || os.Args[1] == "serve") {
		os.Exit(CLI(all.Drivers(), os.Args))
	}
	goleak.VerifyTestMain(testenv.Tests{M: m})
}
