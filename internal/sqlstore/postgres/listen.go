package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"github.com/clusto/clusto/internal/sqlstore"
)

// The channel on which every commit of ours is told, within its database.
const (
	notify = `NOTIFY clusto_commit`
	listen = `LISTEN clusto_commit`
)

var (
	_ sqlstore.Listening = (*dialect)(nil)
	_ sqlstore.Written   = (*dialect)(nil)
)

// Listen implements sqlstore.Listening, on a connection of its own. A standby
// refuses, and so may what stands between.
func (d *dialect) Listen(ctx context.Context, heard func()) error {
	config, err := d.configuration()
	if err != nil {
		return err
	}
	// There is no statement to be stopped when ctx ends, only a wait.
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.DeadlineContextWatcherHandler{Conn: c.Conn()}
	}
	c, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	// What is left of the connection is of no use: its end is not worth an error.
	defer func() { _ = c.PgConn().Conn().Close() }()
	if _, err := c.Exec(ctx, listen); err != nil {
		return err
	}
	for {
		heard()
		if _, err := c.WaitForNotification(ctx); err != nil {
			return err
		}
	}
}

// Written implements sqlstore.Written. The server counts rows up to ten seconds
// after they were written.
func (d *dialect) Written() string {
	return `SELECT CAST(coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) AS text) FROM pg_stat_user_tables ` +
		`WHERE relname IN ('entities', 'entity_attrs')`
}
