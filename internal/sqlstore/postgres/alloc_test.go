package postgres_test

import (
	"context"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/alloctest"
	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/testenv"
)

// openStore opens a database as a process of its own does.
func openStore(ctx context.Context, where string) (clusto.Store, error) {
	return postgres.Open(ctx, where, postgres.Options{})
}

// TestAllocation has many workers, in goroutines and in processes, fight over the
// last of everything.
func TestAllocation(t *testing.T) {
	alloctest.Run(t, func(t *testing.T) alloctest.Database {
		store, dsn := createAt(t, postgres.Options{})
		return alloctest.Database{Store: store, Where: []string{dsn}, Open: openStore}
	}, alloctest.Options{})
}

// TestPromotedAllocation has workers fight over the last of everything while the
// server is lost and its standby takes over, which has all that was acknowledged.
func TestPromotedAllocation(t *testing.T) {
	alloctest.Run(t, func(t *testing.T) alloctest.Database {
		primary, standby := testenv.Standby(t)
		dsn := testenv.DSN(primary.CreateDatabase(t), primary, standby)
		return alloctest.Database{
			Store: createIn(t, dsn, postgres.Options{}), Where: []string{dsn}, Open: openStore,
			Disturb: func(t *testing.T, await func(int)) {
				await(100)
				primary.Kill(t)
				standby.Promote(t)
				await(100)
			},
		}
	}, alloctest.Options{Workers: 2, Processes: 3, Killed: 1})
}
