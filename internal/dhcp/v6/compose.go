package v6

import (
	"bytes"
	"encoding/binary"
	"math"
	"net/netip"
	"slices"
	"time"

	"github.com/clusto/clusto/internal/dhcp"
	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/iana"
)

// maxReply is the longest answer, in bytes: what fits into a datagram.
const maxReply = math.MaxUint16 - 48

// composer writes the answer to one request.
type composer struct {
	*Handler
	*request
	out     *Outcome
	gave    bool            // an address
	refused iana.StatusCode // what else would have been given
}

// message writes the answer, with the relay messages around it, to out.Reply. It
// returns why there is none, or Answered.
func (c *composer) message(m *Meta) dhcp.Reason {
	reason := c.out.Answer.Reason
	if reason == dhcp.NoAddress {
		reason = c.withoutAddress()
	}
	if reason == dhcp.NoNetwork && c.kind == dhcpv6.MessageTypeInformationRequest {
		reason = dhcp.Answered
	}
	if reason == dhcp.Answered && c.kind == dhcpv6.MessageTypeConfirm && !c.confirms() {
		reason = NothingToConfirm
	}
	if reason != dhcp.Answered {
		return reason
	}
	starts := c.wrap()
	c.head()
	if c.unicast(m) && ruleOf(c.kind).told { // RFC 8415 section 18.4
		c.refuse(iana.StatusUseMulticast, "send to the multicast address")
	} else {
		c.body()
	}
	if len(c.out.Reply) > maxReply {
		return TooLarge
	}
	for _, start := range slices.Backward(starts[:c.depth]) {
		shut(c.out.Reply, start)
	}
	if !c.gave {
		c.out.Status = c.refused
	}
	return dhcp.Answered
}

// withoutAddress returns why a host without an address in its network is not
// answered, or Answered. A new client is left to other servers; one that turns to
// this server, or has an address already, is told that it has none. What is not
// about addresses is answered anyway.
func (c *composer) withoutAddress() dhcp.Reason {
	if c.kind != dhcpv6.MessageTypeSolicit {
		return dhcp.Answered
	}
	for i := range c.associations() {
		if c.ias[i].code == dhcpv6.OptionIANA {
			return dhcp.NoAddress
		}
	}
	return dhcp.Answered
}

// wrap writes a Relay-reply for each layer, up to where the message begins (RFC
// 8415 section 19.3). It returns where the data of the relay message options
// begin.
func (c *composer) wrap() (starts [maxLayers]int) {
	b := c.out.Reply
	for i := range c.relayed() {
		l := &c.layers[i]
		b = append(b, byte(dhcpv6.MessageTypeRelayReply), l.hops)
		link, peer := l.link.As16(), l.peer.As16()
		b = append(append(b, link[:]...), peer[:]...)
		b = l.echo(b)
		b, starts[i] = open(b, dhcpv6.OptionRelayMsg)
	}
	c.out.Reply = b
	return starts
}

// echo appends the options that a relay wants to see again: the interface ID (RFC
// 8415 section 19.3), its port (RFC 8357) and what it asks for (RFC 4994).
func (l *layer) echo(b []byte) []byte {
	asked := find(l.options, dhcpv6.OptionEchoRequest)
	for rest := l.options; len(rest) > 0; {
		code, data, after, _ := next(rest)
		rest = after
		switch code {
		case dhcpv6.OptionInterfaceID, dhcpv6.OptionRelayPort:
			b = appendOption(b, code, data)
		case dhcpv6.OptionRelayMsg, dhcpv6.OptionEchoRequest:
		default:
			if listed(asked, code) {
				b = appendOption(b, code, data)
			}
		}
	}
	return b
}

// listed reports whether codes, as an option request option has them, has code.
func listed(codes []byte, code dhcpv6.OptionCode) bool {
	for ; len(codes) >= 2; codes = codes[2:] {
		if dhcpv6.OptionCode(binary.BigEndian.Uint16(codes)) == code {
			return true
		}
	}
	return false
}

// head writes the header of the message and who talks to whom.
func (c *composer) head() {
	c.out.Told = dhcpv6.MessageTypeReply
	if c.kind == dhcpv6.MessageTypeSolicit && !c.rapid {
		c.out.Told = dhcpv6.MessageTypeAdvertise
	}
	c.out.Reply = append(c.out.Reply, byte(c.out.Told), c.xid[0], c.xid[1], c.xid[2])
	c.option(dhcpv6.OptionServerID, c.DUID)
	if c.clientID != nil {
		c.option(dhcpv6.OptionClientID, c.clientID)
	}
}

// body writes the rest of the message.
func (c *composer) body() {
	switch c.kind {
	case dhcpv6.MessageTypeSolicit:
		if c.rapid {
			c.option(dhcpv6.OptionRapidCommit, nil)
		} else {
			c.preference()
		}
		c.identities()
		c.settings()
	case dhcpv6.MessageTypeRequest, dhcpv6.MessageTypeRenew, dhcpv6.MessageTypeRebind:
		c.identities()
		c.settings()
	case dhcpv6.MessageTypeInformationRequest:
		c.settings()
	case dhcpv6.MessageTypeConfirm:
		if c.confirmed() {
			c.status(iana.StatusSuccess, "")
		} else {
			c.refuse(iana.StatusNotOnLink, "an address is not the host's here")
		}
	case dhcpv6.MessageTypeRelease, dhcpv6.MessageTypeDecline:
		c.status(iana.StatusSuccess, "")
		c.unbound()
	}
}

// preference writes the preference that the inventory says: a client takes the
// server with the highest, and one with 255 at once.
func (c *composer) preference() {
	for _, o := range c.out.Answer.Options {
		if o.Code == uint16(dhcpv6.OptionPreference) {
			c.option(dhcpv6.OptionPreference, o.Data)
		}
	}
}

