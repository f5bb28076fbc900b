package snmp

import (
	"bytes"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/gosnmp/gosnmp"
)

// sameTrap compares traps; a list without variables is like none.
var sameTrap = cmp.Options{
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }),
	cmpopts.EquateEmpty(),
}

// plainMessages are messages that are read without gosnmp.
func plainMessages(t testing.TB) map[string][]byte {
	t.Helper()
	values := []gosnmp.SnmpPDU{
		{Name: "1.3.6.1.4.1.99999.1.4294967", Type: gosnmp.Integer, Value: -2},
		{Name: "1.3.6.1.4.1.9.9.215.1.1.8.1.3.1", Type: gosnmp.Counter32, Value: uint32(1<<32 - 1)},
		{Name: "1.3.6.1.4.1.9.9.215.1.1.8.1.3.127", Type: gosnmp.Gauge32, Value: uint32(0)},
		{Name: "1.3.6.1.4.1.9.9.215.1.1.8.1.3.128", Type: gosnmp.IPAddress, Value: "192.0.2.1"},
		{Name: "1.3.6.1.4.1.9.9.215.1.1.8.1.3.16384", Type: gosnmp.ObjectIdentifier, Value: "1.3.6.1.2.1"},
		{Name: oidChangedMsg + ".500", Type: gosnmp.OctetString, Value: bytes.Repeat([]byte{1}, 300)},
	}
	return map[string][]byte{
		"v1":             message{version: gosnmp.Version1, kind: gosnmp.Trap, vars: macVars()[2:]}.encode(t),
		"v2c":            message{version: gosnmp.Version2c, kind: gosnmp.SNMPv2Trap, vars: macVars()}.encode(t),
		"inform":         message{version: gosnmp.Version2c, kind: gosnmp.InformRequest, vars: macVars()}.encode(t),
		"all the values": message{version: gosnmp.Version2c, kind: gosnmp.SNMPv2Trap, vars: append(macVars()[:2:2], values...)}.encode(t),
	}
}

// TestPlain checks that the usual messages are read here, and as gosnmp reads them.
func TestPlain(t *testing.T) {
	t.Parallel()
	for name, datagram := range plainMessages(t) {
		t.Run(name, func(t *testing.T) {
			if !comparePlain(t, datagram) {
				t.Error("gosnmp is asked")
			}
		})
	}
}

// comparePlain checks that what plainTrap reads gosnmp reads alike, and reports
// whether it read something.
func comparePlain(t *testing.T, datagram []byte) bool {
	h, err := readHeader(datagram)
	if err != nil || h.version == gosnmp.Version3 {
		return false
	}
	kind := gosnmp.PDUType(h.body.octets()[0])
	if h.version == gosnmp.Version1 != (kind == gosnmp.Trap) {
		return false // refused before
	}
	got, ok := plainTrap(h)
	if !ok {
		return false
	}
	want, err := unusualTrap(h, datagram)
	if err != nil {
		t.Fatalf("%x is read as %+v, and gosnmp says: %v", datagram, got, err)
	}
	if diff := cmp.Diff(got, want, sameTrap); diff != "" {
		t.Fatalf("%x (-plain +gosnmp):\n%s", datagram, diff)
	}
	return true
}

func FuzzPlain(f *testing.F) {
	for _, datagram := range plainMessages(f) {
		f.Add(datagram)
	}
	f.Fuzz(func(t *testing.T, datagram []byte) { comparePlain(t, datagram) })
}
