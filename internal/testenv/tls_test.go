package testenv_test

import (
	"net"
	"os/exec"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/testenv"
)

// TestTLS has the servers' clients connect with trust in the right authority
// and in another, and without TLS.
func TestTLS(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			right, wrong := testenv.NewCertificates(t), testenv.NewCertificates(t)
			s := kind.own(t, testenv.Options{TLS: right})
			_, port, err := net.SplitHostPort(s.Addr())
			if err != nil {
				t.Fatal(err)
			}
			for _, test := range []struct {
				name      string
				authority string
				host      string
				ok        bool
			}{
				{"right", right.AuthorityFile, "127.0.0.1", true},
				{"right by name", right.AuthorityFile, "localhost", true},
				{"wrong", wrong.AuthorityFile, "127.0.0.1", false},
				{"plain", "", "127.0.0.1", false},
			} {
				out, err := tlsClient(kind.scheme, test.host, port, test.authority, s.CreateDatabase(t)).CombinedOutput()
				if got := err == nil && strings.Contains(string(out), "42"); got != test.ok {
					t.Errorf("%s: connected %v, want %v: %s", test.name, got, test.ok, out)
				}
			}
		})
	}
}

// tlsClient is a client that trusts the authority, or one without TLS.
func tlsClient(scheme, host, port, authority, database string) *exec.Cmd {
	if scheme == "mysql" {
		tls := []string{"--skip-ssl"}
		if authority != "" {
			tls = []string{"--ssl-ca=" + authority, "--ssl-verify-server-cert"}
		}
		return exec.Command("mariadb", append([]string{"--no-defaults", "--protocol=tcp", "--host=" + host, "--port=" + port,
			"--user=clusto", "--database=" + database, "--execute=SELECT 6 * 7"}, tls...)...)
	}
	tls := "sslmode=disable"
	if authority != "" {
		tls = "sslmode=verify-full sslrootcert=" + authority
	}
	return exec.Command("psql", "-X", "-c", "SELECT 6 * 7", "host="+host+" port="+port+" user=clusto dbname="+database+" "+tls)
}
