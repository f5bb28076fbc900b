package testenv

import (
	"net/url"
	"syscall"
)

// engine is what tells one kind of server from the other.
type engine interface {
	// programs returns what must be installed, the server first.
	programs() []string
	// initialise makes the data directory.
	initialise(s *Server) error
	// command returns the program and its arguments.
	command(s *Server) ([]string, error)
	// ready reports whether the server takes statements.
	ready(s *Server) bool
	// client returns the command line client, which reads statements from its
	// standard input and ends at the first error. "" is the administrators'
	// database.
	client(s *Server, as, database string) ([]string, error)
	// create and drop return statements.
	create(database string) string
	drop(database string) string
	// dsn returns the DSN over the socket.
	dsn(s *Server, database string) *url.URL
	// tcp returns the DSN over the ports of one host or several.
	tcp(database string, hosts []string) *url.URL
	// stop is the signal of an orderly end that does not wait for clients.
	stop() syscall.Signal
	// quick is the signal of the quickest end that leaves nothing outside the
	// directory, and its name.
	quick() (syscall.Signal, string)
	// buried removes what a killed server leaves outside its directory.
	buried(s *Server)
}
