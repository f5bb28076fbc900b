package snmp_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto/internal/snmp"
)

const changedMsg = "1.3.6.1.4.1.9.9.215.1.1.8.1.2.38"

// unhex returns the octets of a hexadecimal string; blanks are for the eye.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestMACChanges(t *testing.T) {
	t.Parallel()
	removed := snmp.MACChange{Op: snmp.MACRemoved, VLAN: 1, MAC: snmp.MAC{0x00, 0x19, 0xfd, 0x4b, 0x1c, 0xec}, Port: 47}
	learnt := snmp.MACChange{Op: snmp.MACLearnt, VLAN: 442, MAC: snmp.MAC{0x02, 0x20, 0, 0, 0, 1}, Port: 260}
	const (
		one = "02 0001 0019fd4b1cec 002f"
		two = "01 01ba 022000000001 0104"
	)
	tests := []struct {
		name, octets string
		want         []snmp.MACChange
		err          string
	}{
		{name: "one, as a Catalyst sent it", octets: one + "00", want: []snmp.MACChange{removed}},
		{name: "no end mark", octets: one, want: []snmp.MACChange{removed}},
		{name: "two", octets: one + two + "00", want: []snmp.MACChange{removed, learnt}},
		{name: "padded", octets: two + strings.Repeat("00", 243), want: []snmp.MACChange{learnt}},
		{name: "23", octets: strings.Repeat(two, 23) + "00", want: repeat(learnt, 23)},
		{name: "only the end mark", octets: "00"},
		{name: "nothing", octets: ""},
		{name: "cut short", octets: one + "01 01ba 0220",
			err: "MAC notification: 5 octets left at octet 11, a change has 11: 0200010019fd4b1cec002f0101ba0220"},
		{name: "unknown operation", octets: "03 0001 0019fd4b1cec 002f",
			err: "MAC notification: unknown operation 3 at octet 0 of 0300010019fd4b1cec002f"},
		{name: "too long", octets: strings.Repeat(two, 24),
			err: "MAC notification of 264 octets; at most 254 fit (0101ba0220000000010104…)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			trap := snmp.Trap{VarBinds: []snmp.VarBind{
				{OID: "1.3.6.1.4.1.9.9.1", Value: int64(1)},
				{OID: changedMsg, Value: unhex(t, tt.octets)},
				{OID: "1.3.6.1.4.1.9.9.215.1.1.8.1.3.38", Value: uint64(7)},
			}}
			got, err := snmp.MACChanges(trap)
			if msg := errText(err); msg != tt.err {
				t.Fatalf("error %q, want %q", msg, tt.err)
			}
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("changes (-got +want):\n%s", diff)
			}
		})
	}
}

func TestMACChangesOfOtherTraps(t *testing.T) {
	t.Parallel()
	if _, err := snmp.MACChanges(snmp.Trap{VarBinds: []snmp.VarBind{{OID: changedMsg, Value: "x"}}}); err == nil {
		t.Error("no error for a variable without octets")
	}
	near := snmp.Trap{VarBinds: []snmp.VarBind{{OID: "1.3.6.1.4.1.9.9.215.1.1.8.1.20.1", Value: []byte{1}}}}
	if _, err := snmp.MACChanges(near); !errors.Is(err, snmp.ErrNotMACNotification) {
		t.Errorf("error %v, want ErrNotMACNotification", err)
	}
}

func TestEncodeMACChanges(t *testing.T) {
	t.Parallel()
	ok := snmp.MACChange{Op: snmp.MACLearnt, Port: 1}
	tests := []struct {
		name    string
		changes []snmp.MACChange
		octets  int
		err     string
	}{
		{name: "none", octets: 1},
		{name: "23", changes: repeat(ok, 23), octets: 254},
		{name: "24", changes: repeat(ok, 24), err: "24 MAC changes; at most 23 fit in one notification"},
		{name: "operation", changes: []snmp.MACChange{{}}, err: "MAC 00:00:00:00:00:00: unknown operation 0"},
		{name: "port", changes: []snmp.MACChange{{Op: snmp.MACLearnt, Port: 65536}}, err: "MAC 00:00:00:00:00:00: port 65536; it has 16 bits"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := snmp.EncodeMACChanges(tt.changes)
			if msg := errText(err); msg != tt.err {
				t.Fatalf("error %q, want %q", msg, tt.err)
			}
			if len(got) != tt.octets {
				t.Errorf("%d octets, want %d", len(got), tt.octets)
			}
		})
	}
}

// FuzzMACChanges checks that what parses encodes back to the same octets, but
// for padding and a missing end mark.
func FuzzMACChanges(f *testing.F) {
	for _, s := range []string{"", "00", "0200010019fd4b1cec002f00", "0101ba0220000000010104", "0300", "01"} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, octets []byte) {
		changes, err := snmp.DecodeMACChanges(octets)
		if err != nil {
			return
		}
		again, err := snmp.EncodeMACChanges(changes)
		if err != nil {
			t.Fatalf("%x does not encode back: %v", octets, err)
		}
		tuples := again[:len(again)-1]
		if !bytes.HasPrefix(octets, tuples) {
			t.Errorf("%x came back as %x", octets, again)
		}
	})
}

func repeat[T any](v T, n int) []T {
	list := make([]T, n)
	for i := range list {
		list[i] = v
	}
	return list
}

// errText returns the text of an error, or "".
func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
