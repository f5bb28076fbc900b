package resource

import (
	"context"
	"net/netip"
	"slices"

	"github.com/clusto/clusto"
)

// keyLastIP is the hidden attribute in which classic clusto kept the address
// that it allocated last. It is read, never written.
const keyLastIP = "_lastip"

const (
	// hintsAtOnce is how many free ranges are read at a time. Most often the
	// first has a free address.
	hintsAtOnce = 16
	// hintsKept is how many free ranges of a manager are kept; what does not
	// fit is found by looking at everything when they are used up.
	hintsKept = 512
	// Addresses are checked in batches, each twice the size of the one before:
	// the first address of a hint is nearly always free.
	firstBatch = 1
	lastBatch  = 1024
)

// next returns a free address. Ranges that are free as far as is known come
// first, the oldest first, so that an address that was given back rests for as long as
// possible. When none is left everything is looked at once.
func (r *ipRules) next(ctx context.Context) (clusto.Value, error) {
	if err := r.hasNetwork(); err != nil {
		return clusto.Value{}, err
	}
	tx, err := r.m.Inventory().Tx()
	if err != nil {
		return clusto.Value{}, err
	}
	addr, ok, err := r.fromHints(ctx, tx)
	if err == nil && !ok {
		if err = r.survey(ctx, tx); err == nil {
			addr, ok, err = r.fromHints(ctx, tx)
		}
	}
	if err == nil && !ok {
		err = clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "%s has no free address left in %s", r.m.Name, r.network.Prefix),
			"deallocate some, or make a manager for another network")
	}
	return IPValue(addr), err
}

// fromHints takes the first free address that a hint leads to, and uses up hints
// that lead to none.
func (r *ipRules) fromHints(ctx context.Context, tx clusto.Tx) (netip.Addr, bool, error) {
	for {
		hints, err := tx.FreeRanges(ctx, r.m.ID, hintsAtOnce)
		if err != nil || len(hints) == 0 {
			return netip.Addr{}, false, err
		}
		for _, hint := range hints {
			addr, ok, err := r.firstFree(ctx, hint.First, hint.Last)
			if err != nil {
				return netip.Addr{}, false, err
			}
			hint = shrink(hint, addr, ok)
			if err := tx.SetFreeRange(ctx, hint); err != nil {
				return netip.Addr{}, false, err
			}
			if ok {
				return addr, true, nil
			}
		}
	}
}

// shrink returns hint without what was looked at: all up to addr, or everything
// if nothing was found. An empty range has its First after its Last.
func shrink(hint clusto.FreeRange, addr netip.Addr, found bool) clusto.FreeRange {
	switch next := addr.Next(); {
	case found && next.IsValid():
		hint.First = next
	case hint.Last.Next().IsValid():
		hint.First = hint.Last.Next()
	default: // the highest address there is has none after it
		hint.First, hint.Last = hint.Last, hint.Last.Prev()
	}
	return hint
}

// firstFree returns the first free address from first to last.
func (r *ipRules) firstFree(ctx context.Context, first, last netip.Addr) (netip.Addr, bool, error) {
	gaps := r.gaps(first, last)
	for size := firstBatch; ; size = min(2*size, lastBatch) {
		batch := gaps.take(size)
		if len(batch) == 0 {
			return netip.Addr{}, false, nil
		}
		values := make([]clusto.Value, len(batch))
		for i, addr := range batch {
			values[i] = IPValue(addr)
		}
		rows, err := r.users(ctx, values...)
		if err != nil {
			return netip.Addr{}, false, err
		}
		taken := make(map[netip.Addr]bool, len(rows))
		for _, a := range rows {
			if addr, err := ValueAddr(a.Value); err == nil {
				taken[addr] = true
			}
		}
		for _, addr := range batch {
			if !taken[addr] {
				return addr, true, nil
			}
		}
	}
}

