package resource

import (
	"cmp"
	"context"
	"math/big"
	"net/netip"
	"slices"

	"github.com/clusto/clusto"
)

// State says what an address of a network is.
type State string

// The states of addresses.
const (
	StateFree      State = "free"
	StateUsed      State = "used"
	StateReserved  State = "reserved"
	StateNested    State = "nested" // it belongs to a network inside this one
	StateNetwork   State = "network"
	StateGateway   State = "gateway"
	StateBroadcast State = "broadcast"
)

// Limits of maps.
const (
	// MaxMapped is how many addresses a map shows one by one.
	MaxMapped = 1 << 16
	blockBits = 8 // a map of more has blocks, at most two to the power of this
)

// Map shows a network, or a part of one: its addresses one by one, or blocks of
// them if they are more than MaxMapped.
type Map struct {
	Prefix netip.Prefix
	Pieces []MapPiece // in ascending order, without gaps
	Blocks []MapBlock // those in which there is something, in ascending order
	// BlockLength is the length of the prefix of a block, also of the empty ones.
	BlockLength int
	// Covers is the smallest network in which all of it is that is not free.
	Covers netip.Prefix
}

// MapPiece is some addresses in a row, or one that somebody has.
type MapPiece struct {
	First, Last netip.Addr
	State       State
	Holders     []clusto.Attr // of a used one: the attributes that hold it
	Role        State         // of a used one that is also the gateway, or the network's own
	Reservation string        // that it belongs to, with its reason
	Network     *Network      // that it belongs to, if nested
}

// MapBlock is a part of a map whose addresses are too many to be shown.
type MapBlock struct {
	Prefix         netip.Prefix
	Used, Reserved int64
	Networks       []Network // inside it, or the one that it is inside of
}

// Map returns the map of what lies within a prefix of the network of m; the zero
// Prefix is all of it. It returns ErrUnsupported if m has no network.
func (m *Manager) Map(ctx context.Context, within netip.Prefix) (*Map, error) {
	if !m.Driver().Is(DriverIP) {
		return nil, clusto.Errorf(clusto.ErrUnsupported, "%s has no map: its driver %s hands out no addresses", m.Name, m.Driver().Name)
	}
	r, err := newIPRules(ctx, m)
	if err == nil {
		err = r.hasNetwork()
	}
	if err != nil {
		return nil, err
	}
	whole := r.network.Prefix
	if !within.IsValid() {
		within = whole
	}
	within = within.Masked()
	if within.Bits() < whole.Bits() || !whole.Contains(within.Addr()) {
		return nil, clusto.Errorf(clusto.ErrInvalid, "%s is not in %s, the network of %s", within, whole, m.Name)
	}
	s := &area{r: r, network: Network{Prefix: within}, inside: outermost(r.nested)}
	if s.reserved, err = m.reservations(ctx, r); err != nil {
		return nil, err
	}
	if s.holders, err = holdersIn(ctx, m.Inventory(), s.span()); err != nil {
		return nil, err
	}
	for addr := range s.holders {
		s.taken = append(s.taken, addr)
	}
	s.taken = inOrder(s.taken)
	shown := &Map{Prefix: within, Covers: s.covers()}
	if s.span().size().Cmp(big.NewInt(MaxMapped)) <= 0 {
		shown.Pieces = s.pieces()
		return shown, nil
	}
	shown.BlockLength = min(within.Bits()+blockBits, within.Addr().BitLen())
	shown.Blocks = s.blocks(shown.BlockLength)
	return shown, nil
}

// area is what there is to know of a part of a network.
type area struct {
	r        *ipRules
	network  Network
	inside   []Network // it, and in no other inside it
	reserved []Reservation
	holders  map[netip.Addr][]clusto.Attr
	taken    places
}

func (s *area) span() span { return span{s.network.Prefix.Addr(), s.network.Last()} }

// holdersIn returns the attributes that hold addresses of a span. Few addresses
// are asked for one by one; else all that are in use are looked at.
func holdersIn(ctx context.Context, inv *clusto.Inventory, of span) (map[netip.Addr][]clusto.Attr, error) {
	m := addressRows
	whole := spans{of}
	if few := whole.take(lastBatch); len(whole) == 0 {
		for _, addr := range few {
			m.Values = append(m.Values, IPValue(addr))
		}
	}
	holders := map[netip.Addr][]clusto.Attr{}
	for a, err := range inv.Attrs(ctx, m) {
		if err != nil {
			return nil, err
		}
		if addr, err := ValueAddr(a.Value); err == nil && of.contains(addr) {
			holders[addr] = append(holders[addr], a)
		}
	}
	return holders, nil
}

// outermost returns those of the networks that are in no other of them, in
// ascending order.
func outermost(networks []Network) []Network {
	sorted := slices.SortedFunc(slices.Values(networks), func(a, b Network) int {
		return cmp.Or(a.Prefix.Addr().Compare(b.Prefix.Addr()), cmp.Compare(a.Prefix.Bits(), b.Prefix.Bits()))
	})
	var outer []Network
	for _, n := range sorted {
		if len(outer) == 0 || !outer[len(outer)-1].Prefix.Contains(n.Prefix.Addr()) {
			outer = append(outer, n)
		}
	}
	return outer
}

