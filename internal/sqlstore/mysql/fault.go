package mysql

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	mysqldriver "github.com/go-sql-driver/mysql"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
)

// faults are the meanings of the servers' error numbers; the zero value,
// FaultOther, is that of all others.
var faults = map[uint16]sqlstore.Fault{
	1213: sqlstore.FaultStale, // deadlock; on a cluster: somebody else's commit came first
	3101: sqlstore.FaultStale, // the same of MySQL's group replication
	1020: sqlstore.FaultStale, // record has changed since last read (innodb_snapshot_isolation)

	1050: sqlstore.FaultStale, // somebody else has just made the table
	1061: sqlstore.FaultStale, // or its index

	1205: sqlstore.FaultBusy, // lock wait timeout
	3572: sqlstore.FaultBusy, // NOWAIT

	1021: sqlstore.FaultFull, // disk full
	1114: sqlstore.FaultFull, // table full
	1041: sqlstore.FaultFull, // out of memory

	1036: sqlstore.FaultReadOnly, // table is read only
	1290: sqlstore.FaultReadOnly, // --read-only
	1792: sqlstore.FaultReadOnly, // transaction is read only
	1836: sqlstore.FaultReadOnly, // running in read-only mode
	1874: sqlstore.FaultReadOnly, // InnoDB is in read only mode

	1044: sqlstore.FaultDenied, // access denied to the database
	1142: sqlstore.FaultDenied, // command denied
	1143: sqlstore.FaultDenied, // of a column
	1227: sqlstore.FaultDenied, // access denied

	1040: sqlstore.FaultCrowded, // max_connections
	1203: sqlstore.FaultCrowded, // max_user_connections
	1226: sqlstore.FaultCrowded, // the same, of one user
	1461: sqlstore.FaultCrowded, // max_prepared_stmt_count

	1317: sqlstore.FaultStopped, // KILL QUERY
	1969: sqlstore.FaultStopped, // max_statement_time
	3024: sqlstore.FaultStopped, // max_execution_time
	1153: sqlstore.FaultText,    // packet bigger than max_allowed_packet
	1162: sqlstore.FaultText,    // text longer than max_allowed_packet
	1366: sqlstore.FaultText,    // characters that the column lacks
	1406: sqlstore.FaultText,    // too long

	1264: sqlstore.FaultRange, // out of range
	1265: sqlstore.FaultRange, // data truncated
	1292: sqlstore.FaultRange, // incorrect time

	1047: sqlstore.FaultLost, // WSREP has not yet prepared node for application use
	1053: sqlstore.FaultLost, // server shutdown in progress
	1152: sqlstore.FaultLost, // aborted connection
	1158: sqlstore.FaultLost, // network: read
	1159: sqlstore.FaultLost, // network: read timeout
	1160: sqlstore.FaultLost, // network: write
	1161: sqlstore.FaultLost, // network: write timeout
	1180: sqlstore.FaultLost, // error during COMMIT: who knows
	1184: sqlstore.FaultLost, // aborted connection
	1927: sqlstore.FaultLost, // connection was killed
	2006: sqlstore.FaultLost, // server has gone away
	2013: sqlstore.FaultLost, // lost connection
	3169: sqlstore.FaultLost, // session was killed
	4031: sqlstore.FaultLost, // disconnected because of inactivity
}

// liveNames is the index that keeps them unique.
const liveNames = "clusto_live_name"

const (
	erDuplicate     = 1062
	erStorageEngine = 1030 // with an error number of the system
	erUnknown       = 1105
	erReadOnly      = 1290
)

