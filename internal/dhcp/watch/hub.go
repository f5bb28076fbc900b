// Package watch shows live what DHCP servers do: a [Hub] is told of each packet,
// and hands copies on to those who look. A watcher that is slow misses packets,
// and is told how many; the servers never wait. While nobody looks a packet costs
// nothing.
package watch

import (
	"slices"

	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/feed"
)

// Hub is told of packets by many servers at once. The zero Hub works.
type Hub struct{ feed.Hub[*dhcp.Event] }

// Watcher is who looks.
type Watcher = feed.Watcher[*dhcp.Event]

// Observe hands e on.
func (h *Hub) Observe(e *dhcp.Event) {
	if h.Watched() {
		h.Tell(keep(e))
	}
}

// keep returns a copy of e that is good for ever.
func keep(e *dhcp.Event) *dhcp.Event {
	kept := *e
	kept.Packet, kept.Response = slices.Clone(e.Packet), slices.Clone(e.Response)
	if e.Client != nil {
		c := *e.Client
		for _, b := range []*[]byte{&c.ID, &c.Vendor, &c.User, &c.UUID, &c.Hostname, &c.CircuitID, &c.RemoteID} {
			*b = slices.Clone(*b)
		}
		c.Arch, c.Wants = slices.Clone(c.Arch), slices.Clone(c.Wants)
		kept.Client = &c
	}
	if e.Answer != nil {
		a := *e.Answer
		a.Addrs, a.Options = slices.Clone(a.Addrs), nil // the options are in Response
		kept.Answer = &a
	}
	return &kept
}
