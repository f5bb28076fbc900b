package dhcp

import (
	"context"
	"net/netip"
	"time"

	"github.com/clusto/clusto"
)

// Reason says why a client gets no answer. It is the label of a counter.
type Reason string

// The reasons of a decision. Packages v4 and v6 have more, about packets.
const (
	Answered         Reason = ""
	UnknownClient    Reason = "unknown client"       // nothing in the inventory has the hardware address, the port or the client ID
	SeveralHosts     Reason = "several hosts"        // more than one thing has it
	Disabled         Reason = "disabled"             // the merged dhcp.enabled is not true
	NoNetwork        Reason = "no network"           // no address manager has the network that the client is in
	NoAddress        Reason = "no address"           // the host has no address in that network
	UntrustedRelay   Reason = "untrusted relay"      // the relay is in no network of the inventory, so its option 82 is not believed
	BadSettings      Reason = "bad settings"         // an attribute dhcp.* makes no option
	NotReady         Reason = "inventory not loaded" // the server has just started
	InventoryFailure Reason = "inventory failure"    // the inventory could not be asked
)

// Option is an option of an answer, ready to be sent.
type Option struct {
	Code uint16 // of DHCP options (RFC 2132) or DHCPv6 options (RFC 8415)
	Data []byte // without code and length
}

// Network is the network that a client is in.
type Network struct {
	Manager clusto.Entity // the address manager
	Prefix  netip.Prefix
	Gateway netip.Addr // the zero Addr if it has none
}

// Answer is what a client is told. Its slices may be shared with other answers
// and must not be changed.
type Answer struct {
	Reason Reason // Answered, else only what was found out until then is set
	Host   clusto.Entity
	// MAC is the hardware address by which the host is known, and Port its port,
	// such as nic-eth 1; Port is 0 if it was found otherwise.
	MAC      clusto.MAC
	PortType string
	Port     int

	Network Network
	// Addrs are the host's addresses in Network, the one that it is to use first.
	Addrs []netip.Addr
	// Options are those of the inventory, by code: not those that a packet of a
	// certain kind has anyway (message type, server identifier, lease times).
	// Subnet mask, router and host name are among them.
	Options []Option
	// Lease is for how long the address is told, Renew and Rebind when to ask
	// again (T1 and T2).
	Lease, Renew, Rebind time.Duration
	// NextServer (siaddr), ServerName (sname) and BootFile (file) are the fields
	// of a DHCPv4 packet. BootFile is the option 59 of DHCPv6.
	NextServer netip.Addr
	ServerName string
	BootFile   string

	// BMC says that who asks is not the host itself but its management
	// controller, known by its vendor class; Learn says that its hardware address
	// is to be noted as ipmi-mac of the host (dhcp.update_ipmi).
	BMC, Learn bool
}

// Decider decides what clients are told.
type Decider interface {
	// Decide decides about c by the state that r shows, and sets a, all of it. It
	// returns an error only if r does; then a.Reason is InventoryFailure. Where
	// story is not nil each step is told to it, which is slower. It may be called
	// by many goroutines at once.
	Decide(ctx context.Context, r clusto.Reader, c *Client, a *Answer, story *Story) error
}
