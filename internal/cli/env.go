package cli

import (
	"context"
	"io"
	"log/slog"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/internal/config"
)

// Database is a database and how it is used.
type Database struct {
	DSN string // may hold a password
	// Unversioned keeps no history.
	Unversioned bool
	// Log takes what happens to the connection while somebody follows the
	// changes; nil discards it.
	Log *slog.Logger
}

// Env is what the program around the commands gives them: its streams and
// environment, and whatever reaches databases, networks and scripts.
type Env struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	// Getenv returns the value of an environment variable, or "".
	Getenv func(name string) string
	// Drivers are the drivers that are built in.
	Drivers *clusto.Registry

	// Open opens a database. It returns ErrInvalid for a DSN that it does not
	// understand, ErrNotFound if there is no database, and ErrUnavailable if it
	// cannot be used.
	Open func(ctx context.Context, db Database) (clusto.Store, error)
	// Connect returns a client of what the setting names: a server, or the API
	// over a database in this process. Errors are those of Open. end is called when
	// the client is not needed any more.
	Connect func(ctx context.Context, s Setting) (c *client.Client, end func() error, err error)
	// InitDB makes a database, or brings an existing one up to date.
	InitDB func(ctx context.Context, db Database) (InitReport, error)
	// Copy copies all of a database to a new one, Backup to a new file, and
	// Restore what Backup wrote to a new database. They return ErrExists if what
	// is to be new is not.
	Copy, Backup, Restore func(ctx context.Context, t Transfer) (TransferReport, error)
	// Examine says how the database of the setting is: whether it can be reached
	// and written, what it lacks, its files.
	Examine func(ctx context.Context, s Setting) []Diagnosis
	// LoadLibrary adds the drivers of the library directory to Drivers.
	LoadLibrary func(ctx context.Context, s Setting, store clusto.Store) error
	// RunFile runs the statements of a script.
	RunFile func(ctx context.Context, s Setting, script Script) error
	// Shell talks to a person at a terminal, or runs the statements that come
	// from a pipe. A program without one may leave it nil.
	Shell func(ctx context.Context, s Setting) error
	// ScriptChild runs the scripts of a remote user, as the server that started this
	// process asks it to.
	ScriptChild func(ctx context.Context) error
	// RunTrapDaemon receives SNMP traps until ctx ends.
	RunTrapDaemon func(ctx context.Context, s Setting) error
	// RunDHCPDaemon answers DHCP clients until ctx ends.
	RunDHCPDaemon func(ctx context.Context, s Setting) error
	// Serve serves HTTP, and receives traps and answers DHCP if the configuration
	// says so, until ctx ends. The function reload reads the configuration anew, with the flags.
	Serve func(ctx context.Context, s Setting, reload func() (*config.Config, error)) error
	// RunDemo builds a small world and shows the main job in it.
	RunDemo func(ctx context.Context, options Demo) error
}
