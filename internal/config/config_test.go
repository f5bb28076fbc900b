package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/clusto/clusto/internal/config"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	full := &config.Config{
		Clusto: config.Clusto{DSN: "sqlite:////var/lib/clusto/clusto.db", Versioning: false, LibDir: "/srv/clusto", LogLevel: slog.LevelDebug, User: "daemon"},
		Script: config.Script{Allow: []string{"smtp", "dns"}, MaxSteps: 1000000, MaxDepth: 64, Timeout: 30 * time.Second},
		Serve:  config.Serve{SNMPTrap: "127.0.0.1:1162", DHCP: []string{"192.0.2.1:67", "198.51.100.1:67"}, DHCP6: []string{"[::]:547"}},
		HTTP: config.HTTP{
			Listen:  []string{"[::1]:9664", "unix:/run/clusto/http.sock"},
			TLSCert: "testdata/tls/cert.pem", TLSKey: "/etc/clusto/key.pem", ClientCA: "/etc/clusto/ca.pem",
			Accounts: true, Insecure: "yes-i-know", MaxHeader: 16 << 10, MaxBody: 1 << 20,
			HeaderTimeout: time.Second, ReadTimeout: 2 * time.Second, WriteTimeout: 3 * time.Second,
			RequestTimeout: 4 * time.Second, IdleTimeout: 5 * time.Second, StopTimeout: 6 * time.Second,
			RateAddress: 50, TrustedProxies: []config.Network{{Prefix: netip.MustParsePrefix("192.0.2.0/24")}, {Prefix: netip.MustParsePrefix("2001:db8::1/128")}},
			MetricsFrom: []config.Network{{Unix: true}}, SecretKeys: []string{"snmp"},
			Read: config.ReadGranted, SessionLife: time.Hour,
			OIDC: config.OIDC{
				Issuer: "https://id.example.com/realms/ops", ClientID: "clusto", ClientSecret: "the client secret",
				Redirect: "https://clusto.example.com", Scopes: []string{"profile", "groups"}, UserClaim: "email", GroupsClaim: "roles",
				Groups: []string{"ops", "dba"}, MakeUsers: true,
			},
		},
		SNMPTrapd: config.SNMPTrapd{
			Listen: "[::]:1162", Communities: []config.Secret{"public", "private"}, EngineID: []byte("\x80\x00\x00\x00\x05LONG"),
			MACPrefixes: []string{"00:1e:c9", "02:20:00"}, NameManager: "servernames2", ReceiveBuffer: 16 << 20, Queue: 5000,
			Users: []config.SNMPUser{
				{Name: "ops", Auth: "sha256", AuthPassword: "word with ; in it", Priv: "aes", PrivPassword: "quoted password"},
				{Name: "lab", Auth: "none", Priv: "none"},
			},
		},
		DHCPd: config.DHCPd{
			Listen: []string{"127.0.0.1:6767"}, Listen6: []string{"[::1]:5470"}, Interface: "eth0", DUID: []byte{0, 3, 0, 1, 2, 0, 0, 0, 0, 1}, ReceiveBuffer: 1 << 20,
			Workers: 3, User: "boot", UpdateIPMI: true, BMCVendors: []string{"udhcp 0.9.9-pre", "iDRAC*"},
		},
		RackFactory: config.RackFactory{Domain: "example.com", DNSTimeout: 500 * time.Millisecond},
	}
	classic := config.Default()
	classic.Clusto.DSN = "mysql://clusto:p%40ss@db.example.com/clusto"
	for _, key := range []string{"2: [DEFAULT] host", "6: [clusto] memcached", "7: [clusto] plugins", "10: [console] user",
		"12: [puppet] attribute", "13: [puppet] base_class", "15: [apiserver] host", "16: [apiserver] port", "18: [snmptrapd] port"} {
		classic.Ignored = append(classic.Ignored, "testdata/good-classic.conf:"+key)
	}
	for name, want := range map[string]*config.Config{"full": full, "classic": classic, "empty": config.Default()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := "testdata/good-" + name + ".conf"
			got, err := config.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			want.Path, got.Warnings = path, nil // they depend on the mode of the file; TestWarnings
			if diff := cmp.Diff(got, want, cmp.Transformer("reveal", func(s config.Secret) string { return string(s) }), cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
				t.Errorf("(-got +want):\n%s", diff)
			}
		})
	}
}

