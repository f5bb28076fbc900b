package v6_test

import (
	"context"
	"errors"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/v6"
	"github.com/google/go-cmp/cmp"
	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/iana"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	solicit = dhcpv6.MessageTypeSolicit
	request = dhcpv6.MessageTypeRequest
	renew   = dhcpv6.MessageTypeRenew
	rebind  = dhcpv6.MessageTypeRebind
	confirm = dhcpv6.MessageTypeConfirm
	release = dhcpv6.MessageTypeRelease
	decline = dhcpv6.MessageTypeDecline
	inform  = dhcpv6.MessageTypeInformationRequest
)

// TestMessages compares the answer to each message in each state of its client
// with testdata/messages.golden.
func TestMessages(t *testing.T) {
	t.Parallel()
	rapid := &dhcpv6.OptionGeneric{OptionCode: dhcpv6.OptionRapidCommit}
	noAddress := &world{reason: dhcp.NoAddress, extra: newWorld().extra}
	unicast := func(m *v6.Meta) {
		m.From, m.To = netip.AddrPortFrom(hostAddr, v6.ClientPort), netip.AddrPortFrom(gateway, v6.ServerPort)
	}
	rows := []struct {
		name  string
		world *world
		m     *dhcpv6.Message
		meta  func(*v6.Meta)
	}{
		{name: "solicit", m: message(solicit, iaNA(1))},
		{name: "solicit, rapid commit", m: message(solicit, rapid, iaNA(1))},
		{name: "solicit, another address", m: message(solicit, iaNA(1, "2001:db8:1::99"))},
		{name: "solicit, two IA_NA", m: message(solicit, iaNA(1), iaNA(2))},
		{name: "solicit, two IA_NA that share", m: message(solicit, iaNA(1), iaNA(2, nextAddr.String()))},
		{name: "solicit, temporary and prefix", m: message(solicit, iaNA(1), &dhcpv6.OptIATA{IaId: [4]byte{3: 2}}, &dhcpv6.OptIAPD{IaId: [4]byte{3: 3}})},
		{name: "solicit, only a prefix", m: message(solicit, &dhcpv6.OptIAPD{IaId: [4]byte{3: 3}}), world: noAddress},
		{name: "solicit, no address", m: message(solicit, iaNA(1)), world: noAddress},
		{name: "solicit, wants only DNS", m: message(solicit, wants(dhcpv6.OptionDNSRecursiveNameServer), iaNA(1))},
		{name: "request", m: message(request, ours(), iaNA(1, hostAddr.String()))},
		{name: "request, another's address", m: message(request, ours(), iaNA(1, "2001:db8:1::99"))},
		{name: "request, elsewhere", m: message(request, ours(), iaNA(1, "2001:db8:2::10"))},
		{name: "request, no address", m: message(request, ours(), iaNA(1, hostAddr.String())), world: noAddress},
		{name: "request, unicast", m: message(request, ours(), iaNA(1)), meta: unicast},
		{name: "renew", m: message(renew, ours(), iaNA(1, hostAddr.String(), nextAddr.String()))},
		{name: "renew, moved", m: message(renew, ours(), iaNA(1, "2001:db8:1::99"))},
		{name: "renew, no address", m: message(renew, ours(), iaNA(1, hostAddr.String())), world: noAddress},
		{name: "renew, empty, no address", m: message(renew, ours(), iaNA(1)), world: noAddress},
		{name: "renew, unicast", m: message(renew, ours(), iaNA(1, hostAddr.String())), meta: unicast},
		{name: "rebind", m: message(rebind, iaNA(1, hostAddr.String()))},
		{name: "rebind, moved", m: message(rebind, iaNA(1, "2001:db8:2::10"))},
		{name: "confirm", m: message(confirm, iaNA(1, hostAddr.String()))},
		{name: "confirm, elsewhere", m: message(confirm, iaNA(1, "2001:db8:2::10"))},
		{name: "confirm, one of two is another's", m: message(confirm, iaNA(1, hostAddr.String()), iaNA(2, "2001:db8:1::99"))},
		{name: "confirm, no address", m: message(confirm, iaNA(1, hostAddr.String())), world: noAddress},
		{name: "release", m: message(release, ours(), iaNA(1, hostAddr.String()))},
		{name: "release, unknown", m: message(release, ours(), iaNA(1, "2001:db8:1::99"), iaNA(2, nextAddr.String()))},
		{name: "decline", m: message(decline, ours(), iaNA(1, hostAddr.String()))},
		{name: "decline, unicast", m: message(decline, ours(), iaNA(1, hostAddr.String())), meta: unicast},
		{name: "information", m: message(inform)},
		{name: "information, to this server", m: message(inform, ours(), wants(dhcpv6.OptionDomainSearchList, dhcpv6.OptionInformationRefreshTime))},
		{name: "information, no address", m: message(inform), world: noAddress},
		{name: "information, no client identifier", m: &dhcpv6.Message{MessageType: inform}},
	}
	var b strings.Builder
	for _, row := range rows {
		w, meta := row.world, direct()
		if w == nil {
			w = newWorld()
		}
		if row.meta != nil {
			row.meta(&meta)
		}
		out := handle(w, row.m.ToBytes(), meta)
		b.WriteString("== " + row.name + "\n")
		if len(out.Reply) == 0 {
			b.WriteString("no answer: " + string(out.Reason) + "\n")
			continue
		}
		reply := parse(t, out.Reply)
		if reply.TransactionID != row.m.TransactionID || reply.Type() != out.Told {
			t.Errorf("%s: %s with transaction %s, told %s", row.name, reply.Type(), reply.TransactionID, out.Told)
		}
		b.WriteString(describe(reply))
	}
	golden(t, "messages.golden", b.String())
}

