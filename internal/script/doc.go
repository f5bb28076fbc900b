// Package script runs clusto scripts: what a user types at the shell, files
// given to "clusto run", and the drivers and rack factories of the library
// directory. Scripts are written in Starlark behind the front end of package
// dialect, which makes it look like Python.
//
// An [Engine] is what a program has one of: the store, the registry of drivers
// and the library directory, whose drivers it loads. It is safe for use by many
// goroutines. A [Session] is one user's interpreter with its variables; each
// goroutine has its own. [Engine.Refresh] loads what has changed on disk.
//
// A statement goes through these functions: Session.Run parses the text and
// takes its statements one by one; Session.statement runs one in a transaction
// and runs it again if the store asks for that; env.bounded holds it to the
// limits on steps, depth and time. What it calls on entities goes through
// callMethod to the method tables of the drivers, so that scripts can do what
// Go can and nothing else.
//
// Methods of script drivers are put in the same registry as those written in
// Go, and are called from Go goroutines through memberMethod: such a call
// works in the transaction of its caller. What a library file defines does not
// change once it is loaded, so many goroutines may use it at once; a driver that
// was defined in a session shares the session's variables and must be used by its
// goroutine only.
//
// The package is not a sandbox against hostile scripts: memory is not limited.
// Limits protect from mistakes. Library files are configuration and must not be
// writable by others.
package script
