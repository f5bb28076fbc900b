package testenv

import (
	"net/url"
	"strings"
	"testing"
)

// NewDatabase makes an empty database, which is dropped at the end of the test,
// and returns its DSN over the server's socket:
//
//	postgresql://clusto@/test_1?host=/tmp/clusto-1/1
//	mysql://clusto@/test_1?unix_socket=/tmp/clusto-1/2/socket
//
// The user needs no password and may do everything within the database and
// nothing beyond it; users that a test adds are asked for theirs.
func (s *Server) NewDatabase(tb testing.TB) string {
	tb.Helper()
	return s.DSN(s.CreateDatabase(tb))
}

// CreateDatabase makes an empty database, which is dropped at the end of the
// test if the server runs then, and returns its name.
func (s *Server) CreateDatabase(tb testing.TB) string {
	tb.Helper()
	name := s.home.databaseName()
	s.Exec(tb, s.engine.create(name))
	tb.Cleanup(func() {
		if s.process != nil {
			s.dropDatabase(tb, name)
		}
	})
	return name
}

func (s *Server) dropDatabase(tb testing.TB, name string) {
	tb.Helper()
	if _, err := s.exec(superuser, "", s.engine.drop(name)); err != nil {
		tb.Errorf("drop the test's database, which the test may still be using: %v", err)
	}
}

// DSN returns the DSN of a database over the server's socket.
func (s *Server) DSN(database string) string { return s.engine.dsn(s, database).String() }

// Superuser returns the DSN by which the superuser connects to the database of a
// DSN.
func Superuser(dsn string) string {
	return strings.Replace(dsn, "://"+user+"@", "://"+superuser+"@", 1)
}

// escape writes a path as the value of a DSN's parameter.
func escape(path string) string { return strings.ReplaceAll(url.QueryEscape(path), "%2F", "/") }

// TCPDSN returns the DSN of a database over the server's port:
//
//	postgresql://clusto@127.0.0.1:20001/test_1
//
// It panics if the server has none.
func (s *Server) TCPDSN(database string) string {
	return s.engine.tcp(database, []string{s.Addr()}).String()
}

// DSN returns the DSN of a database that several servers have, over their
// ports; the first that does its work is to be used:
//
//	postgresql://clusto@127.0.0.1:20001,127.0.0.1:20002/test_1?target_session_attrs=read-write
//	mysql://clusto@127.0.0.1:20001,127.0.0.1:20002,127.0.0.1:20003/test_1
func DSN(database string, servers ...*Server) string {
	var hosts []string
	for _, s := range servers {
		hosts = append(hosts, s.Addr())
	}
	return servers[0].engine.tcp(database, hosts).String()
}

// Addr returns the server's address and port. It panics if the server listens
// on its socket only.
func (s *Server) Addr() string {
	if s.port == 0 {
		panic("testenv: the server was started without Options.TCP")
	}
	return address(s.port)
}
