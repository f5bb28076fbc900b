// Command goref is the least that a DHCP server in Go can be: it reads lines with a
// hardware address and an IP address into a map, and answers each packet by the
// package server4 of the library that other servers in Go are built on. It has no
// leases, no log and no inventory: what it costs is the floor for anything on that
// library.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv4/server4"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "goref:", err)
		os.Exit(1)
	}
}

func run() error {
	name := flag.String("interface", "", "interface to answer on")
	listen := flag.String("address", "", "own address with the length of the network's prefix")
	path := flag.String("hosts", "", "file with a hardware address and an IP address on each line")
	flag.Parse()
	own, err := netip.ParsePrefix(*listen)
	if err != nil {
		return err
	}
	hosts, err := readHosts(*path)
	if err != nil {
		return err
	}
	s := &server{hosts: hosts, own: own.Addr().AsSlice(), mask: net.CIDRMask(own.Bits(), 32)}
	l, err := server4.NewServer(*name, &net.UDPAddr{IP: net.IPv4zero, Port: dhcpv4.ServerPort}, s.answer)
	if err != nil {
		return err
	}
	return l.Serve()
}

type hardwareAddr [6]byte

func readHosts(path string) (map[hardwareAddr]net.IP, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	hosts := map[hardwareAddr]net.IP{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var mac, addr string
		if _, err := fmt.Sscan(lines.Text(), &mac, &addr); err != nil {
			return nil, fmt.Errorf("%s: %q: %w", path, lines.Text(), err)
		}
		hardware, err := net.ParseMAC(mac)
		if err != nil || len(hardware) != 6 {
			return nil, fmt.Errorf("%s: %q has no hardware address", path, lines.Text())
		}
		hosts[hardwareAddr(hardware)] = net.ParseIP(addr).To4()
	}
	return hosts, lines.Err()
}

// server answers for the hosts that it knows.
type server struct {
	hosts map[hardwareAddr]net.IP
	own   net.IP
	mask  net.IPMask
}

func (s *server) answer(conn net.PacketConn, _ net.Addr, m *dhcpv4.DHCPv4) {
	if m.OpCode != dhcpv4.OpcodeBootRequest || len(m.ClientHWAddr) != 6 {
		return
	}
	addr, known := s.hosts[hardwareAddr(m.ClientHWAddr)]
	kind := map[dhcpv4.MessageType]dhcpv4.MessageType{
		dhcpv4.MessageTypeDiscover: dhcpv4.MessageTypeOffer,
		dhcpv4.MessageTypeRequest:  dhcpv4.MessageTypeAck,
	}[m.MessageType()]
	chosen := m.ServerIdentifier()
	if !known || kind == dhcpv4.MessageTypeNone || chosen != nil && !chosen.Equal(s.own) {
		return
	}
	reply, err := dhcpv4.NewReplyFromRequest(m,
		dhcpv4.WithMessageType(kind),
		dhcpv4.WithYourIP(addr),
		dhcpv4.WithServerIP(s.own),
		dhcpv4.WithOption(dhcpv4.OptServerIdentifier(s.own)),
		dhcpv4.WithOption(dhcpv4.OptSubnetMask(s.mask)),
		dhcpv4.WithOption(dhcpv4.OptRouter(s.own)),
		dhcpv4.WithOption(dhcpv4.OptDNS(s.own)),
		dhcpv4.WithOption(dhcpv4.OptIPAddressLeaseTime(time.Hour)),
		dhcpv4.WithOption(dhcpv4.OptTFTPServerName(s.own.String())),
		dhcpv4.WithOption(dhcpv4.OptBootFileName("pxelinux.0")))
	if err != nil {
		return
	}
	to := &net.UDPAddr{IP: net.IPv4bcast, Port: dhcpv4.ClientPort}
	if !m.GatewayIPAddr.IsUnspecified() {
		to = &net.UDPAddr{IP: m.GatewayIPAddr, Port: dhcpv4.ServerPort}
	} else if !m.ClientIPAddr.IsUnspecified() {
		to.IP = m.ClientIPAddr
	}
	_, _ = conn.WriteTo(reply.ToBytes(), to) // the client asks again
}
