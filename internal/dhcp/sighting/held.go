package sighting

import (
	"encoding/hex"
	"net/netip"
	"sync"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
)

// key is what a client is known by: its hardware address, or id if that is zero.
type key struct {
	family dhcp.Family
	mac    clusto.MAC
	id     string
}

// shard holds some of the clients.
type shard struct {
	mu        sync.Mutex // guards what follows, and the clients
	clients   map[key]*held
	strangers int
	of        map[clusto.EntityID]int // how many clients each entity has
	queue     []*held                 // those that are to be written
	idle      int                     // how many of these were forgotten
}

// held is a client: what was seen of it last, and of that what was written.
type held struct {
	key     key
	seen    seen
	changed bool // in more than the time since it was written
	queued  bool
	gone    bool  // it was forgotten
	written int64 // seen.at of what was written; 0 if nothing was
}

// seen is what was seen of a client. Texts are as they came, so that those of the
// next packet can be compared with them without being made readable.
type seen struct {
	entity               clusto.EntityID
	at, until            int64 // in seconds since 1970
	message              string
	outcome              dhcp.Reason
	addr, relay          netip.Addr
	id, vendor, hostname string
	circuit, remote, via string
}

// update takes what e says, and reports whether more than the time has changed. A
// client that asks for the same in the usual steps has not.
func (s *seen) update(e *dhcp.Event) (changed bool) {
	c := e.Client
	s.at, s.message, s.until = e.At.Unix(), e.Message, 0
	changed = set(&s.outcome, e.Reason) || changed
	changed = set(&s.addr, e.Addr()) || changed
	if s.addr.IsValid() {
		s.until = e.At.Add(e.Answer.Lease).Unix()
	}
	var entity clusto.EntityID
	if e.Answer != nil {
		entity = e.Answer.Host.ID
	}
	changed = set(&s.entity, entity) || changed
	changed = set(&s.relay, c.Relay) || changed
	changed = set(&s.via, c.Via) || changed
	changed = setBytes(&s.id, c.ID) || changed
	changed = setBytes(&s.vendor, c.Vendor) || changed
	changed = setBytes(&s.hostname, c.Hostname) || changed
	changed = setBytes(&s.circuit, c.CircuitID) || changed
	return setBytes(&s.remote, c.RemoteID) || changed
}

func set[T comparable](to *T, v T) bool {
	if *to == v {
		return false
	}
	*to = v
	return true
}

// setBytes copies v only if it is not what is there.
func setBytes(to *string, v []byte) bool {
	if *to == string(v) {
		return false
	}
	*to = string(v)
	return true
}

// sighting returns h as it is kept.
func (h *held) sighting() clusto.Sighting {
	s := h.seen
	out := clusto.Sighting{
		Family: int(h.key.family), Client: dhcp.ClientName(h.key.family, h.key.mac, []byte(h.key.id)), Entity: s.entity,
		At: time.Unix(s.at, 0).UTC(), Message: s.message, Outcome: string(s.outcome), Addr: s.addr,
		ID: hex.EncodeToString([]byte(s.id)), Vendor: dhcp.Text([]byte(s.vendor)), Hostname: dhcp.Text([]byte(s.hostname)),
		Relay: s.relay, Circuit: dhcp.Text([]byte(s.circuit)), Remote: dhcp.Text([]byte(s.remote)), Via: s.via,
	}
	if s.until != 0 {
		out.Until = time.Unix(s.until, 0).UTC()
	}
	return out
}
