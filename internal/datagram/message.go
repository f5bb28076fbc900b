package datagram

import "net/netip"

// HardwareAddr is an Ethernet address.
type HardwareAddr [6]byte

// Message is a datagram that was received, or one to send.
type Message struct {
	// Data is the payload. It has room for as many octets as its Reader or Writer
	// was made for.
	Data []byte
	// Peer is whom it is from, or whom it goes to. It has no zone: Interface says
	// on which link a link-local address is.
	Peer netip.AddrPort
	// Local is the address that it was sent to, or is to be sent from. The zero
	// Addr leaves it to the kernel.
	Local netip.Addr
	// Own is the address by which the receiving host answers: Local, or one of
	// Interface if Local is not an address of this host, such as a broadcast.
	Own netip.Addr
	// Interface is the index of the interface by which it came or is to go. 0
	// leaves it to the kernel.
	Interface int
	// Hardware, unless it is zero, is where a frame goes to that holds the message,
	// without asking who has the address of Peer. Local and Interface must be set,
	// and Conn.Frames must be true.
	Hardware HardwareAddr
	// Truncated says that Data is only the beginning of what was received.
	Truncated bool
}
