package postgres_test

import (
	"testing"

	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/storetest"
)

func TestDump(t *testing.T) {
	storetest.RunDump(t, create(t, postgres.Options{}))
}
