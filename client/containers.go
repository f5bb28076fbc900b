package client

import (
	"context"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// Contents returns what is in an entity, nearest first.
func (c *Client) Contents(ctx context.Context, name string, o api.ListContentsParams) (*api.PlacementList, error) {
	return fetch[api.PlacementList](ctx, c, o, name)(rest.NewListContentsRequest(c.base, name, nil))
}

// Parents returns what an entity is in, nearest first.
func (c *Client) Parents(ctx context.Context, name string, o api.ListParentsParams) (*api.PlacementList, error) {
	return fetch[api.PlacementList](ctx, c, o, name)(rest.NewListParentsRequest(c.base, name, nil))
}

// Insert puts an entity into a container.
func (c *Client) Insert(ctx context.Context, in api.Insert, ch Change) (*api.Changed, error) {
	return c.change(ctx, ch, nil, in.Container, in.Entity)(
		rest.NewInsertContentRequest(c.base, in.Container, in.Entity, api.InsertContentJSONRequestBody{
			Description: ch.Description, DryRun: ch.DryRun, RackUnits: in.RackUnits, Side: in.Side,
		}))
}

// Remove takes an entity out of a container.
func (c *Client) Remove(ctx context.Context, out api.Remove, ch Change) (*api.Changed, error) {
	return c.change(ctx, ch, api.RemoveContentParams{Description: ch.Description, DryRun: ch.DryRun}, out.Container, out.Entity)(
		rest.NewRemoveContentRequest(c.base, out.Container, out.Entity, nil))
}

// Combine returns what is in all, any or none of some containers, at any depth.
func (c *Client) Combine(ctx context.Context, o api.CombineContainersParams) (*api.EntityList, error) {
	return fetch[api.EntityList](ctx, c, o)(rest.NewCombineContainersRequest(c.base, nil))
}

// Overlaps counts what pools and other containers have in common.
func (c *Client) Overlaps(ctx context.Context, o api.OverlapContainersParams) (*api.Overlaps, error) {
	return fetch[api.Overlaps](ctx, c, o)(rest.NewOverlapContainersRequest(c.base, nil))
}

// Orphans returns devices that are in no container, and servers without a rack,
// at a version or a time; "" is now.
func (c *Client) Orphans(ctx context.Context, at string) (*api.EntityList, error) {
	return fetch[api.EntityList](ctx, c, api.ListOrphansParams{At: at})(rest.NewListOrphansRequest(c.base, nil))
}

// Tree returns what is in an entity, or what it is in, as a tree.
func (c *Client) Tree(ctx context.Context, name string, o api.GetTreeParams) (*api.Tree, error) {
	return fetch[api.Tree](ctx, c, o, name)(rest.NewGetTreeRequest(c.base, name, nil))
}
