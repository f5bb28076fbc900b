package main

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/rogpeppe/go-internal/testscript"
)

// discover is the command discover of scripts: discover RELAY SERVER MAC has a relay
// of an address ask a DHCP server, HOST:PORT, for a client. It prints the type of the
// answer, the address and the boot file, or with ! wants none.
func discover(ts *testscript.TestScript, neg bool, args []string) {
	relay, server := netip.MustParseAddr(args[0]), netip.MustParseAddrPort(args[1])
	mac, err := net.ParseMAC(args[2])
	ts.Check(err)
	request, err := dhcpv4.NewDiscovery(mac, dhcpv4.WithRelay(relay.AsSlice()), dhcpv4.WithGeneric(dhcpv4.OptionClassIdentifier, []byte("PXEClient")))
	ts.Check(err)
	// A server on a port of its own answers relays at that port.
	socket, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(relay, server.Port())))
	ts.Check(err)
	defer socket.Close()
	patience := 20 * time.Second
	if neg {
		patience = 300 * time.Millisecond
	}
	answer := make([]byte, 2048)
	for end := time.Now().Add(patience); time.Now().Before(end); {
		_, err := socket.WriteToUDPAddrPort(request.ToBytes(), server) // again while it does not listen yet
		ts.Check(err)
		ts.Check(socket.SetReadDeadline(time.Now().Add(200 * time.Millisecond)))
		n, _, err := socket.ReadFromUDPAddrPort(answer)
		if err != nil {
			continue
		}
		told, err := dhcpv4.FromBytes(answer[:n])
		ts.Check(err)
		if neg {
			ts.Fatalf("got the answer %s", told.Summary())
		}
		_, err = fmt.Fprintf(ts.Stdout(), "%s %s %s\n", told.MessageType(), told.YourIPAddr, told.BootFileName)
		ts.Check(err)
		return
	}
	if !neg {
		ts.Fatalf("no answer from %s", server)
	}
}
