package resource

import (
	"context"
	"iter"
	"net/netip"
	"slices"
	"time"

	"github.com/clusto/clusto"
)

// KeyIP is the key of attributes that hold addresses.
const KeyIP = "ip"

// Subkeys beside an address.
const (
	SubkeyIPString = "ipstring" // the address as text
	SubkeyCIDR     = "cidr"     // with the length of the network's prefix
	SubkeyOSPort   = "osportname"
)

// ipRules are those of a manager of addresses.
type ipRules struct {
	plainRules
	network Network
	ok      bool      // whether there is a network
	nested  []Network // networks of other managers inside it
}

func newIPRules(ctx context.Context, m *Manager) (*ipRules, error) {
	r := &ipRules{plainRules: plainRules{m}}
	all, err := Networks(ctx, m.Inventory())
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(n Network) bool { return n.Manager.ID == m.ID })
	if i < 0 { // it has none, or one that cannot be understood
		r.network, r.ok, err = m.Network(ctx)
		return r, err
	}
	r.network, r.ok = all[i], true
	r.nested = slices.DeleteFunc(all, func(n Network) bool { return !n.inside(r.network) })
	return r, nil
}

func (r *ipRules) form(resource any) (clusto.Value, error) {
	addr, err := addrOf(resource)
	if err != nil {
		return clusto.Value{}, err
	}
	return IPValue(addr), nil
}

func (r *ipRules) has(resource clusto.Value) error {
	addr, err := ValueAddr(resource)
	if err != nil {
		return err
	}
	if err := r.hasNetwork(); err != nil {
		return err
	}
	if !r.network.Contains(addr) {
		return clusto.Errorf(clusto.ErrInvalid, "%s is not in %s, the network of %s", addr, r.network.Prefix, r.m.Name)
	}
	return nil
}

func (r *ipRules) hasNetwork() error {
	if r.ok {
		return nil
	}
	return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%s has no network: it lacks the property %s", r.m.Name, PropertyBase),
		"set its %s and %s", PropertyBase, propertyNetmask)
}

// users are all who have the address, whatever manager it came from. The
// question is as plain as it can be, so that a transaction remembers the answer.
func (r *ipRules) users(ctx context.Context, resources ...clusto.Value) ([]clusto.Attr, error) {
	rows, err := clusto.Collect(r.m.Inventory().Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(KeyIP), Values: resources}))
	return slices.DeleteFunc(rows, func(a clusto.Attr) bool { return !addressRows.Matches(a) }), err
}

// addressRows selects the rows that hold addresses, without those beside them.
var addressRows = clusto.AttrMatch{
	Key: clusto.Is(KeyIP), Number: clusto.IsPresent[int64](), Subkey: clusto.IsAbsent[string](),
}

// extent implements row.
func (r *ipRules) extent() (span, error) {
	if err := r.hasNetwork(); err != nil {
		return span{}, err
	}
	return span{r.network.Prefix.Addr(), r.network.Last()}, nil
}

// blocked are the network's own addresses and the networks of nested managers.
func (r *ipRules) blocked() spans {
	var all spans
	for _, addr := range r.network.reserved() {
		all = append(all, span{addr, addr})
	}
	for _, n := range r.nested {
		all = append(all, span{n.Prefix.Addr(), n.Last()})
	}
	return all
}

// onward implements row: addresses are not counted.
func (*ipRules) onward(context.Context) (netip.Addr, bool, error) { return netip.Addr{}, false, nil }

func (*ipRules) handed(context.Context, netip.Addr) error { return nil }

// keyLastIP is the hidden attribute in which classic clusto kept the address
// that it allocated last. It is read, never written.
const keyLastIP = "_lastip"

// pivot is the address that classic allocated last, if it says so.
func (r *ipRules) pivot(ctx context.Context) (netip.Addr, bool, error) {
	attrs, err := r.m.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(keyLastIP)})
	if err != nil || len(attrs) == 0 {
		return netip.Addr{}, false, err
	}
	addr, err := ValueAddr(attrs[len(attrs)-1].Value)
	return addr, err == nil, nil
}

