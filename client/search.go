package client

import (
	"context"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// Search finds entities by name, address, hardware address, serial number or
// attribute.
func (c *Client) Search(ctx context.Context, o api.SearchParams) (*api.SearchResult, error) {
	return fetch[api.SearchResult](ctx, c, o)(rest.NewSearchRequest(c.base, nil))
}

// Explain runs a query and says how it was answered.
func (c *Client) Explain(ctx context.Context, o api.ExplainQueryParams) (*api.QueryPlan, error) {
	return fetch[api.QueryPlan](ctx, c, o)(rest.NewExplainQueryRequest(c.base, nil))
}

// Table answers a query with a row for each entity.
func (c *Client) Table(ctx context.Context, o api.QueryTableParams) (*api.Table, error) {
	return fetch[api.Table](ctx, c, o)(rest.NewQueryTableRequest(c.base, nil))
}