// Fault tells what an error means. A number or a name that somebody else took in
// the meantime makes a transaction stale: both were free when it looked. (Nodes of
// a cluster sometimes say so of a transaction that they have given up for
// another's.)
func (d *dialect) Fault(err error) sqlstore.Fault {
	if e, ok := errors.AsType[*mysqldriver.MySQLError](err); ok {
		switch {
		case e.Number == erDuplicate && (strings.HasSuffix(e.Message, "PRIMARY'") || strings.Contains(e.Message, liveNames)):
			return sqlstore.FaultStale
		case e.Number == erDuplicate:
			return sqlstore.FaultDuplicate
		case e.Number == erStorageEngine && (strings.Contains(e.Message, " 28 ") || strings.Contains(e.Message, " 122 ")):
			return sqlstore.FaultFull // ENOSPC, EDQUOT
		case e.Number == erUnknown && strings.Contains(e.Message, "max_allowed_packet"):
			return sqlstore.FaultText
		case e.Number == erReadOnly && len(d.hosts) > 1:
			return sqlstore.FaultLost // another server is the one to write to now
		}
		return faults[e.Number]
	}
	if errors.Is(err, mysqldriver.ErrPktTooLarge) {
		return sqlstore.FaultText
	}
	_, network := errors.AsType[net.Error](err)
	for _, lost := range []error{mysqldriver.ErrInvalidConn, driver.ErrBadConn, io.EOF, io.ErrUnexpectedEOF, mysqldriver.ErrPktSync, mysqldriver.ErrMalformPkt} {
		network = network || errors.Is(err, lost)
	}
	if network {
		return sqlstore.FaultLost
	}
	return sqlstore.FaultOther
}

// Advice speaks of what only these servers have.
func (d *dialect) Advice(f sqlstore.Fault) string {
	switch f {
	case sqlstore.FaultReadOnly:
		return "name the server that can be written in the DSN, or take read_only from this one"
	case sqlstore.FaultDenied:
		return "as the administrator of the server: GRANT ALL ON " + d.target.database + ".* TO the user"
	case sqlstore.FaultText:
		return "in tables of classic clusto a text has 65535 bytes at most and only the characters of the table's character set; " +
			"the server's max_allowed_packet limits every text"
	case sqlstore.FaultCrowded:
		return "raise the server's max_prepared_stmt_count: each connection keeps up to a hundred statements"
	case sqlstore.FaultStopped:
		return "see the server's max_statement_time (MariaDB) or max_execution_time (MySQL), and who ended it with KILL"
	}
	return ""
}

// refusal returns why a server cannot be used, as an error of a kind.
func (d *dialect) refusal(h host, err error) error {
	if clusto.KindOf(err) != nil {
		return err
	}
	e, ok := errors.AsType[*mysqldriver.MySQLError](err)
	if !ok {
		return clusto.WithHint(clusto.Errorf(clusto.ErrUnavailable, "server %s: %w", h.name, err),
			"see whether the server runs there and can be reached; if it is about certificates, see ssl_mode and ssl_ca of the DSN")
	}
	switch e.Number {
	case 1045, 1698, 1251: // access denied
		return clusto.WithHint(clusto.Errorf(clusto.ErrUnavailable, "server %s: %w", h.name, err),
			"see user and password: in the DSN, in the file that its password_file names, or in MYSQL_PWD")
	case 1040, 1203, 1226: // too many connections
		return clusto.WithHint(clusto.Errorf(clusto.ErrUnavailable, "server %s: %w", h.name, err),
			"the server has no connection left for us: raise its max_connections, or stop programs that do not need theirs")
	case 1044: // access denied to the database
		return clusto.WithHint(clusto.Errorf(clusto.ErrUnavailable, "server %s: %w", h.name, err),
			"the user may not use this database: GRANT ALL ON %s.* TO the user", d.target.database)
	case 1049:
		return clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "server %s: there is no database %s", h.name, d.target.database),
			"to make it, run as its administrator: CREATE DATABASE %s; then: clusto initdb", d.target.database)
	}
	return clusto.Errorf(clusto.ErrUnavailable, "server %s: %w", h.name, err)
}

// refused returns the error when no server can be used: of the first that
// might be usable at another time, or else of the first.
func (d *dialect) refused(refusals []error) error {
	for _, err := range refusals {
		if errors.Is(err, clusto.ErrUnavailable) {
			return oneOf(refusals, err)
		}
	}
	return oneOf(refusals, refusals[0])
}

// oneOf returns an error of the kind and with the hint of main that tells of all.
func oneOf(all []error, main error) error {
	if len(all) == 1 {
		return clusto.Errorf(clusto.KindOf(main), "connect to database: %w", main)
	}
	var texts []string
	for _, err := range all {
		texts = append(texts, err.Error())
	}
	err := clusto.Errorf(clusto.KindOf(main), "connect to database: none of %d servers can be used: %s", len(all), strings.Join(texts, "; "))
	if hint := clusto.Hint(main); hint != "" {
		err = clusto.WithHint(err, "%s", hint)
	}
	return err
}
