package snmp

import (
	"errors"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

// The sender of these tests is one user, at an engine with this ID.
const (
	testEngine  = "\x80\x00\x00\x09\x01\x7f\x00\x00\x0b"
	localEngine = "\x80\x00\x00\x00\x05clusto"
)

func testUser() User {
	return User{Name: "clusto", Auth: SHA, AuthPassword: "authpassword", Priv: AES, PrivPassword: "privpassword"}
}

// message is a packet to encode.
type message struct {
	version     gosnmp.SnmpVersion
	kind        gosnmp.PDUType
	user        User
	engine      string
	boots, time int
	flags       gosnmp.SnmpV3MsgFlags // besides the user's level
	vars        []gosnmp.SnmpPDU
}

// encode returns the datagram.
func (m message) encode(t testing.TB) []byte {
	t.Helper()
	packet := &gosnmp.SnmpPacket{Version: m.version, Community: "public", PDUType: m.kind, MsgID: 7, RequestID: 8, Variables: m.vars}
	packet.SnmpTrap = gosnmp.SnmpTrap{Enterprise: oidMACEnterprise, AgentAddress: "10.1.2.3", GenericTrap: enterpriseSpecific, SpecificTrap: 1, Timestamp: 12345}
	if m.version == gosnmp.Version3 {
		params, err := m.user.params(m.engine, false)
		if err != nil {
			t.Fatal(err)
		}
		params.AuthoritativeEngineBoots, params.AuthoritativeEngineTime = uint32(m.boots), uint32(m.time)
		params.PrivacyParameters = []byte("saltsalt")
		packet.SecurityModel, packet.SecurityParameters = gosnmp.UserSecurityModel, params
		packet.MsgFlags, packet.ContextEngineID = m.user.level()|m.flags, m.engine
	}
	b, err := packet.MarshalMsg()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// macVars are the variables of a MAC notification of v2c and v3.
func macVars() []gosnmp.SnmpPDU {
	return []gosnmp.SnmpPDU{
		{Name: oidSysUpTime, Type: gosnmp.TimeTicks, Value: uint32(12345)},
		{Name: oidTrapOID, Type: gosnmp.ObjectIdentifier, Value: OIDMACChanged},
		{Name: oidChangedMsg + ".1", Type: gosnmp.OctetString, Value: []byte("\x02\x00\x01\x00\x19\xfd\x4b\x1c\xec\x00\x2f\x00")},
		{Name: oidTimestamp + ".1", Type: gosnmp.TimeTicks, Value: uint32(12345)},
	}
}

// testDecoder returns a decoder that started at now and knows testUser and others.
func testDecoder(t testing.TB, now time.Time) *decoder {
	t.Helper()
	users := []User{testUser(), {Name: "plain"}, {Name: "des", Auth: MD5, AuthPassword: "authpassword", Priv: DES, PrivPassword: "privpassword"}}
	d, err := newDecoder(nil, localEngine, users, now)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// reasonOf returns the reason of an error of decode, "discovery", or "" for none.
func reasonOf(t testing.TB, err error) Reason {
	t.Helper()
	if err == nil {
		return ""
	}
	if errors.Is(err, errDiscovery) {
		return "discovery"
	}
	d, ok := errors.AsType[*drop](err)
	if !ok {
		t.Fatalf("error %v is of no known kind", err)
	}
	return d.reason
}

// TestTimeWindow sends messages one after another and expects those to be
// refused that are older than RFC 3414 allows.
func TestTimeWindow(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	d := testDecoder(t, start)
	boots := int(d.usm.boots)
	steps := []struct {
		name        string
		at          time.Duration // since start
		engine      string
		boots, time int
		want        Reason
	}{
		{name: "first", engine: testEngine, boots: 5, time: 1000},
		{name: "same again", engine: testEngine, boots: 5, time: 1000},
		{name: "a little older", engine: testEngine, boots: 5, time: 900},
		{name: "too old", engine: testEngine, boots: 5, time: 849, want: NotInWindow},
		{name: "replayed later", at: 151 * time.Second, engine: testEngine, boots: 5, time: 1000, want: NotInWindow},
		{name: "newer", at: 151 * time.Second, engine: testEngine, boots: 5, time: 1151},
		{name: "restarted", at: 152 * time.Second, engine: testEngine, boots: 6, time: 3},
		{name: "before the restart", at: 153 * time.Second, engine: testEngine, boots: 5, time: 1153, want: NotInWindow},
		{name: "another engine", at: 153 * time.Second, engine: testEngine + "x", boots: 1, time: 1},
		{name: "worn out", engine: testEngine + "y", boots: 1<<31 - 1, time: 1, want: NotInWindow},
		{name: "our clock", at: 160 * time.Second, engine: localEngine, boots: boots, time: 10},
		{name: "our clock, too old", at: 161 * time.Second, engine: localEngine, boots: boots, time: 10, want: NotInWindow},
		{name: "our clock, too new", at: 160 * time.Second, engine: localEngine, boots: boots, time: 311, want: NotInWindow},
		{name: "our former life", at: 160 * time.Second, engine: localEngine, boots: boots - 1, time: 160, want: NotInWindow},
	}
	for _, s := range steps {
		m := message{version: gosnmp.Version3, kind: gosnmp.SNMPv2Trap, user: testUser(), engine: s.engine, boots: s.boots, time: s.time, vars: macVars()}
		_, _, err := d.decode(m.encode(t), start.Add(s.at))
		if got := reasonOf(t, err); got != s.want {
			t.Errorf("%s: %q (%v), want %q", s.name, got, err, s.want)
		}
	}
}

// TestReports says which messages are answered by a report.
func TestReports(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	plain, stranger := User{Name: "plain"}, User{Name: "stranger"}
	tests := []struct {
		name  string
		m     message
		want  Reason
		reply string // the counter it names
	}{
		{"trap", message{kind: gosnmp.SNMPv2Trap, user: plain, engine: testEngine}, "", ""},
		{"discovery", message{kind: gosnmp.GetRequest, flags: gosnmp.Reportable}, "discovery", oidUnknownEngineIDs},
		{"discovery nobody waits for", message{kind: gosnmp.GetRequest}, UnknownEngine, ""},
		{"clock", message{kind: gosnmp.GetRequest, user: testUser(), engine: localEngine, flags: gosnmp.Reportable}, "discovery", oidNotInTimeWindows},
		{"inform for another engine", message{kind: gosnmp.InformRequest, user: plain, engine: testEngine, flags: gosnmp.Reportable}, UnknownEngine, oidUnknownEngineIDs},
		{"stranger", message{kind: gosnmp.InformRequest, user: stranger, engine: localEngine, flags: gosnmp.Reportable}, UnknownUser, oidUnknownUserNames},
		{"strange trap", message{kind: gosnmp.SNMPv2Trap, user: stranger, engine: testEngine}, UnknownUser, ""},
		{"get", message{kind: gosnmp.GetRequest, user: plain, engine: localEngine, flags: gosnmp.Reportable}, NotATrap, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := tt.m
			m.version = gosnmp.Version3
			if m.kind != gosnmp.GetRequest {
				m.vars = macVars()
			}
			_, reply, err := testDecoder(t, now).decode(m.encode(t), now)
			if got := reasonOf(t, err); got != tt.want {
				t.Errorf("%q (%v), want %q", got, err, tt.want)
			}
			if tt.reply == "" {
				if reply != nil {
					t.Errorf("reply %x, want none", reply)
				}
				return
			}
			params, err := m.user.params(localEngine, false)
			if err != nil {
				t.Fatal(err)
			}
			packet, err := unmarshal(gosnmp.Version3, params, reply)
			if err != nil {
				t.Fatalf("reply %x: %v", reply, err)
			}
			if packet.PDUType != gosnmp.Report || packet.MsgID != 7 || undotted(packet.Variables[0].Name) != tt.reply {
				t.Errorf("reply %s, want a report of %s", packet.SafeString(), tt.reply)
			}
			if usm := packet.SecurityParameters.(*gosnmp.UsmSecurityParameters); usm.AuthoritativeEngineID != localEngine || usm.AuthoritativeEngineBoots == 0 {
				t.Errorf("reply %s, want our engine and clock", packet.SafeString())
			}
		})
	}
}

// TestOtherMessages says what becomes of v1 and v2c messages that are no traps,
// or odd ones.
func TestOtherMessages(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name string
		m    message
		want Reason
	}{
		{"v1 get", message{version: gosnmp.Version1, kind: gosnmp.GetRequest}, NotATrap},
		{"v1 with a v2 trap", message{version: gosnmp.Version1, kind: gosnmp.SNMPv2Trap, vars: macVars()}, NotATrap},
		{"v2c response", message{version: gosnmp.Version2c, kind: gosnmp.GetResponse}, NotATrap},
		{"version 2", message{version: 2, kind: gosnmp.SNMPv2Trap, vars: macVars()}, Malformed},
		{"no trap OID", message{version: gosnmp.Version2c, kind: gosnmp.SNMPv2Trap, vars: macVars()[2:]}, Malformed},
		{"other order", message{version: gosnmp.Version2c, kind: gosnmp.SNMPv2Trap, vars: []gosnmp.SnmpPDU{macVars()[2], macVars()[1], macVars()[0]}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := testDecoder(t, now).decode(tt.m.encode(t), now)
			if got := reasonOf(t, err); got != tt.want {
				t.Errorf("%q (%v), want %q", got, err, tt.want)
			}
		})
	}
}

// TestStrangersAreForgotten checks that messages which are not authentic leave
// nothing in memory.
func TestStrangersAreForgotten(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	d := testDecoder(t, now)
	user := testUser()
	user.AuthPassword = "another password"
	for i := range 100 {
		m := message{version: gosnmp.Version3, kind: gosnmp.SNMPv2Trap, user: user, engine: testEngine + string(rune('a'+i)), boots: 1, time: 1, vars: macVars()}
		if _, _, err := d.decode(m.encode(t), now); reasonOf(t, err) != AuthFailure {
			t.Fatalf("error %v, want %s", err, AuthFailure)
		}
	}
	if n := len(d.usm.peers); n != 0 {
		t.Errorf("%d peers are remembered, want none", n)
	}
}

// FuzzDecode checks that no datagram panics, and that the answer to an inform
// is a message again.
func FuzzDecode(f *testing.F) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	des := User{Name: "des", Auth: MD5, AuthPassword: "authpassword", Priv: DES, PrivPassword: "privpassword"}
	boots := int(testDecoder(f, now).usm.boots)
	for _, m := range []message{
		{version: gosnmp.Version1, kind: gosnmp.Trap, vars: macVars()[2:]},
		{version: gosnmp.Version2c, kind: gosnmp.SNMPv2Trap, vars: macVars()},
		{version: gosnmp.Version2c, kind: gosnmp.InformRequest, vars: macVars()},
		{version: gosnmp.Version2c, kind: gosnmp.GetRequest},
		{version: gosnmp.Version3, kind: gosnmp.GetRequest, flags: gosnmp.Reportable},
		{version: gosnmp.Version3, kind: gosnmp.SNMPv2Trap, user: User{Name: "plain"}, engine: testEngine, vars: macVars()},
		{version: gosnmp.Version3, kind: gosnmp.InformRequest, user: User{Name: "plain"}, engine: localEngine, flags: gosnmp.Reportable, vars: macVars()},
		{version: gosnmp.Version3, kind: gosnmp.SNMPv2Trap, user: testUser(), engine: testEngine, boots: 3, time: 9, vars: macVars()},
		{version: gosnmp.Version3, kind: gosnmp.InformRequest, user: des, engine: localEngine, boots: boots, flags: gosnmp.Reportable, vars: macVars()},
	} {
		b := m.encode(f)
		if _, _, err := testDecoder(f, now).decode(append([]byte(nil), b...), now); err != nil && m.kind != gosnmp.GetRequest {
			f.Fatalf("seed %+v: %v", m, err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		trap, reply, err := testDecoder(t, now).decode(b, now)
		if err != nil {
			reasonOf(t, err)
		} else {
			_, _ = MACChanges(trap)
			if trap.OID == "" || trap.Inform != (reply != nil) {
				t.Errorf("trap %+v, reply %x", trap, reply)
			}
		}
		if reply != nil {
			if _, err := readHeader(reply); err != nil {
				t.Errorf("reply %x: %v", reply, err)
			}
		}
	})
}

// BenchmarkDecode measures the work for one datagram, without the socket.
func BenchmarkDecode(b *testing.B) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, bb := range []struct {
		name string
		m    message
	}{
		{"v1", message{version: gosnmp.Version1, kind: gosnmp.Trap, vars: macVars()[2:]}},
		{"v2c", message{version: gosnmp.Version2c, kind: gosnmp.SNMPv2Trap, vars: macVars()}},
		{"v3=sha,aes", message{version: gosnmp.Version3, kind: gosnmp.SNMPv2Trap, user: testUser(), engine: testEngine, boots: 1, time: 1, vars: macVars()}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			d := testDecoder(b, now)
			original := bb.m.encode(b)
			datagram := make([]byte, len(original))
			b.ReportAllocs()
			for b.Loop() {
				copy(datagram, original) // decode may change it
				trap, _, err := d.decode(datagram, now)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := MACChanges(trap); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
