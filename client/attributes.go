package client

import (
	"context"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// AttrOptions select attributes of an entity.
type AttrOptions = api.ListAttributesParams

// AttrMatch selects attributes to delete: those that meet every condition that is set.
type AttrMatch struct {
	// Key is the key, where * stands for any text; "" is any visible key.
	Key string
	// Subkey is the subkey; an empty one means none, nil any.
	Subkey *string
	// Number is the number, as digits; "none" means without, "" any.
	Number string
	// Value is the value as people write it, such as 442 or relation:web1; nil is any.
	Value *string
}

// Attrs returns attributes of an entity, and of its containers if o says so.
func (c *Client) Attrs(ctx context.Context, name string, o AttrOptions) (*api.AttrList, error) {
	return fetch[api.AttrList](ctx, c, o, name)(rest.NewListAttributesRequest(c.base, name, nil))
}

// AddAttrs adds attributes to an entity. It takes ch.IfMatch.
func (c *Client) AddAttrs(ctx context.Context, name string, attrs []api.NewAttr, ch Change) (*api.Changed, error) {
	return fetch[api.Changed](ctx, c, api.AddAttributesParams{IfMatch: ch.IfMatch, IdempotencyKey: c.key(ch)}, name)(
		rest.NewAddAttributesRequest(c.base, name, nil, api.AddAttributesJSONRequestBody{
			Description: ch.Description, DryRun: ch.DryRun, Attrs: list(attrs),
		}))
}

// SetAttrs sets attributes of an entity: each replaces the one of its key, number
// and subkey, or is added. It takes ch.IfMatch.
func (c *Client) SetAttrs(ctx context.Context, name string, attrs []api.NewAttr, ch Change) (*api.Changed, error) {
	return fetch[api.Changed](ctx, c, api.SetAttributesParams{IfMatch: ch.IfMatch}, name)(
		rest.NewSetAttributesRequest(c.base, name, nil, api.SetAttributesJSONRequestBody{
			Description: ch.Description, DryRun: ch.DryRun, Attrs: list(attrs),
		}))
}

// DeleteAttrs deletes the attributes of an entity that m selects. It takes
// ch.IfMatch.
func (c *Client) DeleteAttrs(ctx context.Context, name string, m AttrMatch, ch Change) (*api.Changed, error) {
	return fetch[api.Changed](ctx, c, api.DeleteAttributesParams{
		Key: m.Key, Subkey: m.Subkey, Number: m.Number, Value: m.Value,
		Description: ch.Description, DryRun: ch.DryRun, IfMatch: ch.IfMatch,
	}, name)(rest.NewDeleteAttributesRequest(c.base, name, nil))
}

// ReachOptions name an attribute of a container.
type ReachOptions = api.GetReachParams

// Reach says how many of the things in an entity inherit an attribute of it, and
// for how many something nearer says another.
func (c *Client) Reach(ctx context.Context, name string, o ReachOptions) (*api.Reach, error) {
	return fetch[api.Reach](ctx, c, o, name)(rest.NewGetReachRequest(c.base, name, nil))
}

// AttrKeyOptions select names of attributes.
type AttrKeyOptions = api.ListAttributeKeysParams

// AttrKeys returns names of attributes that are in use, the most frequent first.
func (c *Client) AttrKeys(ctx context.Context, o AttrKeyOptions) (*api.AttrKeyList, error) {
	return fetch[api.AttrKeyList](ctx, c, o)(rest.NewListAttributeKeysRequest(c.base, nil))
}