// TestBad loads each testdata/bad-WHAT.conf. Each line of the error begins with
// "testdata/bad-WHAT.conf:", which is left away here.
func TestBad(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"comment": {
			`3: [snmp-user a] auth_password: what follows " #" or " ;" would be a comment; if it belongs to the value, put that between backquotes, or use auth_password_file`,
		},
		"duplicate": {
			`3: [clusto] user stands here again; it is already in line 2`,
			`5: [clusto] stands here again; it is already in line 1`,
		},
		"http": {
			`2: [http] listen: "9664" is neither HOST:PORT, such as 127.0.0.1:9664, nor unix:PATH, nor off`,
			`3: [http] insecure: "yes" is not known here; known are no, yes-i-know`,
			`4: [http] max_body: "-1" is not a size from 1 to below 2G, such as 8M or 65536`,
			`5: [http] rate_user: "many" is neither a number of requests a second nor off`,
			`6: [http] trusted_proxies: "10.0.0.0/33" is not a network such as 192.0.2.0/24, an address, or unix`,
			`7: [http] accounts: "perhaps" is neither true nor false`,
			`8: [http] idle_timeout: "60" has no unit; write 60s for seconds`,
			`9: [http] tls_crt: unknown key; did you mean tls_cert?`,
			`11: [serve] snmptrap: "162" is neither HOST:PORT, such as 0.0.0.0:162, nor off`,
		},
		"dhcpd": {
			`2: [dhcpd] listen: "67" is neither HOST:PORT, such as 0.0.0.0:67, nor off`,
			`3: [dhcpd] listen6: "eth0" is neither HOST:PORT, such as [::]:547, nor off`,
			`4: [dhcpd] duid: "00" is not a DUID: 3 to 130 octets in hexadecimal`,
			`5: [dhcpd] workers: "0" is not a whole number of at least 1`,
			`6: [dhcpd] lisen: unknown key; did you mean listen?`,
			`8: [serve] dhcp: "on" is neither HOST:PORT, such as 0.0.0.0:67, nor off`,
			`10: [dhcp] update_ipmi: "perhaps" is neither true nor false`,
		},
		"http-unix": {
			`2: [http] listen: "unix:http.sock" is not unix: and an absolute path, such as unix:/run/clusto/http.sock`,
		},
		"accounts": {
			`2: [http] read: "some" is not known here; known are all, granted`,
			`3: [http] session_life: "12" has no unit; write 12s for seconds`,
			`4: [http] oidc_issuer: "id.example.com" is not an address such as https://id.example.com`,
			`5: [http] oidc_redirect: "https://clusto.example.com/clusto" has a path; write the address of the server alone`,
			`6: [http] oidc_make_users: "maybe" is neither true nor false`,
			`7: [http] oidc_secret: unknown key; did you mean oidc_redirect?`,
		},
		"oidc":          {` [http] oidc_issuer needs oidc_redirect as well: the address of this server, such as https://clusto.example.com`},
		"oidc-accounts": {` [http] oidc_issuer needs accounts = on`},
		"oidc-issuer":   {` [http] oidc_issuer is missing`},
		"tls":           {` [http] tls_cert needs tls_key as well`},
		"indent": {
			`2: [clusto] user: the value goes on in the next line; do not indent what follows`,
		},
		"key": {
			`2: [clusto] dns: unknown key; did you mean dsn?`,
			`5: [snmptrapd] comunity_file: unknown key; did you mean communities_file?`,
			`6: [snmptrapd] frobnicate: unknown key; known are communities, communities_file, engine_id, listen, mac_prefixes, name_manager, queue, receive_buffer, users`,
		},
		"line": {
			`1: dsn stands before the first section; begin with [clusto]`,
			`2: [clusto: the section's ] is missing`,
			`3: "sqlite" is not a section, a comment or "key = value"`,
			`4: []: a section's name has no blanks around it and is not empty`,
			`6: a key has no quotes and is not a dash: "dsn"`,
		},
		"nested-include": {
			`testdata/bad-includes.inc:3: [clusto] libdr: unknown key; did you mean libdir?`,
			`testdata/bad-includes.inc: an included file cannot include good-empty.conf`,
		},
		"password": {
			`1: [snmp-user a]: the auth_password has 5 characters; SNMPv3 wants at least 8`,
			`4: [snmp-user b]: auth = sha needs auth_password or auth_password_file`,
			`6: [snmp-user c]: an auth_password without auth; say which, such as auth = sha`,
			`8: [snmp-user d]: priv = aes needs an auth as well, such as sha`,
		},
		"protocol": {
			`2: [snmp-user a] auth: "sha265" is not known here; did you mean sha256?`,
			`4: [snmp-user a] priv: "rot13" is not known here; known are aes, aes192, aes192c, aes256, aes256c, des, none`,
		},
		"quotes": {
			"2: the value begins with `, which is never closed",
		},
		"secret-file": {
			`2: [clusto] dsn_file: open testdata/missing.txt: no such file or directory`,
		},
		"section": {
			`1: [snmptrap]: unknown section; did you mean snmptrapd?`,
			`3: [snmpuser bob]: unknown section; did you mean snmp-user bob?`,
			`4: [frobnicate]: unknown section; known are client, clusto, dhcpd, http, rackfactory, script, serve, snmp-user NAME, snmptrapd`,
		},
		"twins": {
			`2: [clusto] dsn: given together with dsn_file; leave one of them away`,
			`3: [clusto] dsn_file: open testdata/missing.txt: no such file or directory`,
		},
		"user": {
			`2: [snmptrapd] users: a is named twice`,
			`2: [snmptrapd] users: there is no section [snmp-user nobody]`,
			`6: [snmp-user b]: priv = aes needs an auth as well, such as sha`,
		},
		"truth": {`2: [clusto] versioning: "perhaps" is neither true nor false`},
		"values": {
			`2: [clusto] loglevel: "loud" is not a log level; known are debug, info, warning, error`,
			`3: [clusto] libdir: the value is missing`,
			`5: [script] allow: "htp" is not known here; did you mean http?`,
			`6: [script] max_steps: "many" is not a whole number of at least 1`,
			`7: [script] max_depth: "0" is not a whole number of at least 1`,
			`8: [script] timeout: "30" has no unit; write 30s for seconds`,
			`10: [snmptrapd] listen: "162" is not HOST:PORT, such as 0.0.0.0:162 or [::]:162`,
			`11: [snmptrapd] engine_id: "80" is not an engine ID: 5 to 32 octets in hexadecimal`,
			`12: [snmptrapd] mac_prefixes: "00:1e:c" is not the beginning of a MAC address, such as 00:1e:c9`,
			`13: [snmptrapd] receive_buffer: "2G" is not a size from 1 to below 2G, such as 8M or 65536`,
			`14: [snmptrapd] queue: "-1" is not a whole number of at least 1`,
			`16: [rackfactory] dns_timeout: "soon" is not a time such as 500ms, 10s or 2m`,
		},
	}
	files, err := filepath.Glob("testdata/bad-*.conf")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(path, "testdata/bad-"), ".conf")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, known := tests[name]
			if !known {
				t.Fatalf("no row for %s", path)
			}
			_, err := config.Load(path)
			if err == nil {
				t.Fatal("no error")
			}
			got := strings.ReplaceAll(err.Error(), path+":", "")
			if diff := cmp.Diff(strings.Split(got, "\n"), want); diff != "" {
				t.Errorf("(-got +want):\n%s", diff)
			}
		})
	}
	if len(files) != len(tests) {
		t.Errorf("%d files for %d rows", len(files), len(tests))
	}
}