// golden compares text with a file under testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestDropped(t *testing.T) {
	t.Parallel()
	without := func(m *dhcpv6.Message) []byte { m.Options.Del(dhcpv6.OptionClientID); return m.ToBytes() }
	bytes := func(kind dhcpv6.MessageType, options ...dhcpv6.Option) []byte {
		return message(kind, options...).ToBytes()
	}
	many := make([]dhcpv6.Option, v6.MaxIAs+1)
	for i := range many {
		many[i] = iaNA(byte(i))
	}
	long := &dhcpv6.OptionGeneric{OptionCode: 9999, OptionData: make([]byte, v6.MaxPacket)}
	short := &dhcpv6.OptionGeneric{OptionCode: dhcpv6.OptionIANA, OptionData: make([]byte, 11)}
	shortAddr := &dhcpv6.OptionGeneric{OptionCode: dhcpv6.OptionIANA, OptionData: append(make([]byte, 12), 0, 5, 0, 1, 0)}
	from := func(addr string, port uint16) func(*v6.Meta) {
		return func(m *v6.Meta) { m.From = netip.AddrPortFrom(netip.MustParseAddr(addr), port) }
	}
	unicast := func(m *v6.Meta) { m.To = netip.AddrPortFrom(gateway, v6.ServerPort) }
	for _, row := range []struct {
		name   string
		packet []byte
		meta   func(*v6.Meta)
		want   dhcp.Reason
	}{
		{name: "empty", want: v6.Malformed},
		{name: "header", packet: []byte{1, 0}, want: v6.Malformed},
		{name: "half an option", packet: append(bytes(solicit), 0, 3, 0), want: v6.Malformed},
		{name: "option beyond the end", packet: append(bytes(solicit), 0, 3, 0, 12, 1), want: v6.Malformed},
		{name: "short IA_NA", packet: bytes(solicit, short), want: v6.Malformed},
		{name: "short address", packet: bytes(solicit, shortAddr), want: v6.Malformed},
		{name: "two client identifiers", packet: bytes(solicit, dhcpv6.OptClientID(duidLL(hostMAC))), want: v6.Malformed},
		{name: "long", packet: bytes(solicit, long), want: v6.Oversized},
		{name: "many IAs", packet: bytes(solicit, many...), want: v6.TooManyIAs},
		{name: "advertise", packet: bytes(dhcpv6.MessageTypeAdvertise), want: v6.NotARequest},
		{name: "reply", packet: bytes(dhcpv6.MessageTypeReply), want: v6.NotARequest},
		{name: "reconfigure", packet: bytes(dhcpv6.MessageTypeReconfigure), want: v6.NotARequest},
		{name: "relay-reply", packet: []byte{13, 0, 0, 0}, want: v6.NotARequest},
		{name: "unknown type", packet: bytes(200), want: v6.NotARequest},
		{name: "solicit without client", packet: without(message(solicit)), want: v6.NoClientID},
		{name: "solicit with server", packet: bytes(solicit, ours()), want: v6.OddServerID},
		{name: "solicit unicast", packet: bytes(solicit), meta: unicast, want: v6.SentUnicast},
		{name: "request without client", packet: without(message(request, ours())), want: v6.NoClientID},
		{name: "request without server", packet: bytes(request), want: v6.NoServerID},
		{name: "request to another", packet: bytes(request, another()), want: v6.OtherServer},
		{name: "renew without server", packet: bytes(renew), want: v6.NoServerID},
		{name: "renew to another", packet: bytes(renew, another()), want: v6.OtherServer},
		{name: "rebind with server", packet: bytes(rebind, ours()), want: v6.OddServerID},
		{name: "rebind without client", packet: without(message(rebind)), want: v6.NoClientID},
		{name: "rebind unicast", packet: bytes(rebind), meta: unicast, want: v6.SentUnicast},
		{name: "confirm with server", packet: bytes(confirm, ours()), want: v6.OddServerID},
		{name: "confirm unicast", packet: bytes(confirm), meta: unicast, want: v6.SentUnicast},
		{name: "confirm without addresses", packet: bytes(confirm, iaNA(1)), want: v6.NothingToConfirm},
		{name: "release to another", packet: bytes(release, another()), want: v6.OtherServer},
		{name: "decline without server", packet: bytes(decline), want: v6.NoServerID},
		{name: "information to another", packet: bytes(inform, another()), want: v6.OtherServer},
		{name: "information with IA", packet: bytes(inform, iaNA(1)), want: v6.UnwantedIA},
		{name: "information unicast", packet: bytes(inform), meta: unicast, want: v6.SentUnicast},
		{name: "from nowhere", packet: bytes(solicit), meta: from("::", 546), want: v6.Spoofed},
		{name: "from a group", packet: bytes(solicit), meta: from("ff02::1", 546), want: v6.Spoofed},
		{name: "from port 0", packet: bytes(solicit), meta: from("fe80::1", 0), want: v6.Spoofed},
		{name: "multicast from afar", packet: bytes(solicit), meta: from("2001:db8::5", 546), want: v6.Spoofed},
		{name: "from IPv4", packet: bytes(solicit), meta: from("::ffff:10.0.0.1", 546), want: v6.Spoofed},
	} {
		meta := direct()
		if row.meta != nil {
			row.meta(&meta)
		}
		if out := handle(newWorld(), row.packet, meta); out.Reason != row.want || len(out.Reply) > 0 {
			t.Errorf("%s: %q with % x, want %q", row.name, out.Reason, out.Reply, row.want)
		}
	}
}

