package testenv

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// packages names the Debian package of each program that tests may need.
var packages = map[string]string{
	"galera":             "galera-4",
	"chromium":           "chromium",
	"dhclient":           "isc-dhcp-client",
	"dhcpcd":             "dhcpcd-base",
	"dhcrelay":           "isc-dhcp-relay",
	"initdb":             "postgresql",
	"ip":                 "iproute2",
	"ipxe":               "ipxe-qemu",
	"mariadb":            "mariadb-client",
	"mariadb-install-db": "mariadb-server",
	"mariadbd":           "mariadb-server",
	"node":               "nodejs",
	"pg_basebackup":      "postgresql",
	"postgres":           "postgresql",
	"psql":               "postgresql",
	"qemu-system-x86_64": "qemu-system-x86",
	"rsync":              "rsync",
	"snmpinform":         "snmp",
	"snmptrap":           "snmp",
	"udhcpc":             "udhcpc",
	"wrk":                "wrk",
	"wsrep_sst_rsync":    "mariadb-server",
}

// Require skips the test if one of the programs is missing. The test fails
// instead if the environment variable CLUSTO_TEST_REQUIRE, a list of names
// separated by commas or blanks, names one of the programs.
func Require(tb testing.TB, programs ...string) {
	tb.Helper()
	if missing := Missing(tb, programs...); missing != "" {
		tb.Skip(notInstalled(missing))
	}
}

// Missing returns the first of the programs that is missing, or "" if all are
// installed. The test fails if one is missing and CLUSTO_TEST_REQUIRE names one
// of the programs. It is for tests that leave out a part; the others call
// [Require].
func Missing(tb testing.TB, programs ...string) string {
	tb.Helper()
	for _, program := range programs {
		if _, err := find(program); err == nil {
			continue
		}
		for _, name := range programs {
			if required(name) {
				tb.Fatalf("CLUSTO_TEST_REQUIRE names %s: %s", name, notInstalled(program))
			}
		}
		return program
	}
	return ""
}

func notInstalled(program string) string {
	if program == "netns" {
		return "network namespaces cannot be made here: that needs root on Linux"
	}
	if p, ok := packages[program]; ok {
		return program + " is not installed (Debian package " + p + ")"
	}
	return program + " is not installed"
}

func required(name string) bool {
	names := strings.FieldsFunc(os.Getenv("CLUSTO_TEST_REQUIRE"), func(r rune) bool { return r == ',' || r == ' ' })
	return slices.Contains(names, name)
}

// find returns the path of a program. Servers are often not in PATH: Debian
// has PostgreSQL's in a directory of their version, and a user's PATH lacks sbin.
// The programs of PostgreSQL are taken from the directory of "postgres", so
// that all are of one version and none is Debian's wrapper.
func find(program string) (string, error) {
	switch program {
	case "initdb", "psql", "pg_basebackup":
		postgres, err := find("postgres")
		if err == nil {
			postgres, err = filepath.EvalSymlinks(postgres)
		}
		if err != nil {
			return "", err
		}
		return exec.LookPath(filepath.Join(filepath.Dir(postgres), program))
	case "galera": // no program, but what mariadbd loads
		return firstFile("/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so", "/usr/lib/libgalera_smm.so")
	case "ipxe": // no program, but what a network card of qemu boots
		return firstFile("/usr/lib/ipxe/qemu/pxe-virtio.rom")
	case "netns": // no program, but what the kernel allows
		return "", mayMakeNamespaces()
	case "postgres":
		return lookPath(program, newestFirst("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin"))
	}
	return lookPath(program, []string{"/usr/sbin", "/usr/local/sbin", "/usr/libexec"})
}

// firstFile returns the first of the paths that exists.
func firstFile(paths ...string) (string, error) {
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}

// lookPath looks for program in PATH, then in dirs.
func lookPath(program string, dirs []string) (string, error) {
	path, err := exec.LookPath(program)
	for _, dir := range dirs {
		if err == nil {
			break
		}
		path, err = exec.LookPath(filepath.Join(dir, program))
	}
	return path, err
}

// newestFirst returns the directories that match the patterns, the one of the
// highest version first: 15 before 9.6.
func newestFirst(patterns ...string) []string {
	var dirs []string
	for _, pattern := range patterns {
		found, _ := filepath.Glob(pattern) // the only error is a bad pattern
		dirs = append(dirs, found...)
	}
	slices.SortStableFunc(dirs, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(major(b)), len(major(a))), cmp.Compare(major(b), major(a)))
	})
	return dirs
}

// major returns the first digits in a path.
func major(path string) string {
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	start := strings.IndexFunc(path, digit)
	if start < 0 {
		return ""
	}
	path = path[start:]
	if end := strings.IndexFunc(path, func(r rune) bool { return !digit(r) }); end >= 0 {
		path = path[:end]
	}
	return path
}
