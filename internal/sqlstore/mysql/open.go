// Package mysql keeps the inventory in a database of MariaDB, a Galera cluster
// or MySQL. [Open] opens one that is there, [Create] brings one up to date or
// fills an empty one; both return the store of package sqlstore with these
// servers' way of doing things.
package mysql

import (
	"context"

	"github.com/clusto/clusto/internal/sqlstore"
)

// Options are how a database is opened. The zero Options work.
type Options struct {
	sqlstore.Options
	// Password, if not nil, is called for the password of each new connection
	// if the DSN has none.
	Password func() (string, error)
}

// Open opens the database that dsn names, which may be one of classic clusto
// as it is. It returns ErrInvalid if that is not a database of clusto.
func Open(ctx context.Context, dsn string, o Options) (*sqlstore.Store, error) {
	d, err := newDialect(dsn, o)
	if err != nil {
		return nil, err
	}
	return sqlstore.New(ctx, d, o.Options, sqlstore.MustBeClusto)
}

// Create makes the tables in the database that dsn names, or brings those that
// are there up to date, and opens it. Doing so again changes nothing. The
// database itself must be there.
func Create(ctx context.Context, dsn string, o Options) (*sqlstore.Store, sqlstore.Report, error) {
	d, err := newDialect(dsn, o)
	if err != nil {
		return nil, sqlstore.Report{}, err
	}
	return sqlstore.Create(ctx, d, o.Options)
}
