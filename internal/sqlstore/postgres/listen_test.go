package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/clusto/clusto/internal/sqlstore/postgres"
)

// TestNotify hears of a commit.
func TestNotify(t *testing.T) {
	s, dsn := createAt(t, postgres.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	if _, err := c.Exec(ctx, `LISTEN clusto_commit`); err != nil {
		t.Fatal(err)
	}
	if _, err := note(t, s, "a", false); err != nil {
		t.Fatal(err)
	}
	if n, err := c.WaitForNotification(ctx); err != nil || n.Channel != "clusto_commit" {
		t.Errorf("%+v, %v, want word of the commit", n, err)
	}
}