func (r *ipRules) taken(ctx context.Context, places []netip.Addr) (map[netip.Addr]bool, error) {
	return takenBy(ctx, r, places)
}

// inUse yields the addresses of all managers. Rows that are no address, which
// only a hand can have written, take none.
func (r *ipRules) inUse(ctx context.Context) iter.Seq2[netip.Addr, error] {
	return func(yield func(netip.Addr, error) bool) {
		for a, err := range r.m.Inventory().Attrs(ctx, addressRows) {
			addr, ok := r.place(a.Value)
			if (err != nil || ok) && !yield(addr, err) {
				return
			}
		}
	}
}

func (r *ipRules) place(v clusto.Value) (netip.Addr, bool) {
	addr, err := ValueAddr(v)
	return addr, err == nil
}

func (r *ipRules) value(place netip.Addr) (clusto.Value, error) { return IPValue(place), nil }

func (r *ipRules) ended(ctx context.Context, since clusto.Version, now time.Time) ([]clusto.Freed, error) {
	return r.m.endedRows(ctx, r, since, now)
}

func (r *ipRules) exhausted() error {
	return clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "%s has no free address left in %s", r.m.Name, r.network.Prefix),
		"deallocate some, or make a manager for another network")
}

func (r *ipRules) beside(resource clusto.Value) []clusto.Attr {
	addr, err := ValueAddr(resource)
	if err != nil {
		return nil
	}
	return []clusto.Attr{
		{Subkey: clusto.Sub(SubkeyIPString), Value: clusto.String(addr.String())},
		{Subkey: clusto.Sub(SubkeyCIDR), Value: clusto.String(r.network.CIDR(addr))},
	}
}

func (r *ipRules) text(resource clusto.Value) string {
	addr, err := ValueAddr(resource)
	if err != nil {
		return resource.Text()
	}
	return addr.String()
}

// Addrs returns the addresses that device has from managers, in the order in
// which it got them.
func Addrs(ctx context.Context, device *clusto.Object) ([]netip.Addr, error) {
	rows, err := device.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(KeyIP), Number: clusto.IsPresent[int64]()})
	if err != nil {
		return nil, err
	}
	var addrs []netip.Addr
	for _, a := range managed(rows, func(clusto.EntityID) bool { return true }) {
		addr, err := ValueAddr(a.Value)
		if err != nil {
			return nil, err
		}
		addrs = append(addrs, addr)
	}
	return addrs, nil
}

// Devices returns the entities that have an address, whatever manager it came
// from.
func Devices(ctx context.Context, inv *clusto.Inventory, addr netip.Addr) ([]*clusto.Object, error) {
	m := addressRows
	m.Value = clusto.Is(IPValue(addr))
	return inv.ByAttr(ctx, m)
}

// Bind notes that device uses addr on the port that its operating system calls
// osPort, such as "eth0", and returns the attribute that holds the address. If
// device does not have addr yet, it is allocated from m, or from the manager that it
// belongs to if m is nil.
func Bind(ctx context.Context, device *clusto.Object, addr netip.Addr, osPort string, m *Manager) (clusto.Attr, error) {
	mine := addressRows
	mine.Value = clusto.Is(IPValue(addr))
	rows, err := device.Attrs(ctx, mine)
	if err != nil {
		return clusto.Attr{}, err
	}
	var held clusto.Attr
	if len(rows) > 0 {
		held = rows[0]
	} else if held, err = allocateAddr(ctx, device, addr, m); err != nil {
		return clusto.Attr{}, err
	}
	return held, device.SetAttr(ctx, clusto.Attr{
		Key: KeyIP, Number: held.Number, Subkey: clusto.Sub(SubkeyOSPort), Value: clusto.String(osPort),
	})
}

func allocateAddr(ctx context.Context, device *clusto.Object, addr netip.Addr, m *Manager) (clusto.Attr, error) {
	if m == nil {
		var err error
		if m, err = ManagerFor(ctx, device.Inventory(), addr); err != nil {
			return clusto.Attr{}, err
		}
	}
	return m.Allocate(ctx, device, Request{Resource: addr})
}