// write writes a file into a directory, with a mode that no umask narrows.
func write(t *testing.T, dir, name, content string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

const users = `[clusto]
dsn_file = dsn
[snmptrapd]
communities_file = communities
users = ops
[snmp-user ops]
auth = sha
auth_password = long enough
[snmp-user old]
`

func TestWarnings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := write(t, dir, "clusto.conf", users, 0o644)
	dsn := write(t, dir, "dsn", "postgres://clusto@db/clusto\n", 0o644)
	write(t, dir, "communities", "with blank\n\nother\n", 0o640)
	got, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		path + ":2: [clusto] dsn_file: " + dsn + " is readable by everyone; chmod o-r it",
		path + ":8: [snmp-user ops] auth_password: the file is readable by everyone; chmod o-r it, or use auth_password_file",
		path + ":9: [snmp-user old]: [snmptrapd] users does not name this user, so it is not used",
	}
	if diff := cmp.Diff(got.Warnings, want); diff != "" {
		t.Errorf("warnings (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(got.SNMPTrapd.Communities, []config.Secret{"with blank", "other"}); diff != "" {
		t.Errorf("communities (-got +want):\n%s", diff)
	}
	if got.Clusto.DSN != "postgres://clusto@db/clusto" {
		t.Errorf("dsn %q", string(got.Clusto.DSN))
	}
}

