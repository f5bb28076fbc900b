package mysql_test

import (
	"context"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/alloctest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/mysql"
	"github.com/clusto/clusto/internal/testenv"
)

// patient waits longer than anybody should have to: that a machine has much else
// to do is no fault.
var patient = mysql.Options{Options: sqlstore.Options{LockWait: 2 * time.Minute, Patience: 2 * time.Minute}}

// openStore opens a database as a process of its own does.
func openStore(ctx context.Context, where string) (clusto.Store, error) {
	return mysql.Open(ctx, where, patient)
}

// TestAllocation has many workers, in goroutines and in processes, fight over the
// last of everything.
func TestAllocation(t *testing.T) {
	server := testenv.MariaDB(t)
	alloctest.Run(t, func(t *testing.T) alloctest.Database {
		dsn := server.NewDatabase(t)
		store := create(t, dsn, mysql.Options{})
		return alloctest.Database{Store: store, Where: []string{dsn}, Open: openStore}
	}, alloctest.Options{})
}
