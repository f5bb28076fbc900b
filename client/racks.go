package client

import (
	"context"
	"io"
	"iter"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// Rack returns what stands where in a rack, at a version or a time; "" is now.
// name may also be that of something in it, or an address or a serial number of
// that.
func (c *Client) Rack(ctx context.Context, name, at string) (*api.Rack, error) {
	return fetch[api.Rack](ctx, c, api.GetRackParams{At: at}, name)(rest.NewGetRackRequest(c.base, name, nil))
}

// Racks returns the racks with what stands where in each, by name, page after page. in is
// the container that they are in, at any depth, or "" for all; at is a version or a time, "" is now.
func (c *Client) Racks(ctx context.Context, in, at string) iter.Seq2[api.RackSummary, error] {
	return func(yield func(api.RackSummary, error) bool) {
		for o := (api.ListRacksParams{In: in, At: at}); ; {
			page, err := fetch[api.RackList](ctx, c, o)(rest.NewListRacksRequest(c.base, nil))
			if err != nil {
				yield(api.RackSummary{}, err)
				return
			}
			for _, rack := range page.Racks {
				if !yield(rack, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			o.Cursor = page.Next
		}
	}
}

// DrawRack returns a drawing of a rack, in SVG. It must be closed.
func (c *Client) DrawRack(ctx context.Context, name string, o api.DrawRackParams) (io.ReadCloser, error) {
	return c.stream(ctx, o, "image/svg+xml", name)(rest.NewDrawRackRequest(c.base, name, nil))
}

// ApplyLayout makes the fixed devices of a rack and connects their ports.
func (c *Client) ApplyLayout(ctx context.Context, a api.ApplyLayout, ch Change) (*api.Changed, error) {
	return c.change(ctx, ch, api.ApplyLayoutParams{IdempotencyKey: c.key(ch)}, a.Rack)(
		rest.NewApplyLayoutRequest(c.base, a.Rack, nil, api.ApplyLayoutJSONRequestBody{
			Description: ch.Description, DryRun: ch.DryRun, Layout: a.Layout,
		}))
}

// AddServer puts a server into the place in a rack that belongs to a switch port.
func (c *Client) AddServer(ctx context.Context, a api.AddServer, ch Change) (*api.Changed, error) {
	return c.change(ctx, ch, api.AddServerParams{IdempotencyKey: c.key(ch)}, a.Rack)(
		rest.NewAddServerRequest(c.base, a.Rack, nil, api.AddServerJSONRequestBody{
			Description: ch.Description, DryRun: ch.DryRun, Server: a.Server, SwitchPort: a.SwitchPort,
		}))
}

// Layouts returns the rack layouts that are known.
func (c *Client) Layouts(ctx context.Context) (*api.LayoutList, error) {
	return fetch[api.LayoutList](ctx, c, nil)(rest.NewListLayoutsRequest(c.base))
}

// Layout returns a rack layout.
func (c *Client) Layout(ctx context.Context, name string) (*api.Layout, error) {
	return fetch[api.Layout](ctx, c, nil, name)(rest.NewGetLayoutRequest(c.base, name))
}
