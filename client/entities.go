package client

import (
	"cmp"
	"context"
	"iter"
	"net/http"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// Filter selects entities, and what is told of them. Limit is how many a page has.
type Filter = api.ListEntitiesParams

// EntityOptions are what is told of an entity, and when it was like that.
type EntityOptions = api.GetEntityParams

// Entities returns the entities that f selects, page after page. The first
// error ends them.
func (c *Client) Entities(ctx context.Context, f Filter) iter.Seq2[api.Entity, error] {
	return pages(f.Cursor, func(cursor string) ([]api.Entity, string, error) {
		f.Cursor = cursor
		page, err := c.EntityPage(ctx, f)
		if err != nil {
			return nil, "", err
		}
		return page.Entities, page.Next, nil
	})
}

// EntityPage returns one page of the entities that f selects.
func (c *Client) EntityPage(ctx context.Context, f Filter) (*api.EntityPage, error) {
	return fetch[api.EntityPage](ctx, c, f)(rest.NewListEntitiesRequest(c.base, nil))
}

// Entity returns an entity. It returns ErrNotModified if the answer would have the
// ETag o.IfNoneMatch. The Etag that an entity comes with is that of the answer,
// which Change.IfMatch takes as well.
func (c *Client) Entity(ctx context.Context, name string, o EntityOptions) (*api.Entity, error) {
	entity := &api.Entity{}
	req, err := rest.NewGetEntityRequest(c.base, name, nil)
	err = c.send(ctx, o, func(res *http.Response) error {
		if err := decode(c, entity)(res); err != nil {
			return err
		}
		entity.Etag = cmp.Or(res.Header.Get("ETag"), entity.Etag)
		return nil
	}, name)(req, err)
	if err != nil {
		return nil, err
	}
	return entity, nil
}

// CreateEntities makes entities, one or thousands.
func (c *Client) CreateEntities(ctx context.Context, entities []api.CreateEntity, ch Change) (*api.Changed, error) {
	return c.change(ctx, ch, api.CreateEntitiesParams{IdempotencyKey: c.key(ch)})(
		rest.NewCreateEntitiesRequest(c.base, nil, api.CreateEntitiesJSONRequestBody{
			Description: ch.Description, DryRun: ch.DryRun, Entities: list(entities),
		}))
}

// ChangeEntity renames an entity, gives it another driver, or both; what is ""
// stays. It takes ch.IfMatch.
func (c *Client) ChangeEntity(ctx context.Context, name, newName, newDriver string, ch Change) (*api.Changed, error) {
	return fetch[api.Changed](ctx, c, api.ChangeEntityParams{IfMatch: ch.IfMatch}, name)(
		rest.NewChangeEntityRequest(c.base, name, nil, api.ChangeEntityJSONRequestBody{
			Description: ch.Description, DryRun: ch.DryRun, Name: newName, Driver: newDriver,
		}))
}

// DeleteEntity deletes an entity. It takes ch.IfMatch.
func (c *Client) DeleteEntity(ctx context.Context, name string, ch Change) (*api.Changed, error) {
	return fetch[api.Changed](ctx, c, api.DeleteEntityParams{
		Description: ch.Description, DryRun: ch.DryRun, IfMatch: ch.IfMatch,
	}, name)(rest.NewDeleteEntityRequest(c.base, name, nil))
}

// list returns l, or an empty list: null is none.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}
