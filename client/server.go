package client

import (
	"context"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// version is the version of the API that this client speaks.
const version = "1"

// FsckOptions are what is looked for, and whether it is repaired.
type FsckOptions = api.FsckJSONBody

// Server returns what the server is.
func (c *Client) Server(ctx context.Context) (*api.ServerInfo, error) {
	return fetch[api.ServerInfo](ctx, c, nil)(rest.NewGetServerRequest(c.base))
}

// Check returns what the server is, and ErrUnsupported if it speaks another
// version of the API than this client.
func (c *Client) Check(ctx context.Context) (*api.ServerInfo, error) {
	info, err := c.Server(ctx)
	if err != nil {
		return nil, err
	}
	if info.Api != version {
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "%s is clusto %s and speaks version %s of the API; this program speaks version %s",
			c.address, info.Version, info.Api, version), "use a program and a server of the same release")
	}
	return info, nil
}

// Fsck looks for what is wrong in the inventory, and repairs it if o says so.
func (c *Client) Fsck(ctx context.Context, o FsckOptions) (*api.FsckReport, error) {
	return fetch[api.FsckReport](ctx, c.patient(), api.FsckParams{IdempotencyKey: c.key(Change{})})(
		rest.NewFsckRequest(c.base, nil, api.FsckJSONRequestBody(o)))
}
