package client

import (
	"context"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// Views returns the saved views of who asks, and those that all share.
func (c *Client) Views(ctx context.Context) (*api.ViewList, error) {
	return fetch[api.ViewList](ctx, c, nil)(rest.NewListViewsRequest(c.base))
}

// View returns a saved view: that of who asks or, with shared, that which all share.
func (c *Client) View(ctx context.Context, name string, shared bool) (*api.View, error) {
	return fetch[api.View](ctx, c, api.GetViewParams{Shared: shared}, name)(rest.NewGetViewRequest(c.base, name, nil))
}

// PutView saves a view.
func (c *Client) PutView(ctx context.Context, name string, shared bool, v api.NewView) (*api.View, error) {
	return fetch[api.View](ctx, c, api.PutViewParams{Shared: shared}, name)(rest.NewPutViewRequest(c.base, name, nil, v))
}

// DeleteView forgets a saved view.
func (c *Client) DeleteView(ctx context.Context, name string, shared bool) error {
	return c.send(ctx, api.DeleteViewParams{Shared: shared}, unread, name)(rest.NewDeleteViewRequest(c.base, name, nil))
}

// CompleteQuery says how the text of a query can go on.
func (c *Client) CompleteQuery(ctx context.Context, o api.CompleteQueryParams) (*api.QueryCompletions, error) {
	return fetch[api.QueryCompletions](ctx, c, o)(rest.NewCompleteQueryRequest(c.base, nil))
}

// EditMany changes all that a query finds, or things by their names, as one version.
// ch.Description and ch.DryRun are those of the edit if it has none of its own.
func (c *Client) EditMany(ctx context.Context, e api.BulkEdit, ch Change) (*api.BulkEdited, error) {
	if e.Description == "" {
		e.Description = ch.Description
	}
	e.DryRun = e.DryRun || ch.DryRun
	return fetch[api.BulkEdited](ctx, c.patient(), api.EditManyParams{IdempotencyKey: c.key(ch)})(rest.NewEditManyRequest(c.base, nil, e))
}
