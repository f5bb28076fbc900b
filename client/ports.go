package client

import (
	"context"
	"encoding/json"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// Ports returns the ports of a device and what is connected to them.
func (c *Client) Ports(ctx context.Context, name string, o api.ListPortsParams) (*api.PortList, error) {
	return fetch[api.PortList](ctx, c, o, name)(rest.NewListPortsRequest(c.base, name, nil))
}

// Port returns a port at a version or a time; "" is now.
func (c *Client) Port(ctx context.Context, p api.PortRef, at string) (*api.Port, error) {
	return fetch[api.Port](ctx, c, api.GetPortParams{At: at}, p.Entity, p.Type, p.Port)(
		rest.NewGetPortRequest(c.base, p.Entity, p.Type, p.Port, nil))
}

// SetPortAttrs sets attributes of a port by subkey, such as mac; the value null
// deletes.
func (c *Client) SetPortAttrs(ctx context.Context, p api.PortRef, attrs map[string]json.RawMessage, ch Change) (*api.Changed, error) {
	return c.change(ctx, ch, nil, p.Entity, p.Type, p.Port)(
		rest.NewSetPortAttributesRequest(c.base, p.Entity, p.Type, p.Port, api.SetPortAttributesJSONRequestBody{
			Description: ch.Description, DryRun: ch.DryRun, Attrs: attrs,
		}))
}

// Connect connects two ports by a cable.
func (c *Client) Connect(ctx context.Context, from, to api.PortRef, ch Change) (*api.Changed, error) {
	return c.change(ctx, ch, nil, from.Entity, from.Type, from.Port)(
		rest.NewConnectPortRequest(c.base, from.Entity, from.Type, from.Port, api.ConnectPortJSONRequestBody{
			Description: ch.Description, DryRun: ch.DryRun, To: to,
		}))
}

// Disconnect takes the cable of a port away.
func (c *Client) Disconnect(ctx context.Context, p api.PortRef, ch Change) (*api.Changed, error) {
	return c.change(ctx, ch, api.DisconnectPortParams{Description: ch.Description, DryRun: ch.DryRun}, p.Entity, p.Type, p.Port)(
		rest.NewDisconnectPortRequest(c.base, p.Entity, p.Type, p.Port, nil))
}

// Trace follows the cable of a port from end to end, at a version or a time; "" is now.
func (c *Client) Trace(ctx context.Context, p api.PortRef, at string) (*api.Trace, error) {
	return fetch[api.Trace](ctx, c, api.TracePortParams{At: at}, p.Entity, p.Type, p.Port)(
		rest.NewTracePortRequest(c.base, p.Entity, p.Type, p.Port, nil))
}