// confirms reports whether a Confirm names an address.
func (c *composer) confirms() bool {
	for i := range c.associations() {
		if _, _, ok := nextAddr(c.ias[i].options); ok {
			return true
		}
	}
	return false
}

// confirmed reports whether all addresses that a Confirm names are the host's. One
// that fits the network and is another's is as wrong as one of another network,
// and its client is to ask again (RFC 8415 section 18.3.3 has servers judge by the
// network since they may know no more).
func (c *composer) confirmed() bool {
	for i := range c.associations() {
		for addr, rest, ok := nextAddr(c.ias[i].options); ok; addr, rest, ok = nextAddr(rest) {
			if !slices.Contains(c.out.Answer.Addrs, addr) {
				return false
			}
		}
	}
	return true
}

// unbound writes the identity associations of a Release or Decline of which the
// inventory has no address (RFC 8415 sections 18.3.7 and 18.3.8).
func (c *composer) unbound() {
	for i := range c.associations() {
		ia := &c.ias[i]
		bound := ia.code == dhcpv6.OptionIANA && slices.ContainsFunc(c.out.Answer.Addrs, ia.names)
		if !bound {
			start := c.openIA(ia, 0, 0)
			c.refuse(iana.StatusNoBinding, "the inventory does not say so")
			shut(c.out.Reply, start)
		}
	}
}

// settings writes the options of the inventory that the client wants.
func (c *composer) settings() {
	a := &c.out.Answer
	booted := false
	for _, o := range a.Options {
		if !c.mayTell(o.Code) {
			continue
		}
		booted = booted || o.Code == uint16(dhcpv6.OptionBootfileURL)
		c.option(dhcpv6.OptionCode(o.Code), o.Data)
	}
	if !booted && a.BootFile != "" && c.want(uint16(dhcpv6.OptionBootfileURL)) {
		booted = true
		start := c.open(dhcpv6.OptionBootfileURL)
		c.out.Reply = append(c.out.Reply, a.BootFile...)
		shut(c.out.Reply, start)
	}
	if booted {
		c.httpBoot()
	}
}

// mayTell reports whether an option of the inventory may be in the message: those
// that messages have anyway may not.
func (c *composer) mayTell(code uint16) bool {
	switch code := dhcpv6.OptionCode(code); {
	case code <= dhcpv6.OptionIAAddr, code >= dhcpv6.OptionORO && code <= dhcpv6.OptionRelayMsg,
		code == dhcpv6.OptionRapidCommit, code == dhcpv6.OptionStatusCode, code == dhcpv6.OptionIAPD, code == dhcpv6.OptionIAPrefix:
		return false
	case code == dhcpv6.OptionInformationRefreshTime && c.kind != dhcpv6.MessageTypeInformationRequest: // RFC 8415 section 21.23
		return false
	case code == dhcpv6.OptionFQDN && !c.asks: // RFC 4704 section 6: told only who asks, or tells its own
		return find(c.request.options, code) != nil
	case code == dhcpv6.OptionSolMaxRT || code == dhcpv6.OptionInfMaxRT: // sections 21.24 and 21.25: told unasked
		return true
	}
	return c.want(code)
}

// httpBoot repeats the vendor class HTTPClient, without which firmware that boots
// by HTTP does not take the boot file for its own (UEFI section 24.7.3.1).
func (c *composer) httpBoot() {
	const class = "HTTPClient"
	data := find(c.request.options, dhcpv6.OptionVendorClass)
	if !bytes.HasPrefix(c.out.Client.Vendor, []byte(class)) || len(data) < 4 {
		return
	}
	start := c.open(dhcpv6.OptionVendorClass)
	c.out.Reply = append(c.out.Reply, data[:4]...)
	c.out.Reply = binary.BigEndian.AppendUint16(c.out.Reply, uint16(len(class)))
	c.out.Reply = append(c.out.Reply, class...)
	shut(c.out.Reply, start)
}

// option writes an option.
func (c *composer) option(code dhcpv6.OptionCode, data []byte) {
	c.out.Reply = appendOption(c.out.Reply, code, data)
}

// open begins an option and returns what shut wants.
func (c *composer) open(code dhcpv6.OptionCode) (start int) {
	c.out.Reply, start = open(c.out.Reply, code)
	return start
}

// status writes a status code.
func (c *composer) status(code iana.StatusCode, text string) {
	start := c.open(dhcpv6.OptionStatusCode)
	c.out.Reply = binary.BigEndian.AppendUint16(c.out.Reply, uint16(code))
	c.out.Reply = append(c.out.Reply, text...)
	shut(c.out.Reply, start)
}

// refuse writes a status code that is the outcome unless an address is given.
func (c *composer) refuse(code iana.StatusCode, text string) {
	c.status(code, text)
	c.refused = code
}

// seconds returns d in whole seconds, as DHCPv6 counts them: the highest number is
// for ever.
func seconds(d time.Duration) uint32 {
	return uint32(min(max(d/time.Second, 0), math.MaxUint32))
}

// address writes an address with its lifetime. A client is to stop using one that
// has none.
func (c *composer) address(addr netip.Addr, life uint32) {
	start := c.open(dhcpv6.OptionIAAddr)
	a := addr.As16()
	c.out.Reply = append(c.out.Reply, a[:]...)
	c.out.Reply = binary.BigEndian.AppendUint32(c.out.Reply, life) // preferred
	c.out.Reply = binary.BigEndian.AppendUint32(c.out.Reply, life) // valid
	shut(c.out.Reply, start)
}
