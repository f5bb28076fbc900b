package sqlstore

import (
	"context"
	"database/sql/driver"

	"github.com/pressly/goose/v3"
)

// Dialect is what a database does in its own way. The statements of this
// package are written with ? for arguments and with "key" and "user" in double
// quotes; a connection gets them as Rebind returns them.
type Dialect interface {
	Copying

	// Where names the database in messages: a path, or a DSN without secrets.
	Where() string

	// Connect opens a connection and sets it up. Its errors are of a kind and
	// say what to do; of several hosts it takes the first that can be used.
	Connect(ctx context.Context) (driver.Conn, error)

	// Remote reports whether the database is a server: its connections can be
	// lost, also while a commit is under way, and a transaction that writes
	// sees what others commit meanwhile (READ COMMITTED). Of a database that is
	// not, a transaction sees one state, and its first write fails with
	// FaultStale if that is not the newest one.
	Remote() bool

	// Lock waits for this store's turn to write and returns what ends the
	// turn. Where the database does not queue writers well by itself, as SQLite,
	// the turn is one among all processes; else among the goroutines of this one.
	Lock(ctx context.Context) (release func(), err error)

	// Begin returns the statements that begin a transaction.
	Begin(Mode) []string

	// MigrationLock returns statements that keep other processes from migrating
	// the database at the same time, and that end that; or none. Both run on
	// one connection.
	MigrationLock() (lock, unlock string)

	// Schema returns the statement that yields the names of all tables and
	// indexes. Know is told them when the database is opened and after a
	// migration, so that Attrs names no index that is missing.
	Schema() string
	Know(names map[string]bool)

	// Rebind returns a statement in the database's spelling.
	Rebind(sql string) string

	// RowsPerInsert is how many rows to insert with one statement at most.
	RowsPerInsert() int

	// Sequence returns the statement that yields as many numbers for new rows
	// of a table, in ascending order, as its one argument says. Where it returns
	// "", the numbers after the highest in use are taken: that is right if a
	// number that two programs took makes the later one fail with FaultStale.
	Sequence(Table) string

	// Attrs returns the table expression that reads entity_attrs as a along
	// path, of the live rows or else of all.
	Attrs(path Path, live bool) string

	// Entities returns the table expression that reads entities as e: by their
	// numbers alone if byID, and else by what the condition suggests.
	Entities(byID bool) string

	// Ints returns a subquery that yields the members of its one argument, a
	// JSON array of numbers.
	Ints() string

	// Listed is up to how many numbers a condition is better off with an
	// argument for each than with Ints.
	Listed() int

	// Holds reports whether a column of texts can hold this one, and the
	// database be asked for it.
	Holds(text string) bool

	// TextIs returns a condition that holds where a column equals a text in
	// each byte, whatever the column's collation says, and how often the
	// condition has the text as its argument. TextIn is the same for any text of
	// a JSON array.
	TextIs(column string) (condition string, times int)
	TextIn(column string) (condition string, times int)

	// MACIs returns the condition that the digits of the hardware address in
	// a.string_value, of which clusto.MAC.Bare returns the form, are its
	// argument.
	MACIs() string

	// Glob returns a condition with one argument, and this argument, which
	// holds where column matches pattern as clusto.MatchGlob has it.
	Glob(column, pattern string) (condition, arg string)

	// TimeText returns an expression for a datetime column as text.
	TimeText(column string) string

	// Visible returns conditions of which one, and only one, holds if column
	// does not begin with "_". Two ranges let an index pass over what does.
	Visible(column string) []string

	// Fault tells what an error of the driver means, and Advice what the reader
	// of a message can do about such a fault, or "".
	Fault(err error) Fault
	Advice(Fault) string

	// Goose is the dialect of the migrations. Where a migration must differ,
	// its file for this database has the dialect's name before its extension:
	// 0001_classic.mysql.sql.
	Goose() goose.Dialect

	// UniqueNames returns the statements that make live names unique, unless
	// that is done, and Statistics those that gather what the database wants
	// to know for its plans.
	UniqueNames() []string
	Statistics() []string
}

// Migrator is a Dialect that connects in another way for migrations, whose
// statements take long.
type Migrator interface {
	ConnectToMigrate(ctx context.Context) (driver.Conn, error)
}

// Abandoner is a Dialect of servers that may give up a transaction for another's
// without saying so, as nodes of a Galera cluster do now and then.
type Abandoner interface {
	MayAbandon() bool
}

// Referencing is a Dialect of a database that may look for what a row refers to
// when other columns of the row are written, so that rows that refer to nothing
// cannot be ended.
type Referencing interface {
	// References returns the statements that have a connection not look, and
	// look again.
	References() (ignore, check string)
}

// Mode is what a transaction is for.
type Mode uint8

// The modes of a transaction.
const (
	ModeView  Mode = iota // it reads one state
	ModeRead              // it reads, and may write later
	ModeWrite             // it writes: where the database can, the right to do so is taken at once
)

// Table is one of the tables whose rows are numbered.
type Table uint8

// The tables whose rows are numbered.
const (
	Versions Table = iota
	Entities
	Attrs
)

// Path is the way by which rows of entity_attrs are found.
type Path uint8

// The ways to the rows of entity_attrs.
const (
	ByScan    Path = iota // any: nothing selective is asked for
	ByOwner               // by entity_id, and key if given
	ByRelated             // by relation_id, and key if given
	ByInt                 // by int_value
	ByText                // by string_value
	ByMAC                 // by the digits of a hardware address with subkey mac
	ByMade                // by version
	ByEnded               // by deleted_at_version
)

// Fault is what an error of the database means to a transaction.
type Fault uint8

// The faults that are told apart.
const (
	FaultOther     Fault = iota
	FaultStale           // somebody else committed since the first read, or is writing now: run again
	FaultBusy            // locked by others for longer than we wait
	FaultFull            // no space left
	FaultReadOnly        // cannot be written
	FaultUnopened        // cannot be opened
	FaultDuplicate       // a unique index refused the row
	FaultCanceled        // the statement was interrupted
	FaultForeign         // not a database at all
	FaultLost            // the connection is gone, with the transaction
	FaultRange           // a number that the column cannot hold
	FaultText            // a text that the column cannot hold
	FaultDenied          // who connected has no right to do this
	FaultStopped         // the server gave up the statement
	FaultCrowded         // the server has too many connections, or prepared statements, to take another
)
