package server

import (
	"net/netip"
	"slices"
)

// Networks are where connections may come from.
type Networks struct {
	Prefixes []netip.Prefix
	Unix     bool // a Unix socket of this machine
}

// Contains reports whether addr is in one of the networks.
func (n Networks) Contains(addr netip.Addr) bool {
	return slices.ContainsFunc(n.Prefixes, func(p netip.Prefix) bool { return p.Contains(addr) })
}
