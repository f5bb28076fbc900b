package datagram

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// TestHeaders compares with what another implementation writes.
func TestHeaders(t *testing.T) {
	from, to := netip.MustParseAddrPort("10.0.0.1:67"), netip.MustParseAddrPort("10.0.255.254:68")
	for size := range 600 {
		payload := make([]byte, size)
		for i := range payload {
			payload[i] = byte(i*7 + size)
		}
		ip := &layers.IPv4{Version: 4, IHL: 5, TTL: timeToLive, Protocol: layers.IPProtocolUDP,
			SrcIP: from.Addr().AsSlice(), DstIP: to.Addr().AsSlice()}
		udp := &layers.UDP{SrcPort: layers.UDPPort(from.Port()), DstPort: layers.UDPPort(to.Port())}
		if err := udp.SetNetworkLayerForChecksum(ip); err != nil {
			t.Fatal(err)
		}
		want := gopacket.NewSerializeBuffer()
		if err := gopacket.SerializeLayers(want, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true},
			ip, udp, gopacket.Payload(payload)); err != nil {
			t.Fatal(err)
		}
		var got [headers]byte
		putHeaders(&got, from, to, payload)
		if diff := cmp.Diff(want.Bytes()[:headers], got[:]); diff != "" {
			t.Fatalf("%d octets (-want +got):\n%s", size, diff)
		}
	}
}
