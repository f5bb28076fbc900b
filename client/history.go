package client

import (
	"context"
	"iter"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// LogFilter selects versions. Limit is how many a page has.
type LogFilter = api.ListVersionsParams

// Log returns the versions that f selects with what they did, page after page. The
// first error ends them.
func (c *Client) Log(ctx context.Context, f LogFilter) iter.Seq2[api.LogEntry, error] {
	return pages(f.Cursor, func(cursor string) ([]api.LogEntry, string, error) {
		f.Cursor = cursor
		page, err := c.LogPage(ctx, f)
		if err != nil {
			return nil, "", err
		}
		return page.Versions, page.Next, nil
	})
}

// LogPage returns one page of the versions that f selects.
func (c *Client) LogPage(ctx context.Context, f LogFilter) (*api.VersionPage, error) {
	return fetch[api.VersionPage](ctx, c, f)(rest.NewListVersionsRequest(c.base, nil))
}

// Timeline returns how many versions were made when.
func (c *Client) Timeline(ctx context.Context, o api.GetTimelineParams) (*api.Timeline, error) {
	return fetch[api.Timeline](ctx, c, o)(rest.NewGetTimelineRequest(c.base, nil))
}

// Show returns a version, given by its number or a time, with all that it changed.
func (c *Client) Show(ctx context.Context, at string) (*api.Shown, error) {
	return fetch[api.Shown](ctx, c, nil, at)(rest.NewGetVersionRequest(c.base, at))
}

// Diff returns what is different between two versions or times.
func (c *Client) Diff(ctx context.Context, o api.DiffParams) (*api.Diff, error) {
	return fetch[api.Diff](ctx, c, o)(rest.NewDiffRequest(c.base, nil))
}

// Tell returns in words what is different between two versions or times, page after
// page. The first error ends them.
func (c *Client) Tell(ctx context.Context, o api.TellDiffParams) iter.Seq2[api.Told, error] {
	return pages(o.Cursor, func(cursor string) ([]api.Told, string, error) {
		o.Cursor = cursor
		page, err := c.TellPage(ctx, o)
		if err != nil {
			return nil, "", err
		}
		return page.Things, page.Next, nil
	})
}

// TellPage returns one page of Tell, with what it counts.
func (c *Client) TellPage(ctx context.Context, o api.TellDiffParams) (*api.Telling, error) {
	return fetch[api.Telling](ctx, c, o)(rest.NewTellDiffRequest(c.base, nil))
}

// Blame returns who made an entity what it is, at a version or a time; "" is now.
func (c *Client) Blame(ctx context.Context, name, at string) (*api.Blame, error) {
	return fetch[api.Blame](ctx, c, api.GetBlameParams{At: at}, name)(rest.NewGetBlameRequest(c.base, name, nil))
}

// Revert undoes what versions changed.
func (c *Client) Revert(ctx context.Context, versions []int64, ch Change) (*api.Changed, error) {
	return c.change(ctx, ch, api.RevertParams{IdempotencyKey: c.key(ch)})(
		rest.NewRevertRequest(c.base, nil, api.RevertJSONRequestBody{
			Description: ch.Description, DryRun: ch.DryRun, Versions: list(versions),
		}))
}

// Undelete brings back what was deleted.
func (c *Client) Undelete(ctx context.Context, u api.Undelete, ch Change) (*api.Changed, error) {
	return c.change(ctx, ch, api.UndeleteParams{IdempotencyKey: c.key(ch)})(
		rest.NewUndeleteRequest(c.base, nil, api.UndeleteJSONRequestBody{
			Description: ch.Description, DryRun: ch.DryRun, Name: u.Name, As: u.As, Version: u.Version,
		}))
}

// Redact takes the values of a key out of the history. An empty subkey is any.
func (c *Client) Redact(ctx context.Context, r api.Redact, ch Change) (*api.Changed, error) {
	body := api.RedactJSONRequestBody{Description: ch.Description, DryRun: ch.DryRun, Entity: r.Entity, Key: r.Key}
	if r.Subkey != nil {
		body.Subkey = *r.Subkey
	}
	return c.change(ctx, ch, api.RedactParams{IdempotencyKey: c.key(ch)})(rest.NewRedactRequest(c.base, nil, body))
}

// Prune removes the history before a version or a time, or tells what that would
// remove.
func (c *Client) Prune(ctx context.Context, before string, dryRun bool) (*api.Pruned, error) {
	return fetch[api.Pruned](ctx, c.patient(), api.PruneParams{IdempotencyKey: c.key(Change{})})(
		rest.NewPruneRequest(c.base, nil, api.PruneJSONRequestBody{Before: before, DryRun: dryRun}))
}
