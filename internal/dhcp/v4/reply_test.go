package v4_test

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/insomniacslk/dhcp/dhcpv4"

	"github.com/clusto/clusto/internal/dhcp/v4"
)

// codes returns the codes of the options of a reply, in their order.
func codes(reply []byte) (all []byte) {
	for b := reply[240:]; len(b) > 1 && b[0] != 255; b = b[2+int(b[1]):] {
		all = append(all, b[0])
	}
	return all
}

func wants(codes ...byte) dhcpv4.Modifier {
	return dhcpv4.WithOption(dhcpv4.OptGeneric(dhcpv4.OptionParameterRequestList, codes))
}

func class(name string) dhcpv4.Modifier { return dhcpv4.WithOption(dhcpv4.OptClassIdentifier(name)) }

// offer returns the answer to a DISCOVER.
func offer(t *testing.T, mac string, edits ...dhcpv4.Modifier) []byte {
	t.Helper()
	out := v4.Answer(t.Context(), fake{}, inventory{}, packet(t, mac, dhcpv4.MessageTypeDiscover, edits...), on(), nil)
	if out.Told == v4.Nothing {
		t.Fatalf("no answer: %s", out.Reason)
	}
	return out.Reply
}

func TestFields(t *testing.T) {
	p := parsed(t, offer(t, web2, giaddr, wants(1), func(p *dhcpv4.DHCPv4) {
		p.GatewayIPAddr = net.IP{10, 0, 0, 9}
		p.HopCount, p.NumSeconds, p.Flags = 3, 9, 0x8000
	}, opt(61, "ff0102"), opt(82, "0104 65746831")))
	for _, row := range []struct {
		name      string
		got, want any
	}{
		{"xid", p.TransactionID, dhcpv4.TransactionID{1, 2, 3, 4}}, {"chaddr", p.ClientHWAddr.String(), web2},
		{"hops", p.HopCount, uint8(0)}, {"secs", p.NumSeconds, uint16(0)}, {"flags", p.Flags, uint16(0x8000)},
		{"ciaddr", p.ClientIPAddr.String(), "0.0.0.0"}, {"yiaddr", p.YourIPAddr.String(), "10.0.0.22"},
		{"siaddr", p.ServerIPAddr.String(), "10.0.0.5"}, {"giaddr", p.GatewayIPAddr.String(), "10.0.0.9"},
		{"file", p.BootFileName, "pxelinux.0"}, {"type", p.MessageType(), dhcpv4.MessageTypeOffer},
		{"server", p.ServerIdentifier().String(), "10.0.0.1"}, {"lease", p.IPAddressLeaseTime(0).String(), "1h0m0s"},
		{"renewal", p.IPAddressRenewalTime(0).String(), "30m0s"}, {"rebinding", p.IPAddressRebindingTime(0).String(), "50m0s"},
		{"client ID", p.GetOneOption(dhcpv4.OptionClientIdentifier), []byte{0xff, 1, 2}},
	} {
		if diff := cmp.Diff(row.want, row.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, diff)
		}
	}
}