// nested returns the outermost networks of other managers that have a part in
// common with a span.
func (s *area) nested(in span) []Network {
	first, _ := slices.BinarySearchFunc(s.inside, in.first, func(n Network, at netip.Addr) int { return n.Last().Compare(at) })
	end := first
	for end < len(s.inside) && !in.last.Less(s.inside[end].Prefix.Addr()) {
		end++
	}
	return s.inside[first:end]
}

// role returns what an address is to its network, or "".
func (s *area) role(addr netip.Addr) State {
	n := s.r.network
	broadcast, has := n.Broadcast()
	switch {
	case addr == n.Gateway:
		return StateGateway
	case addr == n.Prefix.Addr() && n.Prefix.Bits() < addr.BitLen()-1:
		return StateNetwork
	case has && addr == broadcast:
		return StateBroadcast
	}
	return ""
}

// reservation returns the reservation that an address belongs to, or "".
func (s *area) reservation(addr netip.Addr) string {
	i := slices.IndexFunc(s.reserved, func(x Reservation) bool { return x.places.contains(addr) })
	if i < 0 {
		return ""
	}
	return s.reserved[i].String()
}

// pieces returns all addresses, those that are of one kind together.
func (s *area) pieces() []MapPiece {
	whole := s.span()
	var pieces []MapPiece
	var elsewhere, singles spans
	for _, n := range s.nested(whole) {
		part := whole.common(span{n.Prefix.Addr(), n.Last()})
		elsewhere = append(elsewhere, part)
		pieces = append(pieces, MapPiece{First: part.first, Last: part.last, State: StateNested, Network: &n})
	}
	special := append(slices.Clone(s.taken), s.r.network.reserved()...)
	for _, addr := range inOrder(special) {
		if whole.contains(addr) && !elsewhere.contain(addr) {
			singles = append(singles, span{addr, addr})
			pieces = append(pieces, s.single(addr))
		}
	}
	var kept spans
	for _, x := range s.reserved {
		if !whole.overlaps(x.places) {
			continue
		}
		for _, part := range whole.common(x.places).without(slices.Concat(elsewhere, singles)) {
			kept = append(kept, part)
			pieces = append(pieces, MapPiece{First: part.first, Last: part.last, State: StateReserved, Reservation: x.String()})
		}
	}
	for _, part := range whole.without(slices.Concat(elsewhere, singles, kept)) {
		pieces = append(pieces, MapPiece{First: part.first, Last: part.last, State: StateFree})
	}
	slices.SortFunc(pieces, func(a, b MapPiece) int { return a.First.Compare(b.First) })
	return pieces
}

// single returns the piece of an address that somebody has, or that the network
// keeps for itself.
func (s *area) single(addr netip.Addr) MapPiece {
	p := MapPiece{First: addr, Last: addr, State: StateUsed, Holders: s.holders[addr], Role: s.role(addr), Reservation: s.reservation(addr)}
	if p.Holders == nil {
		p.State, p.Role = p.Role, ""
	}
	return p
}

// blocks returns the parts with a prefix of a length in which there is something.
func (s *area) blocks(length int) []MapBlock {
	var all []MapBlock
	addr := s.network.Prefix.Addr()
	for range 1 << (length - s.network.Prefix.Bits()) {
		part := Network{Prefix: netip.PrefixFrom(addr, length)}
		in := span{addr, part.Last()}
		b := MapBlock{Prefix: part.Prefix, Used: int64(len(s.taken.in(in))), Networks: s.nested(in)}
		var kept big.Int
		for _, x := range s.reserved {
			if in.overlaps(x.places) {
				kept.Add(&kept, in.common(x.places).size())
			}
		}
		if b.Reserved = counts(&kept); b.Used > 0 || b.Reserved > 0 || len(b.Networks) > 0 {
			all = append(all, b)
		}
		addr = in.last.Next()
	}
	return all
}

// covers returns the smallest network in which everything is that is not free,
// without what the network keeps for itself, or the zero Prefix if all is free.
func (s *area) covers() netip.Prefix {
	whole := s.span()
	var parts spans
	if n := len(s.taken); n > 0 {
		parts = append(parts, span{s.taken[0], s.taken[n-1]})
	}
	for _, n := range s.nested(whole) {
		parts = append(parts, whole.common(span{n.Prefix.Addr(), n.Last()}))
	}
	for _, x := range s.reserved {
		if whole.overlaps(x.places) {
			parts = append(parts, whole.common(x.places))
		}
	}
	if len(parts) == 0 {
		return netip.Prefix{}
	}
	all := parts[0]
	for _, p := range parts {
		if p.first.Less(all.first) {
			all.first = p.first
		}
		if all.last.Less(p.last) {
			all.last = p.last
		}
	}
	smallest := netip.PrefixFrom(all.first, all.first.BitLen())
	for !smallest.Contains(all.last) {
		smallest = netip.PrefixFrom(all.first, smallest.Bits()-1).Masked()
	}
	return smallest
}

// common returns what two spans that overlap have in common.
func (s span) common(o span) span {
	if s.first.Less(o.first) {
		s.first = o.first
	}
	if o.last.Less(s.last) {
		s.last = o.last
	}
	return s
}
