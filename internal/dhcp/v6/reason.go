package v6

import (
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/insomniacslk/dhcp/iana"
)

// The reasons why a packet gets no answer, besides those of a decision.
const (
	Malformed        dhcp.Reason = "malformed packet"           // no DHCPv6 message
	Oversized        dhcp.Reason = "oversized packet"           // longer than MaxPacket
	TooManyHops      dhcp.Reason = "too many relays"            // more than MaxHops: a loop
	TooManyIAs       dhcp.Reason = "too many addresses wanted"  // more than MaxIAs
	NotARequest      dhcp.Reason = "not a request"              // a message that servers send, or of an unknown type
	Spoofed          dhcp.Reason = "impossible source"          // no client or relay sends from there
	NoClientID       dhcp.Reason = "no client identifier"       // a message that must have one
	NoServerID       dhcp.Reason = "no server identifier"       // a message that must have one
	OddServerID      dhcp.Reason = "unwanted server identifier" // a message that must not have one
	OtherServer      dhcp.Reason = "for another server"         // its server identifier is another server's
	SentUnicast      dhcp.Reason = "sent to one server"         // to its address, where the protocol wants multicast
	UnwantedIA       dhcp.Reason = "asks for addresses wrongly" // an information request with an identity association
	NothingToConfirm dhcp.Reason = "nothing to confirm"         // a Confirm without addresses
	TooLarge         dhcp.Reason = "answer too large"           // the inventory says more than a packet can
	OtherInterface   dhcp.Reason = "not on a chosen interface"  // the socket receives from all
	NotSent          dhcp.Reason = "answer could not be sent"   // the network refused it
)

// The reasons why a client that is answered may not have what it asked for.
const (
	WrongNetwork dhcp.Reason = "address of another network" // of a Confirm: or of another host
	WrongAddress dhcp.Reason = "address of another host"    // of a Release or Decline
)

// refusal returns the reason of an answer with that status.
func refusal(status iana.StatusCode) dhcp.Reason {
	switch status {
	case iana.StatusNoAddrsAvail:
		return dhcp.NoAddress
	case iana.StatusNotOnLink:
		return WrongNetwork
	case iana.StatusNoBinding:
		return WrongAddress
	case iana.StatusUseMulticast:
		return SentUnicast
	}
	return dhcp.Answered
}