func TestOptionOrder(t *testing.T) {
	for _, row := range []struct {
		name  string
		mac   string
		edits []dhcpv4.Modifier
		want  []byte
	}{
		{"as asked for", web1, []dhcpv4.Modifier{wants(12, 6, 99, 1, 51, 53, 12)}, []byte{53, 54, 51, 58, 59, 12, 6, 1, 3}},
		{"all", web1, nil, []byte{53, 54, 51, 58, 59, 1, 3, 6, 12}},
		{"relay last", web1, []dhcpv4.Modifier{wants(1), opt(82, "0101 41"), opt(61, "0102")}, []byte{53, 54, 51, 58, 59, 61, 1, 3, 82}},
		{"rapid commit", web1, []dhcpv4.Modifier{wants(1), opt(80, "")}, []byte{53, 54, 51, 58, 59, 80, 1, 3}},
		{"boot file asked for", web2, []dhcpv4.Modifier{wants(66, 67)}, []byte{53, 54, 51, 58, 59, 66, 67, 1, 3}},
		{"PXE", web2, []dhcpv4.Modifier{wants(1), class("PXEClient:Arch:00007"), opt(97, "00112233")}, []byte{53, 54, 51, 58, 59, 97, 60, 43, 1, 3}},
		{"PXE without a file", web1, []dhcpv4.Modifier{wants(1), class("PXEClient")}, []byte{53, 54, 51, 58, 59, 1, 3}},
		{"PXE with options of its own", web6, []dhcpv4.Modifier{wants(1), class("PXEClient")}, []byte{53, 54, 51, 58, 59, 60, 43, 1, 3}},
		{"HTTP boot", web4, []dhcpv4.Modifier{wants(1), class("HTTPClient:Arch:00016")}, []byte{53, 54, 51, 58, 59, 60, 67, 1, 3}},
		{"HTTP boot without URL", web2, []dhcpv4.Modifier{wants(1), class("HTTPClient")}, []byte{53, 54, 51, 58, 59, 1, 3}},
	} {
		if diff := cmp.Diff(row.want, codes(offer(t, row.mac, row.edits...))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, diff)
		}
	}
}

func TestFirmware(t *testing.T) {
	p := parsed(t, offer(t, web2, wants(66, 67), class("PXEClient:Arch:00000"), opt(97, "00112233")))
	if p.ClassIdentifier() != "PXEClient" || !bytes.Equal(p.GetOneOption(dhcpv4.OptionVendorSpecificInformation), []byte{6, 1, 8, 255}) ||
		!bytes.Equal(p.GetOneOption(dhcpv4.OptionClientMachineIdentifier), []byte{0, 0x11, 0x22, 0x33}) {
		t.Errorf("PXE: %s", p.Summary())
	}
	if p.TFTPServerName() != "10.0.0.5" || p.BootFileNameOption() != "pxelinux.0" {
		t.Errorf("PXE: boots %q from %q", p.BootFileNameOption(), p.TFTPServerName())
	}
	p = parsed(t, offer(t, web6, wants(66), class("PXEClient")))
	if p.ClassIdentifier() != "own" || string(p.GetOneOption(dhcpv4.OptionVendorSpecificInformation)) != "own" || p.TFTPServerName() != "tftp" {
		t.Errorf("options of the inventory: %s", p.Summary())
	}
	p = parsed(t, offer(t, web4, class("HTTPClient:Arch:00016")))
	if p.ClassIdentifier() != "HTTPClient" || p.BootFileNameOption() != "http://10.0.0.5/boot.efi" || p.BootFileName != "http://10.0.0.5/boot.efi" {
		t.Errorf("HTTP: %s", p.Summary())
	}
}

func TestSize(t *testing.T) {
	small := offer(t, web1)
	if len(small) != 300 {
		t.Errorf("a short answer has %d octets, want 300", len(small))
	}
	// What web5 has does not fit into the 548 octets that everyone takes.
	packed := offer(t, web5, wants(17, 15, 6, 12, 18))
	if overload := parsed(t, packed).GetOneOption(dhcpv4.OptionOptionOverload); len(packed) > 548 || len(overload) != 1 {
		t.Errorf("%d octets, overload %v", len(packed), overload)
	}
	out := v4.Answer(t.Context(), fake{}, inventory{}, packet(t, web5, dhcpv4.MessageTypeDiscover, wants(17, 15, 6, 12, 18)), on(), nil)
	if out.Trimmed == 0 {
		t.Errorf("nothing was left out: %v", codes(out.Reply))
	}
	roomy := parsed(t, offer(t, web5, wants(17, 15, 6, 12, 18), opt(57, "05dc")))
	if file := parsed(t, offer(t, web5, wants(17, 15, 6, 12, 18), class("PXEClient"))).BootFileNameOption(); file == "" {
		t.Error("firmware is not told its boot file")
	}
	if file := roomy.BootFileNameOption(); len(roomy.ToBytes()) <= 548 || !strings.HasSuffix(file, "/boot.efi") || roomy.BootFileName != "" ||
		len(roomy.GetOneOption(dhcpv4.OptionExtensionsPath)) != 300 || roomy.GetOneOption(dhcpv4.OptionOptionOverload) != nil {
		t.Errorf("with room: %s", roomy.Summary())
	}
	for _, size := range []string{"0000", "0240", "ffff", "05"} {
		if n := len(offer(t, web5, opt(57, size))); n > v4.MaxReply || size != "ffff" && n > 548 {
			t.Errorf("maximum size %s: %d octets", size, n)
		}
	}
}

