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

	// Connect opens a connection and sets it up.
	Connect(ctx context.Context) (driver.Conn, error)

	// Lock waits for this store's turn to write, among all processes, and
	// returns what ends the turn. Databases that queue writers well by
	// themselves return a function that does nothing.
	Lock(ctx context.Context) (release func(), err error)

	// Begin returns the statement that begins a transaction which sees one
	// state of the database. With write it is one that will write and, where
	// the database can, takes the right to do so at once.
	Begin(write bool) string

	// Schema returns the statement that yields the names of all tables and
	// indexes. Know is told them when the database is opened and after a
	// migration, so that Attrs names no index that is missing.
	Schema() string
	Know(names map[string]bool)

	// Rebind returns a statement in the database's spelling.
	Rebind(sql string) string

	// RowsPerInsert is how many rows to insert with one statement at most.
	RowsPerInsert() int

	// Attrs returns the table expression that reads entity_attrs as a along
	// path, of the live rows or else of all.
	Attrs(path Path, live bool) string

	// Entities returns the table expression that reads entities as e: by their
	// numbers alone if byID, and else by what the condition suggests.
	Entities(byID bool) string

	// Ints and Texts return a subquery that yields the members of its one
	// argument, a JSON array of numbers or of texts.
	Ints() string
	Texts() string

	// Glob returns a condition with one argument, and this argument, which
	// holds where column matches pattern as clusto.MatchGlob has it.
	Glob(column, pattern string) (condition, arg string)

	// TimeText returns an expression for a datetime column as text.
	TimeText(column string) string

	// Visible returns conditions of which one, and only one, holds if column
	// does not begin with "_". Two ranges let an index pass over what does.
	Visible(column string) []string

	// Fault tells what an error of the driver means.
	Fault(err error) Fault

	// Goose is the dialect of the migrations.
	Goose() goose.Dialect

	// UniqueNames returns the statement that makes live names unique, unless
	// that is done, and Statistics those that gather what the database wants
	// to know for its plans.
	UniqueNames() string
	Statistics() []string
}

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
)
