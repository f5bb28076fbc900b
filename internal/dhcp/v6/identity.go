package v6

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/iana"
)

// identities writes an answer to each identity association of a Solicit,
// Request, Renew or Rebind (RFC 8415 sections 18.3.1 to 18.3.5 and 18.3.9).
func (c *composer) identities() {
	for i := range c.associations() {
		ia := &c.ias[i]
		switch ia.code {
		case dhcpv6.OptionIANA:
			c.addresses(ia)
		case dhcpv6.OptionIATA:
			c.unsupported(ia, iana.StatusNoAddrsAvail, "there are no temporary addresses")
		case dhcpv6.OptionIAPD:
			c.unsupported(ia, iana.StatusNoPrefixAvail, "there are no prefixes to delegate")
		}
	}
}

// addresses writes the answer to an IA_NA.
func (c *composer) addresses(ia *association) {
	if c.kind == dhcpv6.MessageTypeRequest && c.elsewhere(ia) {
		start := c.openIA(ia, 0, 0)
		c.refuse(iana.StatusNotOnLink, "an address is of another network")
		shut(c.out.Reply, start)
		return
	}
	a := &c.out.Answer
	life := seconds(a.Lease)
	rebind := min(seconds(a.Rebind), life)
	start := c.openIA(ia, min(seconds(a.Renew), rebind), rebind)
	some := false
	for _, addr := range a.Addrs {
		if addr.Is6() && c.owner(addr) == ia {
			c.address(addr, life)
			c.gave, some = true, true
		}
	}
	if c.kind == dhcpv6.MessageTypeRenew || c.kind == dhcpv6.MessageTypeRebind {
		some = c.withdraw(ia) || some
	}
	if !some {
		binary.BigEndian.PutUint64(c.out.Reply[start+4:], 0) // T1 and T2
		c.refuse(iana.StatusNoAddrsAvail, "the inventory has no address for it")
	}
	shut(c.out.Reply, start)
}

// owner returns the IA_NA that an address of the host goes to: the first that
// names it, else the first of all. It returns nil if there is none.
func (c *composer) owner(addr netip.Addr) *association {
	var first *association
	for i := range c.associations() {
		ia := &c.ias[i]
		if ia.code != dhcpv6.OptionIANA {
			continue
		}
		if ia.names(addr) {
			return ia
		}
		if first == nil {
			first = ia
		}
	}
	return first
}

// withdraw tells the client to stop using the addresses of an IA_NA that are not
// the host's, or not here, and reports whether there are such.
func (c *composer) withdraw(ia *association) bool {
	some := false
	for addr, rest, ok := nextAddr(ia.options); ok; addr, rest, ok = nextAddr(rest) {
		if !slices.Contains(c.out.Answer.Addrs, addr) || c.owner(addr) != ia {
			c.address(addr, 0)
			some = true
		}
	}
	return some
}

// elsewhere reports whether an IA_NA names an address of another network.
func (c *composer) elsewhere(ia *association) bool {
	prefix := c.out.Answer.Network.Prefix
	for addr, rest, ok := nextAddr(ia.options); ok; addr, rest, ok = nextAddr(rest) {
		if prefix.IsValid() && !prefix.Contains(addr) && !slices.Contains(c.out.Answer.Addrs, addr) {
			return true
		}
	}
	return false
}

// unsupported writes an identity association of a kind that is not given.
func (c *composer) unsupported(ia *association, code iana.StatusCode, text string) {
	start := c.openIA(ia, 0, 0)
	c.status(code, text)
	shut(c.out.Reply, start)
}

// openIA begins an identity association and returns what shut wants. An IA_TA has
// no times.
func (c *composer) openIA(ia *association, t1, t2 uint32) int {
	start := c.open(ia.code)
	c.out.Reply = append(c.out.Reply, ia.id[:]...)
	if ia.code != dhcpv6.OptionIATA {
		c.out.Reply = binary.BigEndian.AppendUint32(c.out.Reply, t1)
		c.out.Reply = binary.BigEndian.AppendUint32(c.out.Reply, t2)
	}
	return start
}
