package client

import (
	"context"
	"iter"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// AllocationFilter selects what a resource manager has handed out. Limit is how
// many a page has.
type AllocationFilter = api.ListAllocationsParams

// Addresses returns the addresses that an entity has, at a version or a time; ""
// is now.
func (c *Client) Addresses(ctx context.Context, name, at string) (*api.AddressList, error) {
	return fetch[api.AddressList](ctx, c, api.ListAddressesParams{At: at}, name)(rest.NewListAddressesRequest(c.base, name, nil))
}

// Address returns who has an address, and to which managers it belongs, at a
// version or a time; "" is now.
func (c *Client) Address(ctx context.Context, address, at string) (*api.AddressInfo, error) {
	return fetch[api.AddressInfo](ctx, c, api.GetAddressParams{At: at}, address)(rest.NewGetAddressRequest(c.base, address, nil))
}

// AddressHistory returns who has an address and who had it before, at a version
// or a time; "" is now.
func (c *Client) AddressHistory(ctx context.Context, address, at string) (*api.AddressHistory, error) {
	return fetch[api.AddressHistory](ctx, c, api.GetAddressHistoryParams{At: at}, address)(rest.NewGetAddressHistoryRequest(c.base, address, nil))
}

// AddressMap returns a network, or the part of it that o.Within says, address by
// address or, if that is too large, block by block.
func (c *Client) AddressMap(ctx context.Context, manager string, o api.GetAddressMapParams) (*api.AddressMap, error) {
	return fetch[api.AddressMap](ctx, c, o, manager)(rest.NewGetAddressMapRequest(c.base, manager, nil))
}

// Bind gives an entity an address: the one of b, or the next free one.
func (c *Client) Bind(ctx context.Context, b api.BindAddress, ch Change) (*api.Changed, error) {
	return c.change(ctx, ch, api.BindAddressParams{IdempotencyKey: c.key(ch)}, b.Entity)(
		rest.NewBindAddressRequest(c.base, b.Entity, nil, api.BindAddressJSONRequestBody{
			Description: ch.Description, DryRun: ch.DryRun, Address: b.Address, Manager: b.Manager, OsPort: b.OsPort,
		}))
}

// Release takes an address away from an entity.
func (c *Client) Release(ctx context.Context, r api.ReleaseAddress, ch Change) (*api.Changed, error) {
	return c.change(ctx, ch, api.ReleaseAddressParams{Description: ch.Description, DryRun: ch.DryRun}, r.Entity, r.Address)(
		rest.NewReleaseAddressRequest(c.base, r.Entity, r.Address, nil))
}

// Managers returns the resource managers.
func (c *Client) Managers(ctx context.Context, o api.ListManagersParams) (*api.ManagerList, error) {
	return fetch[api.ManagerList](ctx, c, o)(rest.NewListManagersRequest(c.base, nil))
}

// Manager returns a resource manager, at a version or a time; "" is now.
func (c *Client) Manager(ctx context.Context, name, at string) (*api.Manager, error) {
	return fetch[api.Manager](ctx, c, api.GetManagerParams{At: at}, name)(rest.NewGetManagerRequest(c.base, name, nil))
}

// FreeRanges returns what a resource manager has free.
func (c *Client) FreeRanges(ctx context.Context, name string, o api.ListFreeRangesParams) (*api.FreeRangeList, error) {
	return fetch[api.FreeRangeList](ctx, c, o, name)(rest.NewListFreeRangesRequest(c.base, name, nil))
}

// Allocations returns what a resource manager has handed out, page after page.
// The first error ends them.
func (c *Client) Allocations(ctx context.Context, name string, f AllocationFilter) iter.Seq2[api.Allocation, error] {
	return pages(f.Cursor, func(cursor string) ([]api.Allocation, string, error) {
		f.Cursor = cursor
		page, err := c.AllocationPage(ctx, name, f)
		if err != nil {
			return nil, "", err
		}
		return page.Allocations, page.Next, nil
	})
}

// AllocationPage returns one page of what a resource manager has handed out.
func (c *Client) AllocationPage(ctx context.Context, name string, f AllocationFilter) (*api.AllocationPage, error) {
	return fetch[api.AllocationPage](ctx, c, f, name)(rest.NewListAllocationsRequest(c.base, name, nil))
}

// Allocate hands out a resource, or makes an entity with a name of the manager.
// a.As has a meaning only in a transaction.
func (c *Client) Allocate(ctx context.Context, a api.Allocate, ch Change) (*api.Changed, error) {
	return c.change(ctx, ch, api.AllocateParams{IdempotencyKey: c.key(ch)}, a.Manager)(
		rest.NewAllocateRequest(c.base, a.Manager, nil, api.AllocateJSONRequestBody{
			Description: ch.Description, DryRun: ch.DryRun,
			Driver: a.Driver, For: a.For, Reserved: a.Reserved, Resource: a.Resource,
		}))
}

// Deallocate takes a resource away from an entity, or all that it has from the manager.
func (c *Client) Deallocate(ctx context.Context, d api.Deallocate, ch Change) (*api.Changed, error) {
	return c.change(ctx, ch, api.DeallocateParams{
		Entity: d.Entity, Resource: d.Resource, Description: ch.Description, DryRun: ch.DryRun,
	}, d.Manager, d.Entity)(rest.NewDeallocateRequest(c.base, d.Manager, nil))
}

// Reserve reserves resources of a manager.
func (c *Client) Reserve(ctx context.Context, r api.Reserve, ch Change) (*api.Changed, error) {
	return c.change(ctx, ch, api.ReserveParams{IdempotencyKey: c.key(ch)}, r.Manager)(
		rest.NewReserveRequest(c.base, r.Manager, nil, api.ReserveJSONRequestBody{
			Description: ch.Description, DryRun: ch.DryRun, First: r.First, Last: r.Last, Reason: r.Reason,
		}))
}

// Unreserve ends a reservation.
func (c *Client) Unreserve(ctx context.Context, u api.Unreserve, ch Change) (*api.Changed, error) {
	return c.change(ctx, ch, api.UnreserveParams{
		First: u.First, Last: u.Last, Description: ch.Description, DryRun: ch.DryRun,
	}, u.Manager, u.First)(rest.NewUnreserveRequest(c.base, u.Manager, nil))
}
