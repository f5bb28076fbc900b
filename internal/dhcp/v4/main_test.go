package v4_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/clusto/clusto/internal/testenv"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(testenv.Tests{M: m}) }
