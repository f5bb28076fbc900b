package cli

import (
	"context"
	"errors"
	"net/netip"
	"regexp"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/nearest"
)

// serialForm is what serial numbers look like that can stand for a machine
// (classic: __init__.py, get).
var serialForm = regexp.MustCompile(`^P[0-9]{10}$`)

// find returns the entity that term, which a person typed, stands for: its
// name, its serial number, one of its addresses or one of its MAC addresses.
// If there is none it returns ErrNotFound with the names that are near.
func find(ctx context.Context, inv *clusto.Inventory, term string) (*clusto.Object, error) {
	o, err := inv.Object(ctx, term)
	if err == nil || !errors.Is(err, clusto.ErrNotFound) {
		return o, err
	}
	found, what, err := findByNumber(ctx, inv, term)
	switch {
	case err != nil:
		return nil, err
	case len(found) > 0:
		return found[0], nil
	case what != "":
		return nil, clusto.Errorf(clusto.ErrNotFound, "nothing has the %s %s", what, term)
	}
	return nil, notFound(ctx, inv, term, clusto.Match{})
}

// findByNumber returns the entities with a serial number, an address or a MAC
// address, and which of these term is; "" if it is none.
func findByNumber(ctx context.Context, inv *clusto.Inventory, term string) ([]*clusto.Object, string, error) {
	if serialForm.MatchString(term) {
		found, err := inv.BySerial(ctx, term)
		return found, "serial number", err
	}
	if addr, err := netip.ParseAddr(term); err == nil {
		found, err := inv.ByAttr(ctx, clusto.AttrMatch{
			Key: clusto.Is("ip"), Subkey: clusto.Is("ipstring"), Value: clusto.Is(clusto.String(addr.String())),
		})
		return found, "address", err
	}
	if mac, err := clusto.ParseMAC(term); err == nil {
		found, err := inv.ByMAC(ctx, mac)
		slices.SortStableFunc(found, func(a, b *clusto.Object) int { return learns(a) - learns(b) })
		return found, "MAC address", err
	}
	return nil, "", nil
}

// learns is 1 for a switch, whose ports have the MAC addresses of what is plugged
// in there, and 0 for anything else, which has its own.
func learns(o *clusto.Object) int {
	if o.Type == "networkswitch" {
		return 1
	}
	return 0
}

// notFound returns ErrNotFound for a name, with a hint that has the near ones
// among the entities that m selects.
func notFound(ctx context.Context, inv *clusto.Inventory, name string, m clusto.Match) error {
	err := clusto.Errorf(clusto.ErrNotFound, "%q is not in the inventory", name)
	names, listErr := entityNames(ctx, inv, m)
	if listErr != nil {
		return listErr
	}
	if hint := nearest.Question(nearest.Names(name, names)...); hint != "" {
		return clusto.WithHint(err, "%s", hint)
	}
	return clusto.WithHint(err, "clusto list shows what is")
}

// entityNames returns the names of the entities that m selects.
func entityNames(ctx context.Context, inv *clusto.Inventory, m clusto.Match) ([]string, error) {
	var names []string
	for e, err := range inv.Find(ctx, m) {
		if err != nil {
			return nil, err
		}
		names = append(names, e.Name)
	}
	return names, nil
}
