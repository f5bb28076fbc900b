package sqlite_test

import (
	"context"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/alloctest"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// openStore opens a database as a process of its own does.
func openStore(ctx context.Context, where string) (clusto.Store, error) {
	return sqlite.Open(ctx, where, sqlite.Options{})
}

// TestAllocation has many workers, in goroutines and in processes, fight over the
// last of everything.
func TestAllocation(t *testing.T) {
	alloctest.Run(t, func(t *testing.T) alloctest.Database {
		store, path := createAt(t, sqlite.Options{})
		return alloctest.Database{Store: store, Where: []string{path}, Open: openStore}
	}, alloctest.Options{})
}