// TestOverload checks the options that stand in the fields file and sname, as the
// other implementation does not read them.
func TestOverload(t *testing.T) {
	reply := offer(t, web5, wants(17, 15, 6, 12, 18))
	inFile, inSName := reply[108:236], reply[44:108]
	if bytes.Count(inFile, []byte("x")) != 100 || !bytes.Contains(reply[240:], []byte{52, 1, 1, 255}) {
		t.Errorf("the domain is not in the field file: % x", reply)
	}
	for _, area := range [][]byte{inFile, inSName} {
		b := area
		for len(b) > 0 && b[0] != 255 && b[0] != 0 {
			b = b[2+int(b[1]):]
		}
		if area[0] != 0 && (len(b) == 0 || b[0] != 255) {
			t.Errorf("no end: % x", area)
		}
	}
}

func TestNAK(t *testing.T) {
	out := v4.Answer(t.Context(), fake{}, inventory{}, packet(t, web1, dhcpv4.MessageTypeRequest, giaddr,
		addrOpt(50, "10.0.0.11"), opt(61, "ff0102"), opt(82, "0101 41"), wants(1, 3)), on(), nil)
	p := parsed(t, out.Reply)
	if p.MessageType() != dhcpv4.MessageTypeNak || !p.IsBroadcast() || !p.YourIPAddr.IsUnspecified() || !p.ServerIPAddr.IsUnspecified() {
		t.Error(p.Summary())
	}
	if diff := cmp.Diff([]byte{53, 54, 56, 61, 82}, codes(out.Reply)); diff != "" {
		t.Errorf("options (-want +got):\n%s", diff)
	}
}

func TestOverriddenServer(t *testing.T) {
	if p := parsed(t, offer(t, web1, giaddr, opt(82, override82))); p.ServerIdentifier().String() != "10.0.1.1" {
		t.Errorf("server identifier %s, want the relay's", p.ServerIdentifier())
	}
}

func TestBOOTP(t *testing.T) {
	out := v4.Answer(t.Context(), fake{}, inventory{}, packet(t, web2, dhcpv4.MessageTypeNone), on(), nil)
	if diff := cmp.Diff([]byte{1, 3, 6, 12}, codes(out.Reply)); diff != "" || len(out.Reply) != 300 {
		t.Errorf("%d octets, options (-want +got):\n%s", len(out.Reply), diff)
	}
	bare := make([]byte, 300) // a request as of RFC 951
	bare[0], bare[1], bare[2] = 1, 1, 6
	copy(bare[28:], []byte{2, 0, 0, 0, 0, 2})
	out = v4.Answer(t.Context(), fake{}, inventory{}, bare, on(), nil)
	if got := answer(out); got != "BOOTP BOOTREPLY 10.0.0.22 to 10.0.0.22:68 frame" {
		t.Error(got)
	}
}

func TestClientIDAlone(t *testing.T) {
	p := packet(t, web1, dhcpv4.MessageTypeDiscover, opt(61, "ff0102"))
	p[1], p[2] = 32, 0 // InfiniBand (RFC 4390)
	clear(p[28:44])
	out := v4.Answer(t.Context(), fake{}, inventory{}, p, on(), nil)
	if got := answer(out); got != "DISCOVER OFFER 10.0.0.77 to 255.255.255.255:68" || out.Reply[1] != 32 || out.Reply[2] != 0 {
		t.Errorf("%s, htype %d hlen %d", got, out.Reply[1], out.Reply[2])
	}
}