// TestNotAnswered has the reasons of decisions passed on.
func TestNotAnswered(t *testing.T) {
	t.Parallel()
	for _, reason := range []dhcp.Reason{dhcp.UnknownClient, dhcp.SeveralHosts, dhcp.Disabled, dhcp.NoNetwork, dhcp.UntrustedRelay, dhcp.BadSettings, dhcp.InventoryFailure} {
		for _, m := range []*dhcpv6.Message{message(solicit, iaNA(1)), message(request, ours(), iaNA(1)), message(release, ours(), iaNA(1)), message(inform)} {
			if reason == dhcp.NoNetwork && m.Type() == inform {
				continue // settings do not depend on it
			}
			w := newWorld()
			w.reason = reason
			if out := handle(w, m.ToBytes(), direct()); out.Reason != reason || len(out.Reply) > 0 {
				t.Errorf("%s: %q with % x, want %q", m.Type(), out.Reason, out.Reply, reason)
			}
		}
	}
}

func TestNotReady(t *testing.T) {
	t.Parallel()
	var out v6.Outcome
	m := direct()
	h := v6.Handler{Decider: newWorld(), DUID: serverID}
	h.Handle(t.Context(), nil, message(solicit, iaNA(1)).ToBytes(), &m, &out, nil)
	if out.Reason != dhcp.NotReady || out.Decided || len(out.Reply) > 0 {
		t.Errorf("%q, decided %t, with % x", out.Reason, out.Decided, out.Reply)
	}
}

