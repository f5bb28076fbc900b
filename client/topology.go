package client

import (
	"context"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// Topology returns what is connected to a thing, hop by hop.
func (c *Client) Topology(ctx context.Context, o api.GetTopologyParams) (*api.Topology, error) {
	return fetch[api.Topology](ctx, c, o)(rest.NewGetTopologyRequest(c.base, nil))
}
