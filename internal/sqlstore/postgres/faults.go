package postgres

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/clusto/clusto/internal/sqlstore"
)

// faults are the meanings of SQLSTATEs.
var faults = map[string]sqlstore.Fault{
	"22001": sqlstore.FaultText, // a text longer than the column
	"22021": sqlstore.FaultText, // not in the encoding of the database: NUL
	"22P05": sqlstore.FaultText, // no such character in the encoding
	"54000": sqlstore.FaultText, // too long for an index
	"22003": sqlstore.FaultRange,
	"23505": sqlstore.FaultDuplicate,
	"25006": sqlstore.FaultReadOnly, // a read-only transaction, as all of a standby are
	"25P03": sqlstore.FaultLost,     // idle in a transaction for too long
	"26000": sqlstore.FaultLost,     // the prepared statement is gone
	"3F000": sqlstore.FaultForeign,  // no schema
	"40001": sqlstore.FaultStale,
	"40003": sqlstore.FaultLost, // nobody knows whether it was done
	"40P01": sqlstore.FaultStale,
	"42501": sqlstore.FaultDenied,
	"42703": sqlstore.FaultForeign, // no such column
	"42P01": sqlstore.FaultForeign, // no such table
	"53100": sqlstore.FaultFull,
	"53200": sqlstore.FaultStopped, // out of memory
	"53400": sqlstore.FaultStopped, // a configured limit
	"55006": sqlstore.FaultBusy,
	"55P03": sqlstore.FaultBusy,
	"57014": sqlstore.FaultStopped, // an administrator, or statement_timeout
	"57P01": sqlstore.FaultLost,
	"57P02": sqlstore.FaultLost,
	"57P03": sqlstore.FaultLost,
	"57P04": sqlstore.FaultLost,
	"57P05": sqlstore.FaultLost,
}

func (d *dialect) Fault(err error) sqlstore.Fault {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return ofClient(err)
	}
	switch {
	case e.Code == "53300":
		return sqlstore.FaultCrowded // too many connections
	case strings.HasPrefix(e.Code, "08"), e.SeverityUnlocalized == "FATAL", e.SeverityUnlocalized == "PANIC":
		return sqlstore.FaultLost
	case e.Code == "0A000" && strings.Contains(e.Routine, "RevalidateCachedQuery"):
		return sqlstore.FaultLost // a migration has changed what a prepared statement returns
	case e.Code == "23505" && (e.TableName == "clusto_meta" || e.SchemaName == "pg_catalog"):
		return sqlstore.FaultStale // two have begun to write to a new database, or made the same table
	case e.Code == "40001" && strings.HasPrefix(e.Routine, "Process"):
		return sqlstore.FaultStopped // a standby that must go on with what it gets from its primary
	case e.Code == "25006" && d.address.severalHosts():
		return sqlstore.FaultLost // another host may accept changes by now
	}
	return faults[e.Code]
}

// ofClient tells what an error means that did not come from the server.
func ofClient(err error) sqlstore.Fault {
	if _, ok := errors.AsType[net.Error](err); ok {
		return sqlstore.FaultLost
	}
	for _, lost := range []error{driver.ErrBadConn, pgconn.ErrConnClosed, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed} {
		if errors.Is(err, lost) {
			return sqlstore.FaultLost
		}
	}
	switch {
	case pgconn.SafeToRetry(err):
		return sqlstore.FaultLost
	case strings.Contains(err.Error(), "value for int"): // pgx has no type for a number that does not fit
		return sqlstore.FaultRange
	}
	return sqlstore.FaultOther
}

func (d *dialect) Advice(f sqlstore.Fault) string {
	switch f {
	case sqlstore.FaultBusy:
		return "another program is in the middle of a long change; the server shows which: SELECT pid, application_name, client_addr, state FROM pg_stat_activity WHERE xact_start IS NOT NULL"
	case sqlstore.FaultReadOnly:
		return "the server is a standby, or is set to read only (default_transaction_read_only): name the server that accepts changes in the DSN"
	case sqlstore.FaultDenied:
		return "have the owner of the database GRANT this right, or use the owner's role"
	case sqlstore.FaultForeign:
		return "see whether the DSN names the right database, and whether its search_path has the schema with clusto's tables"
	case sqlstore.FaultText:
		return "PostgreSQL takes texts in UTF-8 without NUL, up to the length of the column"
	}
	return ""
}
