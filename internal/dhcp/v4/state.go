package v4

import (
	"net/netip"
	"slices"

	"github.com/clusto/clusto/internal/dhcp"
)

// settle decides what a client in its state is told, from what was decided about
// who it is (RFC 2131 section 4.3).
func (out *Outcome) settle() {
	a := &out.Answer
	out.Reason = a.Reason
	if a.Reason == dhcp.Answered && len(a.Addrs) == 0 {
		out.Reason = dhcp.NoAddress
	}
	known := out.Reason == dhcp.Answered
	switch out.Kind {
	case Select, Reboot, Renew, Rebind:
		out.confirm()
	case Inform:
		if known || out.Reason == dhcp.NoAddress || out.Reason == dhcp.NoNetwork && !out.request.giaddr.IsValid() {
			out.Told, out.Reason = ACK, dhcp.Answered // it has an address of its own, and wants the rest
		}
	case Discover:
		if known {
			out.Told, out.Addr = Offer, out.choose()
			if out.request.option(optRapidCommit) != nil {
				out.Told = ACK // RFC 4039: nothing has to be kept, so nothing can go wrong
			}
		}
	case BOOTP:
		if known {
			out.Told, out.Addr = BOOTReply, out.choose()
		}
	}
}

// mayInform reports whether an INFORM can be of who has the address that it tells:
// else anybody could have an answer sent to anybody. A relay sees to that itself.
func (out *Outcome) mayInform(m *Meta) bool {
	q := &out.request
	return !q.ciaddr.IsValid() || q.giaddr.IsValid() || q.ciaddr == m.From.Addr() ||
		m.broadcast() && out.Answer.Network.Prefix.Contains(q.ciaddr)
}

// choose returns the address that a host is offered: the one that it wants or has,
// if that is one of its own.
func (out *Outcome) choose() netip.Addr {
	addrs := out.Answer.Addrs
	for _, wanted := range []netip.Addr{out.request.addrOption(optRequested), out.request.ciaddr} {
		if slices.Contains(addrs, wanted) {
			return wanted
		}
	}
	return addrs[0]
}

// confirm answers a REQUEST: yes, no, or not at all where another server may know
// better. The inventory is right about addresses of hosts that it has, and about
// networks; it does not know who else gives out addresses in a network to a host
// for which it has none.
func (out *Outcome) confirm() {
	asked, prefix := out.request.asked(), out.Answer.Network.Prefix
	switch {
	case out.Reason == dhcp.Answered && slices.Contains(out.Answer.Addrs, asked):
		out.Told, out.Addr = ACK, asked
	case out.Reason != dhcp.Answered && out.Reason != dhcp.NoAddress:
	case prefix.IsValid() && !prefix.Contains(asked):
		out.Told, out.Reason = NAK, WrongNetwork
	case out.Reason == dhcp.Answered || out.Kind == Select:
		out.Told, out.Reason = NAK, WrongAddress
	}
}
