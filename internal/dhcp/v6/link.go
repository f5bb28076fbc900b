package v6

import (
	"errors"
	"net"
	"net/netip"
	"slices"
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

// look finds the interfaces and joins the groups on those that are new. It is
// called again and again, since interfaces come and go.
func (s *Server) look() error {
	at, err := faces(&s.at)
	if err != nil {
		return err
	}
	links := map[int]*link{}
	var joined error
	for _, face := range at {
		l := &link{name: face.Name}
		for _, addr := range addrsOf(&face) {
			if slices.Contains(s.at.Hosts, addr) {
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
