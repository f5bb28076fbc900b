// Package lookup finds the entities that a word of a person stands for: a name, a
// serial number, an address or a hardware address. [Exact] returns all of them,
// [First] those of the first kind that there are.
package lookup

import (
	"context"
	"net/netip"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// Kind is what a word can be.
type Kind string

// The kinds, in the order in which they are looked for.
const (
	Name    Kind = "name"
	Serial  Kind = "serial"
	Address Kind = "address"
	MAC     Kind = "mac"
)

// Found is an entity that a word stands for.
type Found struct {
	*clusto.Object
	By Kind
}

// finder looks for the entities that a word of one kind stands for.
type finder struct {
	kind Kind
	find func(ctx context.Context, inv *clusto.Inventory, word string) ([]*clusto.Object, error)
}

func finders() []finder {
	return []finder{{Name, byName}, {Serial, bySerial}, {Address, byAddress}, {MAC, byMAC}}
}

// Exact returns the entities that word stands for, each once, by the first kind
// that fits. It asks a question for each kind that the word can be, and each is
// answered by an index.
func Exact(ctx context.Context, inv *clusto.Inventory, word string) ([]Found, error) {
	var all []Found
	for _, f := range finders() {
		found, err := f.find(ctx, inv, word)
		if err != nil {
			return nil, err
		}
		for _, o := range found {
			if !slices.ContainsFunc(all, func(f Found) bool { return f.ID == o.ID }) {
				all = append(all, Found{o, f.kind})
			}
		}
	}
	return all, nil
}

// First returns the entities that word stands for as the first kind of which
// there are any.
func First(ctx context.Context, inv *clusto.Inventory, word string) ([]Found, error) {
	for _, f := range finders() {
		found, err := f.find(ctx, inv, word)
		if err != nil || len(found) > 0 {
			return wrap(found, f.kind), err
		}
	}
	return nil, nil
}

func wrap(objects []*clusto.Object, kind Kind) []Found {
	all := make([]Found, len(objects))
	for i, o := range objects {
		all[i] = Found{o, kind}
	}
	return all
}

func byName(ctx context.Context, inv *clusto.Inventory, word string) ([]*clusto.Object, error) {
	return inv.FindObjects(ctx, clusto.Match{Names: []string{word}})
}

func bySerial(ctx context.Context, inv *clusto.Inventory, word string) ([]*clusto.Object, error) {
	return inv.BySerial(ctx, word)
}

// byAddress finds addresses by their text too, which is beside those that came
// from a manager.
func byAddress(ctx context.Context, inv *clusto.Inventory, word string) ([]*clusto.Object, error) {
	addr, err := netip.ParseAddr(word)
	if err != nil {
		return nil, nil
	}
	addr = addr.Unmap()
	return inv.FindObjects(ctx, clusto.Match{Attrs: []clusto.AttrMatch{
		{Key: clusto.Is(resource.KeyIP), Value: clusto.Is(resource.IPValue(addr)), Subkey: clusto.IsAbsent[string]()},
		{Key: clusto.Is(resource.KeyIP), Value: clusto.Is(clusto.String(addr.String())), Subkey: clusto.Is(resource.SubkeyIPString)},
	}})
}

// byMAC has switches last: their ports have the addresses of what is plugged in
// there, anything else has its own.
func byMAC(ctx context.Context, inv *clusto.Inventory, word string) ([]*clusto.Object, error) {
	mac, err := clusto.ParseMAC(word)
	if err != nil {
		return nil, nil
	}
	found, err := inv.ByMAC(ctx, mac)
	slices.SortStableFunc(found, func(a, b *clusto.Object) int { return learns(a) - learns(b) })
	return found, err
}

// learns is 1 for a switch and 0 for anything else.
func learns(o *clusto.Object) int {
	if o.Type == "networkswitch" {
		return 1
	}
	return 0
}
