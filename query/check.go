package query

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// check refuses conditions that can mean nothing.
func (p *parser) check(c *condition) error {
	switch {
	case c.op == opInCIDR && c.field.name != fieldIP && !c.field.isAttr():
		return p.errorIn(c.start, c.end, "in_cidr is for ip and for attributes", "%s is not an address", c.field.name)
	case c.field.name == fieldMAC && c.op.orders():
		return p.errorIn(c.start, c.end, "use startswith for the addresses of a vendor", "hardware addresses have no order")
	}
	for i := range c.values {
		if err := c.checkValue(&c.values[i]); err != nil {
			return p.errorIn(c.values[i].start, c.values[i].end, hintFor(c), "%s", err)
		}
	}
	return nil
}

// checkValue returns what is wrong with a value of c.
func (c *condition) checkValue(l *literal) error {
	switch {
	case c.op == opMatches:
		if _, err := regexp.Compile(l.text); err != nil {
			return clusto.Errorf(clusto.ErrInvalid, "%s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
	case c.op == opInCIDR:
		_, err := parsePrefix(l.text)
		return err
	case c.field.name == fieldIP && c.op == opIn:
		_, err := parseSpan(l.text)
		return err
	case c.field.name == fieldIP && (c.op == opEqual || c.op.orders()):
		_, err := resource.ParseAddr(l.text)
		return err
	case c.field.name == fieldMAC && slices.Contains([]operator{opEqual, opIn}, c.op):
		_, err := clusto.ParseMAC(l.text)
		return err
	}
	return nil
}

func hintFor(c *condition) string {
	switch {
	case c.op == opMatches:
		return "regular expressions are those of RE2; put them in quotes"
	case c.op == opInCIDR:
		return "a network looks like 10.2.0.0/16 or 2001:db8::/32"
	case c.field.name == fieldIP:
		return "say ip in_cidr 10.2.0.0/16 for a network, ip in 10.2.0.1-10.2.0.9 for a range"
	}
	return "any usual spelling will do; for parts of addresses use startswith, contains or like"
}

// span is a range of addresses of one family, ends included.
type span struct{ first, last netip.Addr }

func (s span) contains(a netip.Addr) bool {
	return a.BitLen() == s.first.BitLen() && s.first.Compare(a) <= 0 && a.Compare(s.last) <= 0
}

// parsePrefix reads a network. Bits after the prefix do not matter.
func parsePrefix(s string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(s)
	if err != nil {
		return prefix, clusto.Errorf(clusto.ErrInvalid, "%q is not a network", s)
	}
	if prefix.Addr().Is4In6() {
		return prefix, clusto.Errorf(clusto.ErrInvalid, "%q is IPv4 in the form of IPv6", s)
	}
	return prefix.Masked(), nil
}

// parseSpan reads an address, a network, or a range: 10.0.0.1-10.0.0.9.
func parseSpan(s string) (span, error) {
	if strings.Contains(s, "/") {
		prefix, err := parsePrefix(s)
		if err != nil {
			return span{}, err
		}
		return span{prefix.Addr(), lastOf(prefix)}, nil
	}
	from, to, isRange := strings.Cut(s, "-")
	if !isRange {
		to = from
	}
	first, err := resource.ParseAddr(from)
	if err != nil {
		return span{}, err
	}
	last, err := resource.ParseAddr(to)
	switch {
	case err != nil:
		return span{}, err
	case first.BitLen() != last.BitLen():
		return span{}, clusto.Errorf(clusto.ErrInvalid, "%q begins in one family of addresses and ends in another", s)
	case last.Less(first):
		return span{}, clusto.Errorf(clusto.ErrInvalid, "%q ends before it begins", s)
	}
	return span{first, last}, nil
}

// lastOf returns the last address of a network.
func lastOf(p netip.Prefix) netip.Addr {
	raw := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(raw)*8; bit++ {
		raw[bit/8] |= 1 << (7 - bit%8)
	}
	last, _ := netip.AddrFromSlice(raw)
	return last
}
