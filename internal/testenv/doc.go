// Package testenv starts real database servers for tests: PostgreSQL and
// MariaDB of the machine's own packages, in a temporary directory, as "nobody"
// when the test is root.
//
// [PostgreSQL] and [MariaDB] return the one server of its kind that a test
// binary needs; it is started by whoever asks first. [Server.NewDatabase] makes
// a database for one test and returns its DSN. A test that stops, kills or
// configures its server starts its own with [NewPostgreSQL] or [NewMariaDB].
// Where a program is missing the test is skipped by name, or fails if
// CLUSTO_TEST_REQUIRE names that program (see [Require]).
//
// [Galera] starts a cluster whose nodes a test may kill and bring back,
// [Standby] a primary with a standby that it may promote, [NewCertificates] is
// for servers with TLS.
//
// Nothing is left behind, however the test binary ends. Next to the first
// server a watchdog is started, a shell that reads a pipe whose other end only
// the test binary holds. The pipe ends with the test binary, be it by
// os.Exit, by a panic or by kill -9, and the watchdog then ends the servers and
// removes the directory. (The kernel's parent-death signal would do less: it
// follows the thread that started the server, not the process, it cannot
// remove a directory, and only Linux has it.) A package whose TestMain calls
// [Main] does so in order and waits for it.
//
// The package starts no goroutines. It does not import database drivers either:
// it talks to the servers through their own command line clients.
package testenv
