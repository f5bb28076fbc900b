package clusto

import (
	"context"
	"net/netip"
	"time"
)

// SightingKeeper is a Store that also keeps when hosts were last seen asking for
// an address. Sightings have no history, and keeping them makes no version.
type SightingKeeper interface {
	// KeepSightings keeps what was seen last: one for each Client and Family, of
	// which the later one stays. Of clients that are nothing in the inventory
	// only the latest MaxStrangers are kept, and of one entity only the latest
	// MaxOfEntity.
	KeepSightings(ctx context.Context, seen ...Sighting) error
	// Sightings returns what m selects, the latest first.
	Sightings(ctx context.Context, m SightingMatch) ([]Sighting, error)
}

// MaxStrangers is how many clients that are nothing in the inventory are kept.
const MaxStrangers = 10_000

// MaxOfEntity is how many clients of one entity are kept. A host has a few, but one
// that is known by its place in the network may come with ever new addresses.
const MaxOfEntity = 100

// Sighting is what a DHCP server saw of a client when it asked last.
type Sighting struct {
	Family int      // 4 or 6, of the protocol it asked by
	Client string   // its hardware address as MAC.String writes it, else "duid:" or "id:" and hexadecimal digits
	Entity EntityID // what it is in the inventory; 0 if nothing

	At      time.Time  // in whole seconds
	Message string     // that it sent last, such as DISCOVER or RENEW
	Outcome string     // the reason of the answer, or why there was none
	Addr    netip.Addr // that it was told; the zero Addr if none
	Until   time.Time  // for how long, in whole seconds; zero if it was told no address

	ID       string     // client identifier or DUID in hexadecimal digits; "" if it sent none
	Vendor   string     // vendor class, as text
	Hostname string     // that it calls itself
	Relay    netip.Addr // through which it asked; the zero Addr if none
	Circuit  string     // the relay's circuit ID and remote ID, as text or hexadecimal
	Remote   string     //
	Via      string     // interface on which the server received it
}

// SightingMatch selects sightings: those that meet every condition that is set.
type SightingMatch struct {
	Entities []EntityID // nil means any
	Clients  []string   // nil means any
	Family   int        // 0 means any
	// Known limits to clients that are something in the inventory, Strangers to
	// those that are nothing.
	Known, Strangers bool
	Since            time.Time // zero means no limit
	Limit            int       // 0 means all
}
