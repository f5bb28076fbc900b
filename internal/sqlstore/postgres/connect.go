package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
)

// connectTimeout is how long a server may take to answer to a connection.
const connectTimeout = 10 * time.Second

// cancelWait is how long to wait for a server that was asked to stop a
// statement, before the connection is given up.
const cancelWait = 5 * time.Second

// configure returns the configuration of a connection without its password.
// What a DSN leaves out comes from libpq's environment variables and files.
func configure(a *address, o Options) (*pgx.ConnConfig, error) {
	if _, chosen := a.settings["target_session_attrs"]; !chosen && a.severalHosts() && os.Getenv("PGTARGETSESSIONATTRS") == "" {
		a.settings["target_session_attrs"] = "read-write"
	}
	config, err := pgx.ParseConfig(a.conninfo())
	if err != nil {
		why := errors.Unwrap(err) // err repeats what it could not read
		if why == nil {
			why = errors.New("a setting has a value that PostgreSQL's clients do not know")
		}
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the DSN of PostgreSQL cannot be used: %w", why),
			"see the settings behind the ? of the DSN")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	config.DialFunc = sqlstore.Dial
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "clusto"
	}
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: cancelWait}
	}
	// Statements that are run once, as migrations are, are not kept prepared:
	// the next one may change what they depend on.
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	config.AfterConnect = func(ctx context.Context, c *pgconn.PgConn) error {
		_, err := c.Exec(ctx, session(o.LockWait)).ReadAll()
		return err
	}
	return config, nil
}

// session returns the statements that set up a connection. Every statement of
// ours has one good plan whatever its arguments are, so that the server need
// not look for a better one, nor compile one; and an inventory is in memory, so
// that following an index is no reading here and there. The server notices a client that
// has vanished as we notice a server: a writer that is gone would keep all
// others waiting.
func session(lockWait time.Duration) string {
	return fmt.Sprintf(`SET client_encoding = 'UTF8';
SET lock_timeout = %d;
SET jit = off;
SET plan_cache_mode = force_generic_plan;
SET random_page_cost = 1.1;
SET tcp_keepalives_idle = %d;
SET tcp_keepalives_interval = %d;
SET tcp_keepalives_count = 3;
SET tcp_user_timeout = %d`,
		lockWait.Milliseconds(), int((sqlstore.Silence / 2).Seconds()), int((sqlstore.Silence / 6).Seconds()), sqlstore.Silence.Milliseconds())
}

// Connect opens a connection to the first host that can be used.
func (d *dialect) Connect(ctx context.Context) (driver.Conn, error) {
	config, err := d.configuration()
	if err != nil {
		return nil, err
	}
	c, err := stdlib.GetConnector(*config).Connect(ctx)
	if err != nil {
		return nil, d.refused(ctx, err)
	}
	return &conn{c.(*stdlib.Conn)}, nil
}

// configuration returns that of a connection, with its password.
func (d *dialect) configuration() (*pgx.ConnConfig, error) {
	config := d.config.Copy()
	password, err := d.password()
	if password != "" {
		config.Password = password
	}
	return config, err
}

// conn is a connection on which a commit is one: PostgreSQL answers to COMMIT
// of a transaction in which something has failed by rolling it back, which is
// no error to it. It also tells those who listen.
type conn struct{ *stdlib.Conn }

// ExecContext implements driver.ExecerContext.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	const failed = 'E'
	if query != `COMMIT` {
		return c.Conn.ExecContext(ctx, query, args)
	}
	server := c.Conn.Conn().PgConn()
	if server.TxStatus() == failed {
		return nil, errors.New("the transaction cannot be committed, because a statement in it has failed")
	}
	_, err := server.Exec(ctx, notify+`; COMMIT`).ReadAll() // in one journey
	return driver.RowsAffected(0), err
}

// password returns the password, which may change while the program runs, or
// "" if libpq's variables and files are to tell.
func (d *dialect) password() (string, error) {
	switch {
	case d.options.Password != nil:
		return d.options.Password()
	case d.address.passwordFile != "":
		text, err := os.ReadFile(d.address.passwordFile)
		if err != nil {
			return "", clusto.WithHint(clusto.Errorf(clusto.ErrUnavailable, "the password of database %s: %w", d.where, err),
				"password_file in the DSN names a file that holds the password and nothing else")
		}
		return strings.TrimRight(string(text), "\r\n"), nil
	}
	return d.address.password, nil
}

// refused returns the error of a connection that could not be made.
func (d *dialect) refused(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	kind, hint := clusto.ErrUnavailable, "see whether the server runs and accepts connections from here"
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch e.Code {
		case "28P01", "28000":
			hint = "see whether the DSN has the right user, and where the password comes from: the DSN, password_file, PGPASSWORD or ~/.pgpass"
		case "3D000":
			kind, hint = clusto.ErrNotFound, "to make the database, run: createdb NAME; then clusto initdb makes its tables"
		case "53300":
			hint = "the server has no connection left for us: raise its max_connections, or stop programs that do not need theirs"
		case "57P03":
			hint = "the server is starting, stopping or recovering; try again in a while"
		case "42704":
			kind, hint = clusto.ErrInvalid, "see the settings behind the ? of the DSN, and whether the server is PostgreSQL 12 or newer"
		}
	} else if _, ok := errors.AsType[*pgconn.NotPreferredError](err); ok || strings.Contains(err.Error(), "read only connection") {
		hint = "none of the hosts accepts changes at present; to read from a standby, add target_session_attrs=any to the DSN"
	}
	return clusto.WithHint(clusto.Errorf(kind, "cannot connect to database %s: %w", d.where, &oneLine{err}), "%s", hint)
}

// oneLine is an error of pgx, which has a line for every address it has tried,
// on one line. That a server has no TLS is of no interest where it was asked
// again without.
type oneLine struct{ error }

func (e *oneLine) Unwrap() error { return e.error }

func (e *oneLine) Error() string {
	var lines []string
	for line := range strings.Lines(e.error.Error()) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "failed to connect to `") && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	if len(lines) > 1 {
		lines = slices.DeleteFunc(lines, func(line string) bool { return strings.HasSuffix(line, "server refused TLS connection") })
	}
	if lines == nil {
		_, after, _ := strings.Cut(e.error.Error(), "`: ")
		return after
	}
	return strings.Join(lines, "; ")
}

// whereIs returns the DSN of what config connects to, without secrets.
func whereIs(config *pgx.ConnConfig) string {
	u := url.URL{Scheme: "postgresql", Path: "/" + config.Database}
	if config.User != "" {
		u.User = url.User(config.User)
	}
	var hosts []string
	add := func(host string, port uint16) {
		if strings.HasPrefix(host, "/") {
			u.RawQuery = "host=" + host
			return
		}
		if one := net.JoinHostPort(host, fmt.Sprint(port)); !slices.Contains(hosts, one) {
			hosts = append(hosts, one)
		}
	}
	add(config.Host, config.Port)
	for _, f := range config.Fallbacks {
		add(f.Host, f.Port)
	}
	u.Host = strings.Join(hosts, ",")
	return u.String()
}
