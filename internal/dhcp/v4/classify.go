package v4

import (
	"net/netip"

	"github.com/clusto/clusto/internal/dhcp"
)

// classify finds out which state the client is in (RFC 2131 section 4.3.2, table
// 4). It returns Answered, or why the message is none of this server's business.
func (q *request) classify(m *Meta) dhcp.Reason {
	switch q.mtype {
	case 0:
		if q.option(optType) != nil {
			return Malformed
		}
		q.kind = BOOTP
	case typeDiscover:
		q.kind = Discover
	case typeRequest:
		q.kind = q.requestKind(m)
	case typeDecline:
		q.kind = Decline
	case typeRelease:
		q.kind = Release
	case typeInform:
		q.kind = Inform
	default:
		return NotARequest
	}
	server := q.addrOption(optServerID)
	switch {
	case q.kind == Discover || q.kind == BOOTP || q.kind == Inform:
	case server.IsValid() && !q.isOurs(server, m):
		return OtherServer
	case q.kind == Unknown:
		return AsksNothing
	}
	return dhcp.Answered
}

// requestKind returns which of the four kinds a REQUEST is, or Unknown.
func (q *request) requestKind(m *Meta) Kind {
	switch {
	case !q.asked().IsValid():
		return Unknown
	case q.addrOption(optServerID).IsValid():
		return Select
	case !q.ciaddr.IsValid():
		return Reboot
	case q.giaddr.IsValid() && !q.relay.serverID.IsValid() || m.broadcast():
		return Rebind
	}
	return Renew // also by a relay that has itself taken for the server (RFC 5107)
}

// asked returns the address that a REQUEST is about: in one that takes an offer
// what was offered, else what the client has.
func (q *request) asked() netip.Addr {
	wanted, taking := q.addrOption(optRequested), q.addrOption(optServerID).IsValid()
	if q.ciaddr.IsValid() && (!taking || !wanted.IsValid()) {
		return q.ciaddr
	}
	return wanted
}

// isOurs says whether a server identifier is one that this server tells.
func (q *request) isOurs(server netip.Addr, m *Meta) bool {
	return server == m.Self || m.Links.Own(server) || q.giaddr.IsValid() && server == q.relay.serverID
}

// link returns an address of the network that the client is in.
func (q *request) link(m *Meta) netip.Addr {
	switch {
	case q.relay.link.IsValid() && q.giaddr.IsValid():
		return q.relay.link
	case q.option(optSubnetSelected) != nil && q.addrOption(optSubnetSelected).IsValid():
		return q.addrOption(optSubnetSelected)
	case q.giaddr.IsValid():
		return q.giaddr
	case q.ciaddr.IsValid() && !m.broadcast() && (q.kind == Renew || q.kind == Inform || q.kind == Release):
		return q.ciaddr // a unicast may have come from any network
	}
	return m.Self
}
