package v6

import (
	"bytes"

	"github.com/clusto/clusto/internal/dhcp"
	"github.com/insomniacslk/dhcp/dhcpv6"
)

// rule says what a message must have and what it must not (RFC 8415 section 16).
type rule struct {
	clientID bool // must have a client identifier
	serverID bool // must have a server identifier
	noServer bool // must have no server identifier
	noIA     bool // must have no identity association
	told     bool // sent to the server's address it is told to use multicast, else it is dropped
}

// ruleOf returns the rule of a type for which fromClient is true.
func ruleOf(kind dhcpv6.MessageType) rule {
	switch kind {
	case dhcpv6.MessageTypeSolicit, dhcpv6.MessageTypeConfirm, dhcpv6.MessageTypeRebind: // sections 16.2, 16.5, 16.7
		return rule{clientID: true, noServer: true}
	case dhcpv6.MessageTypeInformationRequest: // section 16.12
		return rule{noIA: true}
	default: // Request, Renew, Decline, Release: sections 16.4, 16.6, 16.8, 16.9
		return rule{clientID: true, serverID: true, told: true}
	}
}

// validate returns why a request is dropped, or Answered.
func (q *request) validate(m *Meta, duid []byte) dhcp.Reason {
	if q.impossible(m) {
		return Spoofed
	}
	r := ruleOf(q.kind)
	switch {
	case r.clientID && q.clientID == nil:
		return NoClientID
	case r.serverID && q.serverID == nil:
		return NoServerID
	case r.noServer && q.serverID != nil:
		return OddServerID
	case q.serverID != nil && !bytes.Equal(q.serverID, duid):
		return OtherServer
	case r.noIA && q.nia > 0:
		return UnwantedIA
	case !r.told && q.unicast(m):
		return SentUnicast
	}
	return dhcp.Answered
}

// impossible reports whether neither a client nor a relay can have sent a
// request from where it came from: what a client sends to the multicast address
// comes from its link-local address, since it may have no other.
func (q *request) impossible(m *Meta) bool {
	from := m.From.Addr()
	if !from.Is6() || from.Is4In6() || from.IsUnspecified() || from.IsMulticast() || m.From.Port() == 0 {
		return true
	}
	return q.depth == 0 && m.To.Addr().IsMulticast() && !from.IsLinkLocalUnicast()
}

// unicast reports whether a client sent a request to the server's own address.
// Relays may.
func (q *request) unicast(m *Meta) bool {
	return q.depth == 0 && !m.To.Addr().IsMulticast()
}
