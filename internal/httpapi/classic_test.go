package httpapi_test

import (
	"testing"

	"github.com/clusto/clusto/internal/classictest"
)

// TestClassic asks about the database that classic clusto wrote.
func TestClassic(t *testing.T) {
	runArchives(t, "*.txtar", classictest.Open)
}
