package bench_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clusto/clusto/bench/dhcp/hosts"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// dhcpPeer is a DHCP server that is measured.
type dhcpPeer struct {
	name    string // for flags
	title   string // for tables
	program string // that must be installed; "" if it is built
	// prepare writes what the server reads and sets its command.
	prepare func(b *testing.B, s *dhcpSite, programs map[string]string)
}

var dhcpPeers = []*dhcpPeer{
	{name: "isc", title: "ISC dhcpd", program: "dhcpd", prepare: prepareISC},
	{name: "kea", title: "Kea", program: "kea-dhcp4", prepare: prepareKea},
	{name: "goref", title: "goref", prepare: prepareGoref},
	{name: "clusto", title: "clusto dhcpd", prepare: prepareClusto},
}

// missing returns the server's program if it is not installed.
func (p *dhcpPeer) missing(b *testing.B) string {
	b.Helper()
	if p.program == "" {
		return ""
	}
	if _, err := exec.LookPath(p.program); err == nil {
		return ""
	}
	return p.program
}

// buildDHCP builds what is measured of this project, as it is installed.
func buildDHCP(b *testing.B) map[string]string {
	b.Helper()
	programs := map[string]string{"clusto": buildClusto(b)}
	path := filepath.Join(b.TempDir(), "goref")
	cmd := exec.CommandContext(b.Context(), "go", "build", "-o", path, "./dhcp/goref")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, text)
	}
	programs["goref"] = path
	return programs
}

// each returns a text about each host.
func (s *dhcpSite) each(separator string, of func(i int) string) string {
	var all strings.Builder
	for i := range s.hosts {
		if i > 0 {
			all.WriteString(separator)
		}
		all.WriteString(of(i))
	}
	return all.String()
}

// prepareISC has dhcpd know hosts by fixed addresses, for which it writes no leases.
func prepareISC(b *testing.B, s *dhcpSite, _ map[string]string) {
	own := hosts.Gateway
	conf := fmt.Sprintf(`authoritative;
ddns-update-style none;
default-lease-time 3600;
next-server %[1]s;
filename "pxelinux.0";
option routers %[1]s;
option domain-name-servers %[1]s;
option tftp-server-name "%[1]s";
subnet 10.0.0.0 netmask 255.0.0.0 { deny unknown-clients; }
`, own) + s.each("\n", func(i int) string {
		return fmt.Sprintf("host %[1]s { hardware ethernet %[2]s; fixed-address %[3]s; option host-name %[1]q; }", hosts.Name(i), hosts.MAC(i), hosts.Addr(i))
	})
	s.command = []string{"dhcpd", "-4", "-f", "-q", "-cf", s.file(b, "dhcpd.conf", conf+"\n"),
		"-lf", s.file(b, "leases", ""), "-pf", filepath.Join(s.dir, "pid"), serverNIC}
}

// prepareKea has Kea know hosts by reservations, and keep leases in its file. It
// has one thread, since all servers have one core, and logs warnings.
func prepareKea(b *testing.B, s *dhcpSite, _ map[string]string) {
	reservations := s.each(",\n", func(i int) string {
		return fmt.Sprintf(`{"hw-address":%q,"ip-address":"%s","hostname":%q}`, hosts.MAC(i), hosts.Addr(i), hosts.Name(i))
	})
	conf := fmt.Sprintf(`{"Dhcp4": {
"interfaces-config": {"interfaces": ["%[1]s/%[2]s"]},
"lease-database": {"type": "memfile", "name": "%[3]s/leases.csv", "lfc-interval": 0},
"valid-lifetime": 3600, "calculate-tee-times": true, "authoritative": true, "match-client-id": false,
"host-reservation-identifiers": ["hw-address"],
"reservations-global": false, "reservations-in-subnet": true, "reservations-out-of-pool": true,
"multi-threading": {"enable-multi-threading": false},
"next-server": "%[2]s", "boot-file-name": "pxelinux.0",
"option-data": [{"name": "routers", "data": "%[2]s"}, {"name": "domain-name-servers", "data": "%[2]s"}, {"name": "tftp-server-name", "data": "%[2]s"}],
"loggers": [{"name": "kea-dhcp4", "severity": "WARN", "output_options": [{"output": "stderr"}]}],
"subnet4": [{"id": 1, "subnet": "%[4]s", "reservations": [
`, serverNIC, hosts.Gateway, s.dir, hosts.Network) + reservations + "\n]}]}}\n"
	s.environment = []string{"KEA_PIDFILE_DIR=" + s.dir, "KEA_LOCKFILE_DIR=none"}
	s.command = []string{"kea-dhcp4", "-c", s.file(b, "kea.json", conf)}
}

func prepareGoref(b *testing.B, s *dhcpSite, programs map[string]string) {
	list := s.each("\n", func(i int) string { return fmt.Sprintf("%s %s", hosts.MAC(i), hosts.Addr(i)) })
	s.command = []string{programs["goref"], "-interface", serverNIC, "-address", fmt.Sprintf("%s/%d", hosts.Gateway, hosts.Network.Bits()),
		"-hosts", s.file(b, "hosts", list+"\n")}
}

// prepareClusto makes the database, or takes the one that was kept.
func prepareClusto(b *testing.B, s *dhcpSite, programs map[string]string) {
	dir := *dhcpKeepFlag
	if dir == "" {
		dir = s.dir
	}
	dsn := filepath.Join(dir, fmt.Sprintf("hosts-%d.db", s.hosts))
	if _, err := os.Stat(dsn); err != nil {
		if err := makeHosts(b.Context(), dsn, s.hosts); err != nil {
			_ = os.Remove(dsn) // it is not whole
			b.Fatal(err)
		}
	}
	s.environment = []string{"CLUSTODSN=" + dsn, "CLUSTOCONFIG=" + s.file(b, "clusto.conf", "")}
	s.command = []string{programs["clusto"], "dhcpd", "--listen", hosts.Gateway.String() + ":67"}
}

func makeHosts(ctx context.Context, dsn string, n int) error {
	store, _, err := sqlite.Create(ctx, dsn, sqlite.Options{Options: sqlstore.Options{}})
	if err != nil {
		return err
	}
	defer store.Close()
	if err := hosts.Load(ctx, store, n); err != nil {
		return err
	}
	_, err = store.Migrate(ctx) // statistics
	return err
}
