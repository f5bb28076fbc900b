// Package postgres keeps the inventory in a PostgreSQL database, of version 12
// or newer. [Open] opens one that is there, [Create] makes the tables in one;
// both return the store of package sqlstore with PostgreSQL's way of doing
// things.
package postgres

import (
	"context"

	"github.com/clusto/clusto/internal/sqlstore"
)

// Options are how a database is opened. The zero Options work.
type Options struct {
	sqlstore.Options
	// Password, if not nil, is called for the password of each new connection
	// and prevails over what the DSN says.
	Password func() (string, error)
}

// Open opens the database that dsn names, which may be one of classic clusto
// as it is. It returns ErrNotFound if there is no such database, and ErrInvalid
// if it is not one of clusto.
func Open(ctx context.Context, dsn string, o Options) (*sqlstore.Store, error) {
	d, err := newDialect(dsn, o)
	if err != nil {
		return nil, err
	}
	return sqlstore.New(ctx, d, o.Options, sqlstore.MustBeClusto)
}

// Create makes the tables in the database that dsn names, or brings those that
// are there up to date, and opens it. Doing so again changes nothing. It returns
// ErrNotFound if there is no such database, and ErrInvalid if it is one of
// something else.
func Create(ctx context.Context, dsn string, o Options) (*sqlstore.Store, sqlstore.Report, error) {
	d, err := newDialect(dsn, o)
	if err != nil {
		return nil, sqlstore.Report{}, err
	}
	return sqlstore.Create(ctx, d, o.Options)
}

func newDialect(dsn string, o Options) (*dialect, error) {
	o.Options = o.Options.WithDefaults()
	a, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	config, err := configure(&a, o)
	if err != nil {
		return nil, err
	}
	where := whereIs(config)
	return &dialect{address: a, options: o, config: config, where: where, slot: sqlstore.NewSlot(where, o.LockWait)}, nil
}