// failing is a Decider that cannot read the inventory.
type failing struct{}

func (failing) Decide(_ context.Context, _ clusto.Reader, _ *dhcp.Client, a *dhcp.Answer, _ *dhcp.Story) error {
	*a = dhcp.Answer{Reason: dhcp.InventoryFailure}
	return clusto.ErrUnavailable
}

func TestInventoryFailure(t *testing.T) {
	t.Parallel()
	var out v6.Outcome
	m := direct()
	h := v6.Handler{Decider: failing{}, DUID: serverID}
	h.Handle(t.Context(), reader{}, message(solicit, iaNA(1)).ToBytes(), &m, &out, nil)
	if out.Reason != dhcp.InventoryFailure || !errors.Is(out.Err, clusto.ErrUnavailable) {
		t.Errorf("%q, %v", out.Reason, out.Err)
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for range 3 {
		w.extra = append(w.extra, dhcp.Option{Code: 17, Data: make([]byte, 30_000)})
	}
	if out := handle(w, message(solicit, iaNA(1)).ToBytes(), direct()); out.Reason != v6.TooLarge || len(out.Reply) > 0 {
		t.Errorf("%q with %d bytes", out.Reason, len(out.Reply))
	}
}

func TestPreference(t *testing.T) {
	t.Parallel()
	var out v6.Outcome
	m := direct()
	w := newWorld()
	w.extra = append(w.extra, dhcp.Option{Code: 7, Data: []byte{255}})
	h := v6.Handler{Decider: w, DUID: serverID}
	h.Handle(t.Context(), reader{}, message(solicit, iaNA(1)).ToBytes(), &m, &out, nil)
	if got := parse(t, out.Reply).Options.Preference(); got != 255 {
		t.Errorf("preference %d, want 255", got)
	}
}

func TestStory(t *testing.T) {
	t.Parallel()
	m := direct()
	h := v6.Handler{Decider: newWorld(), DUID: serverID}
	var out v6.Outcome
	var story dhcp.Story
	h.Handle(t.Context(), reader{}, message(solicit, iaNA(1)).ToBytes(), &m, &out, &story)
	h.Handle(t.Context(), reader{}, message(request, another()).ToBytes(), &m, &out, &story)
	want := []dhcp.Step{
		{Subject: "packet", Text: "SOLICIT from fe80::216:3eff:fe00:1%eth0, DUID 0003000100163e000001"},
		{Subject: "client", Text: "is web1", From: "web1"},
		{Subject: "answer", Text: "ADVERTISE to [fe80::216:3eff:fe00:1%eth0]:546"},
		{Subject: "packet", Text: "REQUEST from fe80::216:3eff:fe00:1%eth0, DUID 0003000100163e000001: for another server", Failed: true},
	}
	if diff := cmp.Diff(want, story.Steps); diff != "" {
		t.Errorf("story (-want +got):\n%s", diff)
	}
}

func TestHTTPBoot(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.boot = "http://[2001:db8::80]/boot.efi"
	class := &dhcpv6.OptVendorClass{EnterpriseNumber: 343, Data: [][]byte{[]byte("HTTPClient:Arch:00016")}}
	out := handle(w, message(solicit, iaNA(1), class, wants(dhcpv6.OptionBootfileURL)).ToBytes(), direct())
	reply := parse(t, out.Reply)
	if got := reply.Options.BootFileURL(); got != w.boot {
		t.Errorf("boot file %q, want %q", got, w.boot)
	}
	if got := reply.Options.VendorClass(343); len(got) != 1 || string(got[0]) != "HTTPClient" {
		t.Errorf("vendor class %q, want HTTPClient", got)
	}
	out = handle(w, message(solicit, iaNA(1), class, wants()).ToBytes(), direct())
	if reply := parse(t, out.Reply); reply.Options.BootFileURL() != "" || reply.Options.VendorClasses() != nil {
		t.Errorf("told unasked:\n%s", describe(reply))
	}
}

// TestRefused checks the reason of answers that refuse something.
func TestRefused(t *testing.T) {
	t.Parallel()
	noAddress := newWorld()
	noAddress.reason = dhcp.NoAddress
	pd := &dhcpv6.OptIAPD{IaId: [4]byte{3: 3}}
	for _, row := range []struct {
		world  *world
		m      *dhcpv6.Message
		status iana.StatusCode
		want   dhcp.Reason
	}{
		{newWorld(), message(solicit, iaNA(1), iaNA(2), pd), iana.StatusSuccess, dhcp.Answered},
		{newWorld(), message(confirm, iaNA(1, "2001:db8:9::1")), iana.StatusNotOnLink, v6.WrongNetwork},
		{newWorld(), message(request, ours(), iaNA(1, "2001:db8:9::1")), iana.StatusNotOnLink, v6.WrongNetwork},
		{newWorld(), message(release, ours(), iaNA(1, "2001:db8:9::1")), iana.StatusNoBinding, v6.WrongAddress},
		{newWorld(), message(release, ours(), iaNA(1, hostAddr.String())), iana.StatusSuccess, dhcp.Answered},
		{noAddress, message(renew, ours(), iaNA(1)), iana.StatusNoAddrsAvail, dhcp.NoAddress},
	} {
		out := handle(row.world, row.m.ToBytes(), direct())
		if out.Reason != row.want || out.Status != row.status || len(out.Reply) == 0 {
			t.Errorf("%s: %q, status %s, %d bytes; want %q, %s", row.m.Type(), out.Reason, out.Status, len(out.Reply), row.want, row.status)
		}
	}
}

// TestFullName is told only who asks for it, or tells its own.
func TestFullName(t *testing.T) {
	t.Parallel()
	fqdn := &dhcpv6.OptionGeneric{OptionCode: dhcpv6.OptionFQDN, OptionData: []byte("\x00\x04web1\x00")}
	for _, row := range []struct {
		m    *dhcpv6.Message
		want bool
	}{
		{message(solicit, iaNA(1)), false},
		{message(solicit, iaNA(1), fqdn), true},
		{message(solicit, iaNA(1), wants(dhcpv6.OptionFQDN)), true},
		{message(solicit, iaNA(1), wants(dhcpv6.OptionDNSRecursiveNameServer)), false},
	} {
		w := newWorld()
		w.extra = append(w.extra, dhcp.Option{Code: uint16(dhcpv6.OptionFQDN), Data: fqdn.OptionData})
		reply := parse(t, handle(w, row.m.ToBytes(), direct()).Reply)
		if got := reply.GetOneOption(dhcpv6.OptionFQDN) != nil; got != row.want {
			t.Errorf("%s: told %t, want %t", row.m.Summary(), got, row.want)
		}
	}
}
