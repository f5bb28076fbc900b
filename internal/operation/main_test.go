package operation_test

import (
	"os"
	"testing"

	"github.com/clusto/clusto/internal/testenv"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }
