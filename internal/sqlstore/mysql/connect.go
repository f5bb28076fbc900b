package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
)

// host is one of the servers that a DSN names.
type host struct {
	name  string
	serve driver.Connector // for the store
	build driver.Connector // for migrations, whose statements take any time
}

// newHosts returns the servers of t.
func newHosts(t *target, o Options) ([]host, error) {
	encrypt, optional, err := t.tls.config()
	if err != nil {
		return nil, err
	}
	var hosts []host
	for _, a := range t.hosts {
		c := mysqldriver.NewConfig()
		c.User, c.Passwd, c.DBName = t.user, t.password, t.database
		if o.Password != nil && t.password == "" {
			if err := c.Apply(mysqldriver.BeforeConnect(func(_ context.Context, c *mysqldriver.Config) (err error) {
				c.Passwd, err = o.Password()
				return err
			})); err != nil {
				return nil, err
			}
		}
		c.Net, c.Addr = a.network, a.addr
		c.Collation = "utf8mb4_bin"
		c.Logger = &mysqldriver.NopLogger{}
		c.Timeout, c.DialFunc = t.connect, sqlstore.Dial
		c.MaxAllowedPacket = 0 // what the server says
		c.ClientFoundRows = true
		c.MultiStatements = true // for transaction control, which has no arguments
		if a.network != "unix" {
			c.TLS, c.AllowFallbackToPlaintext = encrypt, optional
		}
		h := host{name: a.addr}
		build := c.Clone()
		build.ParseTime = true // for goose
		if h.build, err = mysqldriver.NewConnector(build); err != nil {
			return nil, clusto.Errorf(clusto.ErrInvalid, "database %s: %w", t.where(), err)
		}
		c.ReadTimeout, c.WriteTimeout = t.read, t.write
		if h.serve, err = mysqldriver.NewConnector(c); err != nil {
			return nil, clusto.Errorf(clusto.ErrInvalid, "database %s: %w", t.where(), err)
		}
		hosts = append(hosts, h)
	}
	return hosts, nil
}

// Connect opens a connection to the first server that can be written, or else
// the first that can be read.
func (d *dialect) Connect(ctx context.Context) (driver.Conn, error) {
	c, s, err := d.first(ctx, func(h host) driver.Connector { return h.serve })
	if err == nil && s.cluster {
		// What follows a transaction that was given up must not last by itself.
		if _, err = c.(driver.ExecerContext).ExecContext(ctx, `SET autocommit = 0`, nil); err != nil {
			discard(c)
			return nil, err
		}
	}
	return c, err
}

// first returns a connection to the first server that will do, set up.
func (d *dialect) first(ctx context.Context, connector func(host) driver.Connector) (driver.Conn, server, error) {
	var spare driver.Conn
	var spareServer server
	var refusals []error
	for _, h := range d.hosts {
		c, s, err := d.connect(ctx, connector(h))
		switch {
		case ctx.Err() != nil:
			discard(c)
			discard(spare)
			return nil, server{}, context.Cause(ctx)
		case err != nil:
			refusals = append(refusals, d.refusal(h, err))
		case !s.readOnly:
			discard(spare)
			return c, s, nil
		case spare == nil:
			spare, spareServer = c, s
		default:
			discard(c)
		}
	}
	if spare != nil {
		return spare, spareServer, nil
	}
	return nil, server{}, d.refused(refusals)
}

// discard closes a connection on which nothing was done, if there is one.
func discard(c driver.Conn) {
	if c != nil {
		_ = c.Close()
	}
}

// connect opens a connection and sets it up.
func (d *dialect) connect(ctx context.Context, connector driver.Connector) (driver.Conn, server, error) {
	c, err := connector.Connect(ctx)
	if err != nil {
		return nil, server{}, err
	}
	s, err := inspect(ctx, c)
	if err == nil {
		err = d.setUp(ctx, c, s)
	}
	if err != nil {
		discard(c)
		return nil, s, err
	}
	d.isMySQL.Store(!s.mariadb)
	d.cluster.Store(s.cluster)
	return c, s, nil
}

// server is what a server says about itself.
type server struct {
	mariadb  bool
	cluster  bool // it is a node of a Galera cluster
	readOnly bool
}

