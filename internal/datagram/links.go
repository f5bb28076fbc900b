package datagram

import (
	"fmt"
	"net"
	"net/netip"
)

// Links are the interfaces of this host and their addresses, as they were at one
// time. A nil Links knows of none.
type Links struct {
	byIndex map[int]Link
	own     map[netip.Addr]bool
}

// Link is one interface.
type Link struct {
	Name     string
	Prefixes []netip.Prefix // its addresses, with the networks that they are in
}

// Look returns the interfaces as they are now.
func Look() (*Links, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("interfaces: %w", err)
	}
	l := &Links{byIndex: map[int]Link{}, own: map[netip.Addr]bool{}}
	for _, i := range all {
		addrs, err := i.Addrs()
		if err != nil {
			continue // it is gone by now
		}
		link := Link{Name: i.Name}
		for _, a := range addrs {
			n, ok := a.(*net.IPNet)
			if !ok {
				continue
			}
			addr, _ := netip.AddrFromSlice(n.IP)
			bits, _ := n.Mask.Size()
			link.Prefixes = append(link.Prefixes, netip.PrefixFrom(addr.Unmap(), bits))
			l.own[addr.Unmap()] = true
		}
		l.byIndex[i.Index] = link
	}
	return l, nil
}

// Link returns the interface that has this index.
func (l *Links) Link(index int) (Link, bool) {
	if l == nil {
		return Link{}, false
	}
	link, ok := l.byIndex[index]
	return link, ok
}

// Own says whether addr is an address of this host.
func (l *Links) Own(addr netip.Addr) bool { return l != nil && l.own[addr] }

// OnLink says whether addr is in a network that is on the interface that has this
// index.
func (l *Links) OnLink(index int, addr netip.Addr) bool {
	link, _ := l.Link(index)
	for _, p := range link.Prefixes {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// Has says whether addr is an address of the interface that has this index.
func (l *Links) Has(index int, addr netip.Addr) bool {
	link, _ := l.Link(index)
	for _, p := range link.Prefixes {
		if p.Addr() == addr {
			return true
		}
	}
	return false
}
