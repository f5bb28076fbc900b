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
	BadSettings      Reason = "bad settings"         // an attribute dhcp.* makes no option: see Answer.BadSettings; never why there is no answer
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
// and must not be changed. A Decider that gets it again uses it anew, with its
// slices: who keeps an answer gives the next decision another one.
type Answer struct {
	Reason Reason // Answered, else only what was found out until then is set
	Host   clusto.Entity
	// MAC is the hardware address by which the host is known, and Port its port,
	// such as nic-eth 1; Port is 0 if it was found otherwise.
	MAC      clusto.MAC
	PortType string
	Port     int

	Network Network
	// Addrs are the host's addresses in Network, the one that it is to use first:
	// those bound to its port come before others.
	Addrs []netip.Addr
	// Options are those of the inventory, by code: not those that a packet of a
	// certain kind has anyway (message type, server identifier, lease times).
	// Subnet mask, router, broadcast address and host name are among them; so are
	// 66 and 67, but not 59 of DHCPv6. They are there too if the Reason is NoNetwork
	// or NoAddress, for clients that ask for settings alone.
	Options []Option
	// BadSettings is how many attributes dhcp.* made no option and were left out.
	BadSettings int
	// Lease is for how long the address is told, Renew and Rebind when to ask
	// again (T1 and T2).
	Lease, Renew, Rebind time.Duration
	// NextServer (siaddr), ServerName (sname) and BootFile (file) are the fields
	// of a DHCPv4 packet. BootFile is the option 59 of DHCPv6.
	NextServer netip.Addr
	ServerName string
	BootFile   string

	// BMC says that who asks is not the host itself but its management
	// controller; Learn says that its hardware address is to be noted as ipmi-mac
	// of the host's port nic-eth 1 (dhcp.update_ipmi).
	BMC, Learn bool

	bytes []byte // of options made for this answer
}

// reset empties a and keeps its memory.
func (a *Answer) reset() {
	*a = Answer{Addrs: a.Addrs[:0], Options: a.Options[:0], bytes: a.bytes[:0]}
}

// Decider decides what clients are told.
type Decider interface {
	// Decide decides about c by the state that r shows, and sets a, all of it. It
	// returns an error only if r does; then a.Reason is InventoryFailure. Where
	// story is not nil each step is told to it, which is slower. It may be called
	// by many goroutines at once.
	Decide(ctx context.Context, r clusto.Reader, c *Client, a *Answer, story *Story) error
}
