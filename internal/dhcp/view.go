package dhcp

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// view is what was read of one state of the inventory.
type view struct {
	state  any
	number uint64 // of the view; what was read for another is not used
	cached bool   // whether it is used for more than one decision

	mu       sync.Mutex // guards that networks are read once
	networks atomic.Pointer[networks]
}

// viewOf returns the view of what r shows.
func (e *Engine) viewOf(r clusto.Reader) *view {
	u, ok := r.(Unchanging)
	if !ok {
		return &view{}
	}
	state, ok := u.Unchanging()
	if !ok {
		return &view{}
	}
	last := e.view.Load()
	if last != nil && last.state == state {
		return last
	}
	v := &view{state: state, number: e.views.Add(1), cached: true}
	e.view.CompareAndSwap(last, v) // whoever was faster has one that is as good
	return v
}

// networksOf returns the networks of all managers.
func (e *Engine) networksOf(ctx context.Context, r clusto.Reader, v *view) (*networks, error) {
	if all := v.networks.Load(); all != nil {
		return all, nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if all := v.networks.Load(); all != nil {
		return all, nil
	}
	quick, _ := r.(Direct)
	all := e.sameNetworks(quick)
	if all == nil {
		var err error
		if all, err = e.readNetworks(ctx, r); err != nil {
			return nil, err
		}
		if quick != nil && v.cached {
			all.candidates = quick.AppendHaving(nil, resource.PropertyBase)
			all.marks = mark(quick, all.candidates)
			e.networks.Store(all)
		}
	}
	v.networks.Store(all)
	return all, nil
}

// around is what the containers of a host say.
type around struct {
	view       uint64            // the number of the view it was read for
	family     Family            //
	direct     []clusto.EntityID // containers that the host is directly in, in the order of their rows
	containers []clusto.Entity   // all, the nearest first
	// ordered says that it makes a difference in which order the host was put
	// into the direct ones: two of them say something about the same.
	ordered bool
	// shared are what attributes dhcp.* of them say, each by the nearest; for
	// DHCPv6 own are those of dhcp6.*, else the same.
	shared, own settings
	ready       atomic.Pointer[[]*prepared]

	ids   []clusto.EntityID   // of containers
	marks marks               // of them
	above [][]clusto.EntityID // what each of them is directly in
}

// prepared is what containers and manager say together to hosts in a network.
type prepared struct {
	net      *network
	settings settings
	shared   settings // for DHCPv6, what attributes dhcp.* say; else nil
}

// maxPrepared is for how many networks it is remembered what hosts in the same
// containers are told.
const maxPrepared = 16

// prepare returns what the containers and n say, n nil for no network.
func (ar *around) prepare(family int, n *network) *prepared {
	known := ar.ready.Load()
	if known != nil {
		for _, p := range *known {
			if p.net == n {
				return p
			}
		}
	}
	p := &prepared{net: n, settings: ar.own}
	if ar.family == V6 {
		p.shared = ar.shared
	}
	if n != nil {
		p.settings = merge(ar.own, n.settings[family])
		if ar.family == V6 {
			p.shared = merge(ar.shared, n.settings[0])
		}
	}
	var more []*prepared
	if known != nil {
		more = *known
	}
	if len(more) == maxPrepared { // perhaps for networks that have changed since
		more = nil
	}
	more = append(slices.Clone(more), p)
	ar.ready.CompareAndSwap(known, &more)
	return p
}

// remembered is how many sets of containers are remembered: in so many rows
// of places, each of which is searched whole.
const (
	remembered = 1 << 13
	inRow      = 4
)

// memory remembers what the containers of hosts say, without locks.
type memory struct {
	places [remembered / inRow][inRow]atomic.Pointer[around]
	stored atomic.Uint32
}

func (m *memory) row(direct []clusto.EntityID, family Family) *[inRow]atomic.Pointer[around] {
	h := uint64(family)
	for _, id := range direct {
		h = (h ^ uint64(id)) * 0x9e3779b97f4a7c15 // Knuth's multiplicative hash: the golden ratio in 64 bits
		h ^= h >> 29
	}
	return &m.places[h%uint64(len(m.places))]
}

// find returns what is remembered of containers, and where, or nil.
func (m *memory) find(direct []clusto.EntityID, family Family) (*around, *atomic.Pointer[around]) {
	row := m.row(direct, family)
	for i := range row {
		if ar := row[i].Load(); ar != nil && ar.family == family && slices.Equal(ar.direct, direct) {
			return ar, &row[i]
		}
	}
	return nil, nil
}

// store remembers ar: where it was, at an empty place, or in the place of another.
func (m *memory) store(ar *around) {
	_, place := m.find(ar.direct, ar.family)
	if place == nil {
		row := m.row(ar.direct, ar.family)
		place = &row[m.stored.Add(1)%inRow]
		for i := range row {
			if row[i].Load() == nil {
				place = &row[i]
			}
		}
	}
	place.Store(ar)
}

// recall returns what is remembered of containers, or nil. What was read for
// another state is good if quick says that the containers are the same.
func (m *memory) recall(quick Direct, v *view, family Family, direct []clusto.EntityID) *around {
	if !v.cached {
		return nil
	}
	ar, place := m.find(direct, family)
	if ar == nil {
		return nil
	}
	if ar.view == v.number {
		return ar
	}
	if !ar.holds(quick) {
		return nil
	}
	again := ar.as(v.number, ar.direct)
	again.ready.Store(ar.ready.Load())
	place.Store(again)
	return again
}

// as returns ar for another view, or another order of what a host is directly in.
func (ar *around) as(view uint64, direct []clusto.EntityID) *around {
	return &around{view: view, family: ar.family, direct: direct, containers: ar.containers, ordered: ar.ordered,
		shared: ar.shared, own: ar.own, ids: ar.ids, marks: ar.marks, above: ar.above}
}

// holds reports whether the containers are surely what they were, and in what
// they were.
func (ar *around) holds(quick Direct) bool {
	if !ar.marks.hold(quick, ar.ids) {
		return false
	}
	var room [8]clusto.EntityID
	for i, id := range ar.ids {
		if !slices.Equal(ar.above[i], quick.AppendContainers(room[:0], id)) {
			return false
		}
	}
	return true
}

// aroundOf returns what the containers of a host say, which is directly in the
// given ones.
func (e *Engine) aroundOf(ctx context.Context, r clusto.Reader, v *view, family Family, parents []clusto.Placed, direct []clusto.EntityID) (*around, error) {
	quick, _ := r.(Direct)
	if ar := e.memory.recall(quick, v, family, direct); ar != nil {
		return ar, nil
	}
	ar, err := e.readAround(ctx, r, v, family, parents, direct)
	if err != nil || !v.cached {
		return ar, err
	}
	if ar.marks = mark(quick, ar.ids); quick != nil {
		for _, id := range ar.ids {
			ar.above = append(ar.above, quick.AppendContainers(nil, id))
		}
	}
	e.memory.store(ar)
	if !ar.ordered && !slices.IsSorted(direct) { // and for those that do not ask for the order
		sorted := ar.as(ar.view, slices.Sorted(slices.Values(direct)))
		e.memory.store(sorted)
	}
	return ar, nil
}

// readAround reads it. The order is that of [clusto.Object.MergedAttrs]: the nearest
// first, and then in the order of the rows that put one into the other.
func (e *Engine) readAround(ctx context.Context, r clusto.Reader, v *view, family Family, parents []clusto.Placed, direct []clusto.EntityID) (*around, error) {
	ar := &around{view: v.number, family: family, direct: slices.Clone(direct)}
	if len(direct) == 0 {
		return ar, nil
	}
	above, err := r.Parents(ctx, ar.direct, true)
	if err != nil {
		return nil, err
	}
	for _, p := range append(slices.Clone(parents), above...) {
		ar.containers, ar.ids = append(ar.containers, p.Entity), append(ar.ids, p.ID)
	}
	if ar.shared, err = e.readMerged(ctx, r, ar, 0); err != nil {
		return nil, err
	}
	ar.own = ar.shared
	if family == V6 {
		ar.own, err = e.readMerged(ctx, r, ar, 1)
	}
	return ar, err
}

// readMerged reads what the containers say by the attributes of a protocol.
func (e *Engine) readMerged(ctx context.Context, r clusto.Reader, ar *around, dictionary int) (settings, error) {
	read, err := readAttrs(ctx, r, ar.containers, [...]string{keyDHCP, keyDHCP6}[dictionary])
	if err != nil {
		return nil, err
	}
	lists := make([]settings, len(read))
	said := map[slot]bool{}
	for i, w := range read {
		lists[i] = e.dictionaries[dictionary].read(w)
		for _, s := range lists[i] {
			if i < len(ar.direct) {
				ar.ordered = ar.ordered || said[s.slot]
				said[s.slot] = true
			}
		}
	}
	return merge(lists...), nil
}
