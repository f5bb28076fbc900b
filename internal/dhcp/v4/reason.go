package v4

import "github.com/clusto/clusto/internal/dhcp"

// The reasons why a packet gets no answer, besides those of a decision.
const (
	Malformed      dhcp.Reason = "malformed packet"          // no DHCPv4 message
	Oversized      dhcp.Reason = "oversized packet"          // longer than MaxPacket
	NotARequest    dhcp.Reason = "not a request"             // a message that servers send, or of an unknown type
	TooManyHops    dhcp.Reason = "too many relays"           // more than MaxHops: a loop
	Looping        dhcp.Reason = "relayed to itself"         // its relay is this server
	OwnPacket      dhcp.Reason = "own packet"                // this server sent it
	Spoofed        dhcp.Reason = "impossible source"         // no client or relay has such an address
	OtherServer    dhcp.Reason = "for another server"        // its server identifier is another server's
	OtherInterface dhcp.Reason = "not on a chosen interface" // the socket receives from all
	AsksNothing    dhcp.Reason = "asks for no address"       // a REQUEST without one
	ServersAddress dhcp.Reason = "has the server's address"  // the inventory gives the host an address that this server has
	TooLarge       dhcp.Reason = "answer too large"          // what must be told does not fit
	NotSent        dhcp.Reason = "answer could not be sent"  // the network refused it
)

// The reasons of a NAK.
const (
	WrongAddress dhcp.Reason = "asked for another address" // of its network
	WrongNetwork dhcp.Reason = "asked for an address of another network"
)
