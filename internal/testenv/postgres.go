package testenv

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// PostgreSQL returns the PostgreSQL server of this test binary.
func PostgreSQL(tb testing.TB) *Server {
	tb.Helper()
	return shared(tb, postgres{})
}

// NewPostgreSQL returns a PostgreSQL server that ends with the test.
func NewPostgreSQL(tb testing.TB, o Options) *Server {
	tb.Helper()
	return mine(tb, postgres{}, o)
}

// postgres is the engine of PostgreSQL servers.
type postgres struct {
	primary *Server // whom the server follows; nil if nobody
}

func (postgres) programs() []string {
	return []string{"postgres", "initdb", "psql", "pg_basebackup"}
}

// access are the rules of who may come in: the superuser and the user of the
// DSNs as they are, others with their password. %s is "host", or "hostssl" on a
// server with TLS.
const access = `local all root,clusto trust
local all all scram-sha-256
local replication root trust
%s all root,clusto 127.0.0.1/32 trust
%s all all 127.0.0.1/32 scram-sha-256
%s replication root 127.0.0.1/32 trust
`

func (e postgres) initialise(s *Server) error {
	if e.primary != nil {
		return e.copy(s)
	}
	initdb, err := find("initdb")
	if err != nil {
		return err
	}
	data := s.data()
	err = s.run(initdb, "--no-sync", "--no-instructions", "--pgdata="+data, "--username="+superuser, "--auth=trust", "--encoding=UTF8", "--locale=C")
	if err != nil {
		return err
	}
	host := "host"
	if s.options.TLS != nil {
		host = "hostssl"
	}
	if err := os.WriteFile(filepath.Join(data, "pg_hba.conf"), []byte(strings.ReplaceAll(access, "%s", host)), 0o600); err != nil {
		return err
	}
	// The user is made by a server without connections: a second start would
	// take longer.
	program, err := find("postgres")
	if err != nil {
		return err
	}
	return s.run("/bin/sh", "-c", `echo "CREATE ROLE `+user+` LOGIN" | "$0" --single -D "$1" -c fsync=off postgres`, program, data)
}

func (postgres) command(s *Server) ([]string, error) {
	program, err := find("postgres")
	args := []string{program, "-D", s.data(), "-k", s.dir}
	settings := []string{
		"fsync=off", "full_page_writes=off", // only a crash of the machine needs them
		"shared_buffers=32MB",
		"dynamic_shared_memory_type=mmap", // in the data directory, so that it goes with it
		"max_connections=300",
		"listen_addresses=",
	}
	if s.port != 0 {
		settings = append(settings, "listen_addresses="+loopback, "port="+strconv.Itoa(s.port))
	}
	if s.options.TLS != nil {
		settings = append(settings, "ssl=on", "ssl_cert_file="+certificateFile(s.dir), "ssl_key_file="+keyFile(s.dir))
	}
	for _, setting := range append(settings, s.options.Settings...) {
		args = append(args, "-c", setting)
	}
	return args, err
}

// ready looks at the last line of the file that the server keeps about itself,
// as pg_ctl does.
func (postgres) ready(s *Server) bool {
	text, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	lines := strings.Split(string(text), "\n")
	if err != nil || len(lines) < 8 || lines[0] != strconv.Itoa(s.process.cmd.Process.Pid) {
		return false
	}
	return strings.TrimSpace(lines[7]) == "ready"
}

func (postgres) client(s *Server, as, database string) ([]string, error) {
	program, err := find("psql")
	if database == "" {
		database = "postgres"
	}
	args := []string{program, "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--field-separator=\t",
		"--set=ON_ERROR_STOP=1", "--host=" + s.dir, "--username=" + as, "--dbname=" + database}
	if s.port != 0 {
		args = append(args, "--port="+strconv.Itoa(s.port))
	}
	return args, err
}

func (postgres) create(database string) string {
	return "CREATE DATABASE " + database + " OWNER " + user
}

func (postgres) drop(database string) string {
	// Clients who are still there are disconnected, a standby is not waited for.
	return "SET synchronous_commit = local; DROP DATABASE " + database + " WITH (FORCE)"
}

func (postgres) dsn(s *Server, database string) *url.URL {
	query := "host=" + escape(s.dir)
	if s.port != 0 {
		query += "&port=" + strconv.Itoa(s.port)
	}
	return &url.URL{Scheme: "postgresql", User: url.User(user), Path: "/" + database, RawQuery: query}
}

func (postgres) tcp(database string, hosts []string) *url.URL {
	u := &url.URL{Scheme: "postgresql", User: url.User(user), Host: strings.Join(hosts, ","), Path: "/" + database}
	if len(hosts) > 1 {
		u.RawQuery = "target_session_attrs=read-write"
	}
	return u
}

func (postgres) stop() syscall.Signal { return syscall.SIGINT }

// quick lets the server remove its segment of System V shared memory.
func (postgres) quick() (syscall.Signal, string) { return syscall.SIGQUIT, "QUIT" }

// buried removes the segment that a killed server has left, whose number is in
// the seventh line of its file.
func (postgres) buried(s *Server) {
	text, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	lines := strings.Split(string(text), "\n")
	if err != nil || len(lines) < 7 {
		return
	}
	if _, id, ok := strings.Cut(strings.TrimSpace(lines[6]), " "); ok {
		exec.Command("ipcrm", "-m", strings.TrimSpace(id)).Run() // 56 bytes; no loss if there is no such program
	}
}
