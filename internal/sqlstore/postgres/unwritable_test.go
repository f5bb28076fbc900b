package postgres_test

import (
	"testing"

	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/storetest"
)

// TestUnwritable reads while others write, as from a standby.
func TestUnwritable(t *testing.T) {
	s, dsn := createAt(t, postgres.Options{})
	storetest.RunUnwritable(t, s, openAt(t, dsn+"&options=-cdefault_transaction_read_only%3Don", postgres.Options{}))
}