// survey looks at every address in use and writes hints for what is free. It
// begins after the last address that classic allocated, and comes to what lies before
// it at the end.
func (r *ipRules) survey(ctx context.Context, tx clusto.Tx) error {
	if err := tx.ClearFreeRanges(ctx, r.m.ID); err != nil {
		return err
	}
	var taken []netip.Addr
	for a, err := range r.m.Inventory().Attrs(ctx, addressRows) {
		if err != nil {
			return err
		}
		// Rows that are no address, which only a hand can have written, take none.
		if addr, err := ValueAddr(a.Value); err == nil && r.network.Contains(addr) {
			taken = append(taken, addr)
		}
	}
	first, last := r.network.Prefix.Addr(), r.network.Last()
	parts := []spans{r.gaps(first, last, taken...)}
	if pivot, ok, err := r.lastClassic(ctx); err != nil {
		return err
	} else if ok && pivot != last {
		parts = []spans{r.gaps(pivot.Next(), last, taken...), r.gaps(first, pivot, taken...)}
	}
	var hints []clusto.FreeRange
	for _, s := range slices.Concat(parts...) {
		if len(hints) == hintsKept {
			break
		}
		hints = append(hints, clusto.FreeRange{Manager: r.m.ID, First: s.first, Last: s.last})
	}
	if len(hints) == 0 {
		return nil
	}
	return tx.AddFreeRanges(ctx, hints...)
}

// lastClassic returns the address that classic allocated last, if it says so.
func (r *ipRules) lastClassic(ctx context.Context) (netip.Addr, bool, error) {
	attrs, err := r.m.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(keyLastIP)})
	if err != nil || len(attrs) == 0 {
		return netip.Addr{}, false, err
	}
	addr, err := ValueAddr(attrs[len(attrs)-1].Value)
	return addr, err == nil && r.network.Contains(addr), nil
}

// freed adds hints for addresses that were given back. They come after all
// others; so that there are others, everything is looked at if no hint is left.
func (r *ipRules) freed(ctx context.Context, resources []clusto.Value) error {
	if !r.ok {
		return nil
	}
	tx, err := r.m.Inventory().Tx()
	if err != nil {
		return err
	}
	known, err := tx.FreeRanges(ctx, r.m.ID, hintsKept)
	if err != nil {
		return err
	}
	if len(known) == 0 {
		return r.survey(ctx, tx)
	}
	var hints []clusto.FreeRange
	for _, v := range resources[:min(len(resources), hintsKept-len(known))] {
		if addr, err := ValueAddr(v); err == nil && r.network.Contains(addr) {
			hints = append(hints, clusto.FreeRange{Manager: r.m.ID, First: addr, Last: addr})
		}
	}
	if len(hints) == 0 {
		return nil
	}
	return tx.AddFreeRanges(ctx, hints...)
}

// span is the addresses first to last, both included.
type span struct{ first, last netip.Addr }

// spans are ranges of addresses in ascending order, none of them empty.
type spans []span

// gaps returns what lies from first to last and is in the network, without
// what is reserved, the networks of nested managers, and the given addresses.
func (r *ipRules) gaps(first, last netip.Addr, without ...netip.Addr) spans {
	if low := r.network.Prefix.Addr(); first.Less(low) {
		first = low
	}
	if high := r.network.Last(); high.Less(last) {
		last = high
	}
	var blocked spans
	for _, addr := range append(r.network.reserved(), without...) {
		blocked = append(blocked, span{addr, addr})
	}
	for _, n := range r.nested {
		blocked = append(blocked, span{n.Prefix.Addr(), n.Last()})
	}
	slices.SortFunc(blocked, func(a, b span) int { return a.first.Compare(b.first) })
	var free spans
	for _, b := range blocked {
		if b.last.Less(first) {
			continue
		}
		if last.Less(b.first) {
			break
		}
		if first.Less(b.first) {
			free = append(free, span{first, b.first.Prev()})
		}
		if first = b.last.Next(); !first.IsValid() {
			return free
		}
	}
	if !last.Less(first) {
		free = append(free, span{first, last})
	}
	return free
}

// take removes the first n addresses from s and returns them.
func (s *spans) take(n int) []netip.Addr {
	var addrs []netip.Addr
	for len(*s) > 0 && len(addrs) < n {
		head := &(*s)[0]
		addrs = append(addrs, head.first)
		if head.first == head.last {
			*s = (*s)[1:]
		} else {
			head.first = head.first.Next()
		}
	}
	return addrs
}