func TestNoWarnings(t *testing.T) {
	t.Parallel()
	path := write(t, t.TempDir(), "clusto.conf", "[clusto]\ndsn = mysql://u:p@h/d\n[snmptrapd]\ncommunities = a\n", 0o640)
	got, err := config.Load(path)
	if err != nil || got.Warnings != nil {
		t.Errorf("warnings %v, error %v; want none", got.Warnings, err)
	}
}

// TestInclude checks that included files replace what was said before, in
// alphabetical order, as in classic clusto.
func TestInclude(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := write(t, dir, "clusto.conf", "[clusto]\nuser = a\nlibdir = /a\ninclude = more-*.conf nothing.conf\n", 0o644)
	write(t, dir, "more-1.conf", "[clusto]\nuser = b\n[script]\nmax_depth = 5\n", 0o644)
	write(t, dir, "more-2.conf", "[clusto]\nuser = c\n", 0o644)
	got, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got.Clusto.User != "c" || got.Clusto.LibDir != "/a" || got.Script.MaxDepth != 5 {
		t.Errorf("got %+v", got)
	}
	want := []string{path + ": [clusto] include: nothing matches " + filepath.Join(dir, "nothing.conf")}
	if diff := cmp.Diff(got.Warnings, want); diff != "" {
		t.Errorf("warnings (-got +want):\n%s", diff)
	}
}

func TestLoadNothing(t *testing.T) {
	t.Parallel()
	got, err := config.Load("")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, config.Default(), cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
		t.Errorf("(-got +want):\n%s", diff)
	}
	if _, err := config.Load("testdata/absent.conf"); !os.IsNotExist(err) && !strings.Contains(fmt.Sprint(err), "testdata/absent.conf") {
		t.Errorf("error %v", err)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	t.Parallel()
	c, err := config.Load("testdata/good-full.conf")
	if err != nil {
		t.Fatal(err)
	}
	c.Clusto.DSN = "mysql://u:password@h/d"
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "config", c, "dsn", c.Clusto.DSN)
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{log.String(), string(asJSON), fmt.Sprintf("%v %+v %#v %q %x", c, *c, *c, c.Clusto.DSN, c.Clusto.DSN)} {
		for _, word := range []string{"password@", "quoted password", "word with", "private"} {
			if strings.Contains(text, word) {
				t.Errorf("%q is in %s", word, text)
			}
		}
		if !strings.Contains(text, "***") && !strings.Contains(text, "2a2a2a") {
			t.Errorf("no *** in %s", text)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	env := func(vars map[string]string) func(string) string {
		return func(name string) string { return vars[name] }
	}
	if got, want := config.Find(env(map[string]string{"CLUSTOCONFIG": "/no/such.conf", "HOME": home})), "/no/such.conf"; got != want {
		t.Errorf("Find: %q, want %q", got, want)
	}
	if _, err := os.Stat(config.SystemPath); err == nil {
		t.Skipf("%s is there and comes first", config.SystemPath)
	}
	if got := config.Find(env(map[string]string{"HOME": home})); got != "" {
		t.Errorf("Find: %q, want none", got)
	}
	want := write(t, home, ".clusto.conf", "", 0o600)
	if got := config.Find(env(map[string]string{"HOME": home})); got != want {
		t.Errorf("Find: %q, want %q", got, want)
	}
}

// FuzzLoad checks that nothing panics, and that every error names the file.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/*.conf")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	path := filepath.Join(f.TempDir(), "clusto.conf")
	f.Fuzz(func(t *testing.T, content []byte) {
		if bytes.Contains(content, []byte("/dev")) {
			t.Skip("reading a device may never end")
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := config.Load(path); err != nil && !strings.HasPrefix(err.Error(), path+":") {
			t.Errorf("error without file and line: %v", err)
		}
	})
}
