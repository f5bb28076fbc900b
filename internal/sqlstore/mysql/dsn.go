package mysql

import (
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// Schemes are how a DSN of this package begins: the drivers behind "+" are those
// of classic clusto's SQLAlchemy.
var schemes = []string{"mysql", "mariadb", "mysql+mysqldb", "mysql+pymysql", "mysql+mysqlconnector", "mariadb+mysqldb", "mariadb+pymysql"}

const defaultPort = "3306"

// connectTimeout is how long a server may take to answer at first, unless the
// DSN says otherwise. Later answers may take as long as they do.
const connectTimeout = 10 * time.Second

// address is where a server listens.
type address struct{ network, addr string }

// target is what a DSN names.
type target struct {
	scheme         string
	user, password string
	hosts          []address // at least one, to be tried in this order
	database       string
	tls            tlsParameters
	connect        time.Duration
	read, write    time.Duration // 0: as the package has it
}

// parse reads a DSN. Its errors never repeat the DSN, which may hold a
// password.
func parse(dsn string) (target, error) {
	scheme, rest, ok := strings.Cut(dsn, "://")
	if !ok || !slices.Contains(schemes, scheme) {
		return target{}, invalid("does not begin with mysql:// or mariadb://")
	}
	t := target{scheme: scheme, connect: connectTimeout}
	rest, query, _ := strings.Cut(rest, "?")
	where, database, _ := strings.Cut(rest, "/")
	if strings.Contains(database, "@") { // the "/" was one of the password
		return target{}, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, `the DSN has a "/" before its last "@"`),
			"in user and password write %%2F for /; in the name of the database %%40 for @")
	}
	if at := strings.LastIndexByte(where, '@'); at >= 0 {
		user, password, _ := strings.Cut(where[:at], ":")
		var err1, err2 error
		t.user, err1 = url.PathUnescape(user)
		t.password, err2 = url.PathUnescape(password)
		if err1 != nil || err2 != nil {
			return target{}, invalid(`has a "%%" in user or password that begins no character; write %%25 for one`)
		}
		where = where[at+1:]
	}
	var err error
	if t.database, err = url.PathUnescape(database); err != nil || t.database == "" || strings.Contains(t.database, "/") {
		return target{}, invalid("names no database")
	}
	if t.hosts, err = parseHosts(where); err != nil {
		return target{}, err
	}
	parameters, err := url.ParseQuery(query)
	if err != nil {
		return target{}, invalid(`has parameters that are not of the form "name=value&name=value"`)
	}
	for name, values := range parameters {
		if err := t.set(name, values[len(values)-1]); err != nil {
			return target{}, err
		}
	}
	return t, nil
}

// invalid returns the error of a DSN with something wrong.
func invalid(format string, args ...any) error {
	return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the DSN "+format, args...),
		"a DSN is mysql://user:password@host:3306/database; further hosts are separated by commas")
}

// parseHosts reads "host:port,host:port".
func parseHosts(list string) ([]address, error) {
	var hosts []address
	for one := range strings.SplitSeq(list, ",") {
		if one == "" && list != "" {
			return nil, invalid("has an empty name among its hosts")
		}
		host, port, err := net.SplitHostPort(one)
		if err != nil { // it has no port
			host, port = strings.TrimSuffix(strings.TrimPrefix(one, "["), "]"), defaultPort
		}
		if host == "" {
			host = "127.0.0.1"
		}
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || strings.ContainsAny(host, "[] ") {
			return nil, invalid("has a host that is not of the form host or host:port")
		}
		hosts = append(hosts, address{"tcp", net.JoinHostPort(host, port)})
	}
	return hosts, nil
}

// set takes a parameter of the DSN.
func (t *target) set(name, value string) error {
	var err error
	switch name {
	case "unix_socket":
		t.hosts = []address{{"unix", value}}
	case "connect_timeout":
		t.connect, err = seconds(name, value)
	case "read_timeout":
		t.read, err = seconds(name, value)
	case "write_timeout":
		t.write, err = seconds(name, value)
	case "password_file":
		t.password, err = readPassword(value)
	case "ssl_mode", "tls", "ssl_ca", "ssl_cert", "ssl_key":
		err = t.tls.set(name, value)
	case "charset", "use_unicode": // a connection of ours speaks utf8mb4
	default:
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != "" {
			name = "..." // it may be part of a password
		}
		return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the DSN has an unknown parameter %q", name),
			"there are: charset, connect_timeout, password_file, read_timeout, ssl_ca, ssl_cert, ssl_key, ssl_mode, unix_socket, write_timeout")
	}
	return err
}

func seconds(name, value string) (time.Duration, error) {
	n, err := strconv.ParseFloat(value, 64)
	if err != nil || !(n > 0 && n < 1e6) {
		return 0, invalid("has %s=%q: want seconds", name, value)
	}
	return time.Duration(n * float64(time.Second)), nil
}

// readPassword reads the first line of a file.
func readPassword(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "password_file of the DSN: %w", err),
			"its first line is the password; see whether the file exists and who may read it")
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSuffix(line, "\r"), nil
}

// where names the database without secrets.
func (t *target) where() string {
	user := ""
	if t.user != "" {
		user = url.PathEscape(t.user) + "@"
	}
	var hosts []string
	for _, h := range t.hosts {
		if h.network == "unix" {
			return t.scheme + "://" + user + "/" + t.database + "?unix_socket=" + h.addr
		}
		hosts = append(hosts, h.addr)
	}
	return t.scheme + "://" + user + strings.Join(hosts, ",") + "/" + t.database
}
