package cli

import (
	"context"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// lookUp returns the entity that term, which a person typed, stands for: its
// name, its serial number, one of its addresses or one of its MAC addresses, at a
// version or time; "" is now. If there is none it returns ErrNotFound with the names
// that are near.
func lookUp(ctx context.Context, c *client.Client, term, at string) (api.Hit, error) {
	found, err := c.Search(ctx, api.SearchParams{Q: term, Exact: true, Limit: 1, At: at})
	if err != nil {
		return api.Hit{}, err
	}
	if len(found.Hits) == 0 {
		return api.Hit{}, clusto.Errorf(clusto.ErrNotFound, "%q is not in the inventory", term)
	}
	return found.Hits[0], nil
}
