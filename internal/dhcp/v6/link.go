package v6

import (
	"cmp"
	"errors"
	"net"
	"net/netip"
	"slices"

	"github.com/clusto/clusto"
)

// The groups that servers are in (RFC 8415 section 7.1): clients and relays send
// to the first, relays that know no better to the second.
var (
	allAgents  = netip.MustParseAddr("ff02::1:2")
	allServers = netip.MustParseAddr("ff05::1:3")
)

// link is an interface on which requests are answered.
type link struct {
	name  string
	addrs []netip.Addr // see Meta.Links
}

// chosen returns the interfaces that listen and name select, by their index: the
// one of that name, else the one that has the address of listen or is its zone,
// else all. A server on the loopback address alone has no other.
func chosen(listen netip.Addr, name string) ([]net.Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b net.Interface) int { return cmp.Compare(a.Index, b.Index) })
	name = cmp.Or(name, listen.Zone())
	if name == "" && listen.IsUnspecified() {
		return slices.DeleteFunc(all, func(face net.Interface) bool {
			return face.Flags&net.FlagUp == 0 || face.Flags&net.FlagLoopback != 0
		}), nil
	}
	for _, face := range all {
		addrs, err := addrsOf(&face)
		if err != nil {
			continue // it has just gone
		}
		if face.Name == name || name == "" && slices.Contains(addrs, listen) {
			return []net.Interface{face}, nil
		}
	}
	if name != "" {
		return nil, clusto.Errorf(clusto.ErrNotFound, "there is no interface %s", name)
	}
	return nil, clusto.Errorf(clusto.ErrNotFound, "no interface has the address %s", listen)
}

// addrsOf returns the IPv6 addresses of an interface.
func addrsOf(face *net.Interface) ([]netip.Addr, error) {
	list, err := face.Addrs()
	if err != nil {
		return nil, err
	}
	var addrs []netip.Addr
	for _, a := range list {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() == nil {
			if addr, ok := netip.AddrFromSlice(n.IP); ok {
				addrs = append(addrs, addr)
			}
		}
	}
	return addrs, nil
}

// look finds the interfaces and joins the groups on those that are new. It is
// called again and again, since interfaces come and go.
func (s *Server) look() error {
	faces, err := chosen(s.listen.Addr(), s.opts.Interface)
	if err != nil {
		return err
	}
	links := map[int]*link{}
	var joined error
	for _, face := range faces {
		l := &link{name: face.Name}
		addrs, err := addrsOf(&face)
		if err != nil {
			continue
		}
		for _, addr := range addrs {
			if addr == s.listen.Addr() {
				l.addrs = slices.Insert(l.addrs, 0, addr) // it is the one that was meant
			} else if !addr.IsLinkLocalUnicast() {
				l.addrs = append(l.addrs, addr)
			}
		}
		links[face.Index] = l
		if !s.joined[face.Index] && face.Flags&net.FlagMulticast != 0 && face.Flags&net.FlagUp != 0 {
			if err := errors.Join(s.conn.Join(allAgents, &face), s.conn.Join(allServers, &face)); err != nil {
				joined = errors.Join(joined, err)
				continue
			}
			s.joined[face.Index] = true
			s.log.Info("listening for DHCPv6", "interface", face.Name)
		}
	}
	for index := range s.joined {
		if links[index] == nil {
			delete(s.joined, index)
		}
	}
	s.links.Store(&links)
	return joined
}
