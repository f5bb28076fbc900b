package dhcp

import (
	"net/netip"

	"github.com/clusto/clusto"
)

// Family is a version of the Internet Protocol.
type Family uint8

// The families.
const (
	V4 Family = 4
	V6 Family = 6
)

// Client is what a packet tells about who asks, and from where. Slices point
// into the packet and are good only as long as it is.
type Client struct {
	Family Family
	// MAC is the hardware address: chaddr; v6: option 79 of a relay (RFC 6939), or
	// that which a link-local address is made of, or that of a DUID that holds one.
	// The zero MAC if none is told.
	MAC clusto.MAC
	// ID is the client identifier (option 61, with its type octet) or the DUID.
	ID []byte

	Vendor   []byte   // vendor class: option 60; v6: the first text of option 16
	User     []byte   // user class: option 77; v6: option 15
	Arch     []uint16 // architectures of its firmware (option 93; v6: 61), RFC 4578
	UUID     []byte   // machine identifier: option 97 without its type octet; v6: of a DUID-UUID
	Hostname []byte   // option 12, or the name in option 81; v6: option 39

	// Relay is the relay that the client asked through: giaddr; v6: what the
	// datagram came from, or if that is link-local the link address of the outermost
	// relay message. The zero Addr if there is none.
	Relay netip.Addr
	// Link is an address of the network that the client is in: of the link
	// selection (options 118 and 82.5), else giaddr, v6: the innermost link
	// address that is set, else the address of the interface.
	Link netip.Addr
	// CircuitID and RemoteID are what the relay says about the port that the
	// client is at: option 82.1 and 82.2 (RFC 3046); v6: options 18 and 37.
	CircuitID, RemoteID []byte

	// Wants has the codes of the options that the client asks for, in its order:
	// option 55; v6: option 6. Nil if it does not say.
	Wants []uint16
	// Via is the name of the interface on which the packet came.
	Via string
}
