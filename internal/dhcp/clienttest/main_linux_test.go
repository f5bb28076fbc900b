package clienttest

import (
	"os"
	"testing"

	"github.com/clusto/clusto/app"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/testenv"
)

// asClusto is set where this program is to be clusto itself, as it is installed.
const asClusto = "CLUSTO_CLIENTTEST_RUN"

func TestMain(m *testing.M) {
	if os.Getenv(asClusto) != "" {
		os.Exit(app.CLI(all.Drivers(), append([]string{"clusto"}, os.Args[1:]...)))
	}
	os.Exit(testenv.Main(m))
}
