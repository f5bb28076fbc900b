package postgres_test

import (
	"testing"

	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/storetest"
)

// TestOvertaken reads while others write.
func TestOvertaken(t *testing.T) {
	s, dsn := createAt(t, postgres.Options{})
	other := openAt(t, dsn, postgres.Options{})
	storetest.RunOvertaken(t, s, other)
	storetest.RunUndecided(t, s, other)
}

// TestUnwritable reads while others write, as from a standby.
func TestUnwritable(t *testing.T) {
	s, dsn := createAt(t, postgres.Options{})
	storetest.RunUnwritable(t, s, openAt(t, dsn+"&options=-cdefault_transaction_read_only%3Don", postgres.Options{}))
}
