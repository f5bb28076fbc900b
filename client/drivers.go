package client

import (
	"context"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// Drivers returns the drivers of some types, or all.
func (c *Client) Drivers(ctx context.Context, types ...string) (*api.DriverList, error) {
	return fetch[api.DriverList](ctx, c, api.ListDriversParams{Type: types})(rest.NewListDriversRequest(c.base, nil))
}

// Driver returns a driver with its properties, ports and methods.
func (c *Client) Driver(ctx context.Context, name string) (*api.Driver, error) {
	return fetch[api.Driver](ctx, c, nil, name)(rest.NewGetDriverRequest(c.base, name))
}

// Types returns the types with their drivers, and how many entities there are at a
// version or a time; "" is now.
func (c *Client) Types(ctx context.Context, at string) (*api.TypeList, error) {
	return fetch[api.TypeList](ctx, c, api.ListTypesParams{At: at})(rest.NewListTypesRequest(c.base, nil))
}

// Call calls a method of an entity's driver.
func (c *Client) Call(ctx context.Context, m api.CallMethod, ch Change) (*api.Changed, error) {
	return c.change(ctx, ch, api.CallMethodParams{IdempotencyKey: c.key(ch)}, m.Entity, m.Method)(
		rest.NewCallMethodRequest(c.base, m.Entity, m.Method, nil, api.CallMethodJSONRequestBody{
			Description: ch.Description, DryRun: ch.DryRun, Args: m.Args, Named: m.Named,
		}))
}
