package postgres

import (
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// address is what a DSN says: the settings of libpq by their names, and how to
// get the password, which is in no setting, so that it is in no error either.
type address struct {
	settings     map[string]string
	password     string
	hasPassword  bool
	passwordFile string
}

// parse reads a DSN in the form of libpq, postgresql://user:password@host:port/database?setting=value,
// with any number of hosts, and in classic clusto's, which is SQLAlchemy's: the
// scheme may name a Python module behind a "+".
func parse(dsn string) (address, error) {
	scheme, rest, found := strings.Cut(dsn, "://")
	name, _, _ := strings.Cut(scheme, "+")
	if !found || name != "postgresql" && name != "postgres" {
		return address{}, misread("it does not begin with postgresql://")
	}
	a := address{settings: map[string]string{}}
	rest, query, _ := strings.Cut(rest, "?")
	authority, database, _ := strings.Cut(rest, "/")
	if strings.Contains(database, "@") {
		return address{}, misread(`it has a "/" before its last "@"`)
	}
	if err := a.authority(authority); err != nil {
		return address{}, err
	}
	if err := a.set("dbname", database); err != nil {
		return address{}, err
	}
	for parameter := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(parameter, "=")
		if err := a.set(name, value); err != nil {
			return address{}, err
		}
	}
	return a, nil
}

// misread returns the error of a DSN that cannot be understood. It does not
// repeat the DSN: who can say which part of it is the password?
func misread(why string) error {
	return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the DSN of PostgreSQL cannot be read: %s", why),
		"want postgresql://user:password@host:5432/database; in names and passwords write %%40 for @, %%2F for /, %%3A for : and %%25 for %%")
}

// authority reads what is between the slashes: user:password@host:port,host:port
func (a *address) authority(text string) error {
	if at := strings.LastIndex(text, "@"); at >= 0 {
		user, password, found := strings.Cut(text[:at], ":")
		if err := a.set("user", user); err != nil {
			return err
		}
		if found {
			if err := a.set("password", password); err != nil {
				return err
			}
		}
		text = text[at+1:]
	}
	var hosts, ports []string
	somePort := false
	for one := range strings.SplitSeq(text, ",") {
		host, port, err := splitHost(one)
		if err != nil {
			return err
		}
		somePort = somePort || port != ""
		if port == "" {
			port = "5432"
		}
		hosts, ports = append(hosts, host), append(ports, port)
	}
	if somePort {
		a.settings["port"] = strings.Join(ports, ",")
	}
	return a.set("host", strings.Join(hosts, ","))
}

// splitHost splits host:port, [address]:port and host.
func splitHost(text string) (host, port string, err error) {
	if !strings.Contains(text, ":") {
		return text, "", nil
	}
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		return text[1 : len(text)-1], "", nil
	}
	host, port, err = net.SplitHostPort(text)
	if err != nil || strings.Trim(port, "0123456789") != "" {
		return "", "", misread("a host is not host:port, where port is a number")
	}
	return host, port, nil
}

// set takes a setting as it stands in the DSN.
func (a *address) set(name, value string) error {
	plain, err := url.PathUnescape(value)
	if err != nil || strings.ContainsRune(plain, 0) {
		return misread("a % is not followed by two hexadecimal digits, or a text contains NUL")
	}
	switch {
	case name == "password":
		a.password, a.hasPassword = plain, true
	case plain == "": // not said
	case name == "password_file":
		a.passwordFile = plain
	default:
		a.settings[name] = plain
	}
	return nil
}

// severalHosts reports whether there is more than one server to choose from.
func (a *address) severalHosts() bool { return strings.Contains(a.settings["host"], ",") }

// quoteSetting writes a value so that libpq reads it as it is.
var quoteSetting = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

// conninfo returns the settings in libpq's other form, which needs no escapes
// for hosts.
func (a *address) conninfo() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(a.settings)) {
		all = append(all, name+"='"+quoteSetting.Replace(a.settings[name])+"'")
	}
	return strings.Join(all, " ")
}
