package testenv

import (
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// MariaDB returns the MariaDB server of this test binary.
func MariaDB(tb testing.TB) *Server {
	tb.Helper()
	return shared(tb, mariadb{})
}

// NewMariaDB returns a MariaDB server that ends with the test.
func NewMariaDB(tb testing.TB, o Options) *Server {
	tb.Helper()
	return mine(tb, mariadb{}, o)
}

// mariadb is the engine of MariaDB servers.
type mariadb struct{}

func (mariadb) programs() []string { return []string{"mariadbd", "mariadb-install-db", "mariadb"} }

// users are statements for a new data directory, one a line; the first has the
// grants apply, which are off at that time.
const users = "FLUSH PRIVILEGES;\n" +
	"CREATE USER '" + user + "'@'%';\n" +
	"GRANT ALL ON `test\\_%`.* TO '" + user + "'@'%';\n"

func (mariadb) initialise(s *Server) error {
	program, err := find("mariadb-install-db")
	if err != nil {
		return err
	}
	file := filepath.Join(s.dir, "users.sql")
	if err := s.home.owner.write(file, []byte(users)); err != nil {
		return err
	}
	args := []string{program, "--no-defaults", "--datadir=" + s.data(), "--extra-file=" + file, "--tmpdir=" + s.dir,
		"--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"}
	return s.run(append(args, small()...)...)
}

// small are settings for small and fast servers. The log is written to the
// system at each commit, as a killed server must not forget one, but not to the
// disk.
func small() []string {
	return []string{
		"--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync", "--innodb-doublewrite=0",
		"--innodb-log-file-size=16M", "--innodb-buffer-pool-size=64M", "--innodb-buffer-pool-dump-at-shutdown=off",
		"--key-buffer-size=1M", "--aria-pagecache-buffer-size=8M", "--performance-schema=off",
	}
}

func (mariadb) command(s *Server) ([]string, error) {
	program, err := find("mariadbd")
	args := append([]string{program, "--no-defaults", "--datadir=" + s.data(), "--socket=" + s.socket(),
		"--pid-file=" + filepath.Join(s.dir, "pid"), "--tmpdir=" + s.dir,
		"--character-set-server=utf8mb4", "--max-connections=300", "--skip-log-bin", "--skip-name-resolve"}, small()...)
	if s.port == 0 {
		args = append(args, "--skip-networking")
	} else {
		args = append(args, "--bind-address="+loopback, "--port="+strconv.Itoa(s.port))
	}
	if s.options.TLS != nil {
		args = append(args, "--ssl-cert="+certificateFile(s.dir), "--ssl-key="+keyFile(s.dir), "--require-secure-transport=on")
	}
	for _, setting := range s.options.Settings {
		args = append(args, "--"+setting)
	}
	return args, err
}

func (s *Server) socket() string { return filepath.Join(s.dir, "socket") }

// ready waits for the greeting that the server sends to who connects.
func (mariadb) ready(s *Server) bool {
	conn, err := net.DialTimeout("unix", s.socket(), patience)
	if err != nil {
		return false
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	_, err = conn.Read(make([]byte, 1))
	return err == nil
}

func (mariadb) client(s *Server, as, database string) ([]string, error) {
	program, err := find("mariadb")
	args := []string{program, "--no-defaults", "--batch", "--skip-column-names", "--default-character-set=utf8mb4",
		"--socket=" + s.socket(), "--user=" + as}
	if database != "" {
		args = append(args, "--database="+database)
	}
	return args, err
}

func (mariadb) create(database string) string { return "CREATE DATABASE " + database }

func (mariadb) drop(database string) string {
	return "SET lock_wait_timeout = 10; DROP DATABASE " + database
}

func (mariadb) dsn(s *Server, database string) *url.URL {
	return &url.URL{Scheme: "mysql", User: url.User(user), Path: "/" + database, RawQuery: "unix_socket=" + escape(s.socket())}
}

func (mariadb) tcp(database string, hosts []string) *url.URL {
	return &url.URL{Scheme: "mysql", User: url.User(user), Host: strings.Join(hosts, ","), Path: "/" + database}
}

func (mariadb) stop() syscall.Signal { return syscall.SIGTERM }

func (mariadb) quick() (syscall.Signal, string) { return syscall.SIGKILL, "KILL" }

func (mariadb) buried(*Server) {} // it leaves nothing outside its directory
