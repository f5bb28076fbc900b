package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// lookUp returns the entity that term, which a person typed, stands for: its
// name, its serial number, one of its addresses or one of its MAC addresses, at a
// version or time; "" is now. If there is none it returns ErrNotFound with the names
// that are near.
func lookUp(ctx context.Context, c *client.Client, term, at string) (api.Hit, error) {
	if strings.TrimSpace(term) == "" {
		return api.Hit{}, clusto.WithHint(unknown(term), "clusto list shows what is")
	}
	found, err := c.Search(ctx, api.SearchParams{Q: term, Exact: true, Limit: 1, At: at})
	if err != nil {
		return api.Hit{}, err
	}
	if len(found.Hits) == 0 {
		return api.Hit{}, unknown(term)
	}
	return found.Hits[0], nil
}

// unknown is the error for what stands for nothing in the inventory.
func unknown(term string) error {
	return clusto.Errorf(clusto.ErrNotFound, "%q is not in the inventory", term)
}

// askedAtOnce is how many names stand in one request: proxies take addresses of
// a few thousand characters.
const askedAtOnce = 200

// entitiesCalled returns the entities with the given names by their names, as far as
// they exist; f says what is told of them.
func entitiesCalled(ctx context.Context, c *client.Client, names []string, f client.Filter) (map[string]*api.Entity, error) {
	found := make(map[string]*api.Entity, len(names))
	for some := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(names))), askedAtOnce) {
		f.Name = some
		if err := noteEntities(ctx, c, f, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// noteEntities adds the entities that f selects to found. Of several with one
// name, which a database of classic clusto may hold, it takes the first.
func noteEntities(ctx context.Context, c *client.Client, f client.Filter, found map[string]*api.Entity) error {
	for e, err := range c.Entities(ctx, f) {
		if err != nil {
			return err
		}
		if found[e.Name] == nil {
			found[e.Name] = &e
		}
	}
	return nil
}