// inspect learns what kind of server there is and whether it can be used.
func inspect(ctx context.Context, c driver.Conn) (server, error) {
	v, err := pairs(ctx, c, `SHOW VARIABLES WHERE Variable_name IN ('version', 'read_only', 'super_read_only', 'innodb_read_only', 'wsrep_on')`)
	if err != nil {
		return server{}, err
	}
	s := server{
		mariadb:  strings.Contains(v["version"], "MariaDB"),
		cluster:  v["wsrep_on"] == "ON",
		readOnly: isOn(v["read_only"]) || isOn(v["super_read_only"]) || isOn(v["innodb_read_only"]),
	}
	if err := checkVersion(v["version"], s.mariadb); err != nil {
		return s, err
	}
	if !s.cluster {
		return s, nil
	}
	status, err := pairs(ctx, c, `SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_ready', 'wsrep_local_state', 'wsrep_local_state_comment')`)
	if err != nil {
		return s, err
	}
	const donor, synced = "2", "4"
	if state := status["wsrep_local_state"]; status["wsrep_ready"] != "ON" || state != donor && state != synced {
		return s, &notReadyError{status["wsrep_local_state_comment"]}
	}
	return s, nil
}

// isOn reads a switch; read_only has more than two positions on some servers.
func isOn(value string) bool { return value != "" && value != "OFF" && value != "0" }

// notReadyError is a node that does not take part in its cluster just now.
type notReadyError struct{ state string }

func (e *notReadyError) Error() string {
	return fmt.Sprintf("the node does not take part in its cluster now (%s)", e.state)
}

// The oldest versions that have what the statements need: JSON_TABLE, and for
// MySQL utf8mb4_0900_bin.
var (
	oldestMariaDB = [...]int{10, 6, 0}
	oldestMySQL   = [...]int{8, 0, 19}
)

func checkVersion(version string, mariadb bool) error {
	oldest := oldestMySQL
	if mariadb {
		oldest = oldestMariaDB
		version = strings.TrimPrefix(version, "5.5.5-") // for clients that know no higher number
	}
	number, _, _ := strings.Cut(version, "-")
	var has [3]int
	for i, part := range strings.SplitN(number, ".", len(has)) {
		has[i], _ = strconv.Atoi(part) // a build's own ending is 0
	}
	for i := range has {
		if has[i] > oldest[i] {
			return nil
		}
		if has[i] < oldest[i] {
			return clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "version %s of the server is too old", version),
				"clusto needs MariaDB 10.6, MySQL 8.0.19 or newer")
		}
	}
	return nil
}

// pairs returns the answer of a SHOW statement.
func pairs(ctx context.Context, c driver.Conn, sql string) (map[string]string, error) {
	rows, err := c.(driver.QueryerContext).QueryContext(ctx, sql, nil)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]string{}
	row := make([]driver.Value, len(rows.Columns()))
	for {
		switch err := rows.Next(row); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		all[text(row[0])] = text(row[1])
	}
}

func text(v driver.Value) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return fmt.Sprint(v)
}

// sqlMode makes double quotes those of names, a backslash a character like any
// other, "||" the joining of texts, and refuses what a column cannot hold.
const sqlMode = `ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION`

// idle is after how many seconds of silence the server ends a session: else one
// whose client has vanished in the middle of a change would keep all others
// waiting for as long as the system believes in it.
const idle = `600`

// endless is the depth of recursion up to which nobody stops a statement: the
// statements see to their own end.
const endless = `1000000000`

// setUp sets up a session. Its transactions see one state, unless they begin
// otherwise. On a node of a cluster they begin when it has seen all that was
// committed anywhere before.
func (d *dialect) setUp(ctx context.Context, c driver.Conn, s server) error {
	wait := strconv.Itoa(max(1, int((d.options.LockWait+time.Second/2)/time.Second)))
	settings := `SET autocommit = 1, time_zone = '+00:00', sql_mode = '` + sqlMode + `', wait_timeout = ` + idle +
		`, innodb_lock_wait_timeout = ` + wait + `, lock_wait_timeout = ` + wait
	if s.mariadb {
		settings += `, max_recursive_iterations = ` + endless
	} else {
		settings += `, cte_max_recursion_depth = ` + endless + `, information_schema_stats_expiry = 0`
	}
	if s.cluster {
		const beforeReads, beforeChanges, beforeInserts = 1, 2, 4
		settings += `, wsrep_sync_wait = ` + strconv.Itoa(beforeReads+beforeChanges+beforeInserts)
	}
	_, err := c.(driver.ExecerContext).ExecContext(ctx, settings+`; SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ`, nil)
	return err
}
