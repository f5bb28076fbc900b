package cli

import (
	"context"
	"net/netip"
	"regexp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/lookup"
	"github.com/clusto/clusto/internal/nearest"
)

// serialForm is what serial numbers look like that are known as such at sight
// (classic: __init__.py, get).
var serialForm = regexp.MustCompile(`^P[0-9]{10}$`)

// find returns the entity that term, which a person typed, stands for: its
// name, its serial number, one of its addresses or one of its MAC addresses.
// If there is none it returns ErrNotFound with the names that are near.
func find(ctx context.Context, inv *clusto.Inventory, term string) (*clusto.Object, error) {
	found, err := lookup.First(ctx, inv, term)
	switch what := numberKind(term); {
	case err != nil:
		return nil, err
	case len(found) > 0:
		return found[0].Object, nil
	case what != "":
		return nil, clusto.Errorf(clusto.ErrNotFound, "nothing has the %s %s", what, term)
	}
	return nil, notFound(ctx, inv, term, clusto.Match{})
}

// numberKind returns what kind of number term is: a serial number, an address or a
// MAC address; "" if it is none.
func numberKind(term string) string {
	if serialForm.MatchString(term) {
		return "serial number"
	}
	if _, err := netip.ParseAddr(term); err == nil {
		return "address"
	}
	if _, err := clusto.ParseMAC(term); err == nil {
		return "MAC address"
	}
	return ""
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
