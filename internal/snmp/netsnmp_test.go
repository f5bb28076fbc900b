package snmp_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto/internal/snmp"
	"github.com/clusto/clusto/internal/testenv"
)

// netSNMP runs snmptrap or snmpinform of net-snmp, with no configuration but
// its arguments.
func netSNMP(t *testing.T, program string, args ...string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), program, append([]string{"-t", "2", "-r", "1"}, args...)...)
	cmd.Env = append(os.Environ(), "SNMPCONFPATH="+dir, "SNMP_PERSISTENT_DIR="+dir, "HOME="+dir, "MIBS=")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestNetSNMP(t *testing.T) {
	t.Parallel()
	testenv.Require(t, "snmptrap", "snmpinform")
	users := []snmp.User{
		{Name: "plain"},
		{Name: "md5", Auth: snmp.MD5, AuthPassword: "md5 password"},
		{Name: "shades", Auth: snmp.SHA, AuthPassword: "sha password", Priv: snmp.DES, PrivPassword: "des password"},
		{Name: "sha224aes", Auth: snmp.SHA224, AuthPassword: "sha password", Priv: snmp.AES, PrivPassword: "aes password"},
		{Name: "sha256aes192", Auth: snmp.SHA256, AuthPassword: "sha password", Priv: snmp.AES192, PrivPassword: "aes password"},
		{Name: "shaaes256", Auth: snmp.SHA, AuthPassword: "sha password", Priv: snmp.AES256, PrivPassword: "aes password"},
		{Name: "sha384aes256", Auth: snmp.SHA384, AuthPassword: "sha password", Priv: snmp.AES256, PrivPassword: "aes password"},
		{Name: "sha512aes", Auth: snmp.SHA512, AuthPassword: "sha password", Priv: snmp.AES, PrivPassword: "aes password"},
	}
	r := listen(t, snmp.Options{Communities: []string{"private"}, Users: users})
	to := r.Addr().String()
	value := []string{changedMsg, "x", "0200010019fd4b1cec002f00"}
	v2 := append([]string{to, "27360000", snmp.OIDMACChanged}, value...)
	type test struct {
		name, program string
		args          []string
	}
	tests := []test{
		{"v1", "snmptrap", append([]string{"-v1", "-c", "private", to, "1.3.6.1.4.1.9.9.215.2", "10.1.2.3", "6", "1", "27360000"}, value...)},
		{"v2c", "snmptrap", append([]string{"-v2c", "-c", "private"}, v2...)},
		{"v2c inform", "snmpinform", append([]string{"-v2c", "-c", "private"}, v2...)},
	}
	for _, u := range users {
		for _, program := range []string{"snmptrap", "snmpinform"} {
			args := append([]string{"-v3"}, netSNMPUser(u)...)
			if program == "snmptrap" {
				args = append(args, "-e", "8000000001020304")
			}
			tests = append(tests, test{fmt.Sprintf("%s of %s", program, u.Name), program, append(args, v2...)})
		}
	}
	for _, tt := range tests {
		if out, err := netSNMP(t, tt.program, tt.args...); err != nil {
			t.Errorf("%s: %v: %s; %+v", tt.name, err, out, r.Stats())
			continue
		}
		got := r.next(t)
		changes, err := snmp.MACChanges(got)
		if err != nil || len(changes) != 1 || changes[0].MAC.String() != "00:19:fd:4b:1c:ec" {
			t.Errorf("%s: changes %v, error %v", tt.name, changes, err)
		}
		if got.OID != snmp.OIDMACChanged || got.Uptime.Hours() != 76 || got.Inform != (tt.program == "snmpinform") {
			t.Errorf("%s: trap %+v", tt.name, got)
		}
		if tt.name == "v1" && got.AgentAddr.String() != "10.1.2.3" {
			t.Errorf("agent-addr %s, want 10.1.2.3", got.AgentAddr)
		}
	}
	r.stop()
	s := r.Stats()
	if want := uint64(1 + len(users)); s.Acknowledged != want {
		t.Errorf("%d informs acknowledged, want %d", s.Acknowledged, want)
	}
	if diff := cmp.Diff(s.Dropped, map[snmp.Reason]uint64{}); diff != "" {
		t.Errorf("dropped (-got +want):\n%s\n%s", diff, r.log)
	}
}

// TestNetSNMPIsTold checks that a sender of informs learns what is wrong.
func TestNetSNMPIsTold(t *testing.T) {
	t.Parallel()
	testenv.Require(t, "snmptrap", "snmpinform")
	user := snmp.User{Name: "clusto", Auth: snmp.SHA, AuthPassword: "sha password", Priv: snmp.AES, PrivPassword: "aes password"}
	r := listen(t, snmp.Options{Users: []snmp.User{user}})
	tests := []struct {
		name string
		user snmp.User
		want string
	}{
		{"user", snmp.User{Name: "nobody"}, "Unknown user name"},
		{"password", snmp.User{Name: "clusto", Auth: snmp.SHA, AuthPassword: "no password", Priv: snmp.AES, PrivPassword: "aes password"}, "Authentication failure"},
		{"level", snmp.User{Name: "clusto", Auth: snmp.SHA, AuthPassword: "sha password"}, "Unsupported security level"},
	}
	for _, tt := range tests {
		args := append(append([]string{"-v3"}, netSNMPUser(tt.user)...), r.Addr().String(), "1", snmp.OIDMACChanged)
		out, err := netSNMP(t, "snmpinform", args...)
		if err == nil || !strings.Contains(out, tt.want) {
			t.Errorf("wrong %s: %v: %q; want %q in it", tt.name, err, out, tt.want)
		}
	}
	if n := r.Stats().Accepted; n != 0 {
		t.Errorf("%d accepted", n)
	}
}

// netSNMPUser returns the arguments of net-snmp's programs for a user.
func netSNMPUser(u snmp.User) []string {
	auth := map[snmp.AuthProtocol]string{snmp.MD5: "MD5", snmp.SHA: "SHA", snmp.SHA224: "SHA-224", snmp.SHA256: "SHA-256", snmp.SHA384: "SHA-384", snmp.SHA512: "SHA-512"}
	priv := map[snmp.PrivProtocol]string{snmp.DES: "DES", snmp.AES: "AES", snmp.AES192: "AES-192", snmp.AES256: "AES-256"}
	args := []string{"-u", u.Name}
	switch {
	case u.Priv != "":
		return append(args, "-l", "authPriv", "-a", auth[u.Auth], "-A", u.AuthPassword, "-x", priv[u.Priv], "-X", u.PrivPassword)
	case u.Auth != "":
		return append(args, "-l", "authNoPriv", "-a", auth[u.Auth], "-A", u.AuthPassword)
	}
	return append(args, "-l", "noAuthNoPriv")
}
