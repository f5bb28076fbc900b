package operation

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/rackfactory"
	"github.com/clusto/clusto/resource"
)

func (r *runner) bind(ctx context.Context, c *api.BindAddress) (api.OperationResult, error) {
	none := api.OperationResult{}
	o, err := r.object(ctx, c.Entity)
	if err != nil {
		return none, err
	}
	manager, err := r.optional(ctx, c.Manager)
	if err != nil {
		return none, err
	}
	result := named(o)
	if c.Address != "" {
		addr, err := resource.ParseAddr(c.Address)
		if err != nil {
			return none, err
		}
		result.Resource = addr.String()
		if c.OsPort == "" {
			_, err = o.Call(ctx, "add_ip", result.Resource, manager)
			return result, err
		}
		_, err = o.Call(ctx, "bind_ip_to_osport", result.Resource, c.OsPort, manager)
		return result, err
	}
	if manager, err = managerFor(ctx, o, manager); err != nil {
		return none, err
	}
	given, err := manager.Call(ctx, "allocate", o)
	if err != nil {
		return none, err
	}
	if result.Resource, err = r.resourceText(ctx, manager, given); err != nil || c.OsPort == "" {
		return result, err
	}
	_, err = o.Call(ctx, "bind_ip_to_osport", result.Resource, c.OsPort, manager)
	return result, err
}

// managerFor returns the manager that gives o its next address: the given one, or the
// one that the attribute ipmanager of o or of one of its containers names.
func managerFor(ctx context.Context, o, given *clusto.Object) (*clusto.Object, error) {
	manager := given
	if manager == nil {
		var err error
		if manager, err = rackfactory.ManagerFor(ctx, o, 0); err != nil {
			return nil, err
		}
	}
	switch {
	case manager == nil:
		return nil, clusto.WithHint(
			clusto.Errorf(clusto.ErrNotFound, "neither %s nor what contains it has an attribute %s, which says where its address comes from", o.Name, rackfactory.KeyManager),
			"name the address or the manager")
	case !manager.Driver().Is(resource.DriverIP):
		return nil, clusto.Errorf(clusto.ErrInvalid, "%s is not an IP manager: its driver is %s", manager.Name, manager.Driver().Name)
	}
	return manager, nil
}

func (r *runner) release(ctx context.Context, c *api.ReleaseAddress) (api.OperationResult, error) {
	none := api.OperationResult{}
	o, err := r.object(ctx, c.Entity)
	if err != nil {
		return none, err
	}
	addr, err := resource.ParseAddr(c.Address)
	if err != nil {
		return none, err
	}
	rows, err := o.Attrs(ctx, clusto.AttrMatch{
		Key: clusto.Is(resource.KeyIP), Number: clusto.IsPresent[int64](), Subkey: clusto.IsAbsent[string](),
		Value: clusto.Is(resource.IPValue(addr)),
	})
	if err != nil {
		return none, err
	}
	if len(rows) == 0 {
		return none, r.hasNot(ctx, o, addr)
	}
	for _, row := range rows {
		if err := r.giveBack(ctx, o, row, addr); err != nil {
			return none, err
		}
	}
	result := named(o)
	result.Resource, result.Count = addr.String(), len(rows)
	return result, nil
}

// giveBack gives an address of o, which is in row, back to its manager. What comes from none
// is just deleted.
func (r *runner) giveBack(ctx context.Context, o *clusto.Object, row clusto.Attr, addr netip.Addr) error {
	m := clusto.AttrMatch{Key: clusto.Is(row.Key), Number: clusto.Exactly(row.Number)}
	from := m
	from.Subkey = clusto.Is(resource.SubkeyManager)
	managers, err := o.References(ctx, from)
	if err != nil {
		return err
	}
	if len(managers) == 0 {
		_, err := o.DelAttrs(ctx, m)
		return err
	}
	manager, err := r.inv.Objects(ctx, managers[0].Value.Relation())
	if err != nil {
		return err
	}
	_, err = manager[0].Call(ctx, "deallocate", o, addr.String())
	return err
}

// hasNot returns the error that o does not have an address.
func (r *runner) hasNot(ctx context.Context, o *clusto.Object, addr netip.Addr) error {
	err := clusto.Errorf(clusto.ErrNotFound, "%s does not have the address %s", o.Name, addr)
	has, errHas := resource.Addrs(ctx, o)
	switch {
	case errHas != nil:
		return errHas
	case len(has) == 0:
		return clusto.WithHint(err, "it has none")
	}
	return clusto.WithHint(err, "it has %s", list(has))
}

// list returns things with commas, of many only the first few.
func list[T fmt.Stringer](things []T) string {
	text := ""
	for i, thing := range things {
		switch {
		case i == maxSeveral:
			return text + ", …"
		case i > 0:
			text += ", "
		}
		text += thing.String()
	}
	return text
}

func (r *runner) allocate(ctx context.Context, c *api.Allocate) (api.OperationResult, error) {
	none := api.OperationResult{}
	manager, thing, err := r.manager(ctx, c.Manager, c.For)
	if err != nil {
		return none, err
	}
	_, taken := r.made[c.As]
	switch {
	case c.Driver != "" && thing != nil, c.Driver == "" && thing == nil:
		return none, clusto.Errorf(clusto.ErrInvalid, "%s: want either for, the entity that gets the resource, or driver, that of the entity to make", manager.Name)
	case c.As != "" && thing != nil:
		return none, clusto.Errorf(clusto.ErrInvalid, "%s: as %q names an entity that is made, and none is made for %s", manager.Name, c.As, thing.Name)
	case c.As != "" && taken:
		return none, clusto.Errorf(clusto.ErrInvalid, "%s: an operation before has made another entity as %q", manager.Name, c.As)
	}
	var to any = thing
	if c.Driver != "" {
		if to, err = r.driver(c.Driver); err != nil {
			return none, err
		}
	}
	given, err := callNamed(ctx, manager, "allocate", []any{to}, allocationArgs(manager, c))
	if err != nil {
		return none, err
	}
	if made, ok := given.(*clusto.Object); ok && made != nil {
		if c.As != "" {
			r.made[c.As] = made.ID
		}
		return api.OperationResult{Entity: made.Name, Resource: made.Name}, nil
	}
	result := api.OperationResult{}
	if thing != nil {
		result = named(thing)
	}
	result.Resource, err = r.resourceText(ctx, manager, given)
	return result, err
}

// allocationArgs returns the arguments that a request for a resource gives besides the
// first.
func allocationArgs(manager *clusto.Object, c *api.Allocate) map[string]any {
	args := map[string]any{}
	if c.Resource != "" {
		args["resource"] = wanted(manager, c.Resource)
	}
	if c.Reserved {
		args["reserved"] = true
	}
	return args
}

// manager returns a manager and the entity, if any, that something is done for.
func (r *runner) manager(ctx context.Context, name, thing string) (manager, o *clusto.Object, err error) {
	if manager, err = r.object(ctx, name); err != nil {
		return nil, nil, err
	}
	if _, err := resource.Of(manager); err != nil {
		return nil, nil, err
	}
	o, err = r.optional(ctx, thing)
	return manager, o, err
}

// callNamed calls a method of o with positional and named arguments.
func callNamed(ctx context.Context, o *clusto.Object, name string, args []any, named map[string]any) (any, error) {
	m := o.Driver().Method(name)
	if m == nil {
		return nil, clusto.Errorf(clusto.ErrUnsupported, "%s: driver %s has no method %s", o.Name, o.Driver().Name, name)
	}
	arranged, err := m.Arrange(args, named)
	if err != nil {
		return nil, err
	}
	return m.Call(ctx, o.Inventory(), o, arranged)
}

// wanted returns a resource that a request names, in the form that its manager knows: nil
// for none, and a number of one that hands out numbers.
func wanted(manager *clusto.Object, text string) any {
	if text == "" {
		return nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && manager.Driver().Is(resource.DriverNum) {
		return n
	}
	return text
}

// resourceText returns what a manager's method allocate returned, as text.
func (r *runner) resourceText(ctx context.Context, manager *clusto.Object, given any) (string, error) {
	switch given := given.(type) {
	case clusto.Attr:
		if addr, err := resource.ValueAddr(given.Value); err == nil && manager.Driver().Is(resource.DriverIP) {
			return addr.String(), nil
		}
		return r.inv.ValueText(ctx, given.Value)
	case clusto.Value:
		return r.inv.ValueText(ctx, given)
	case *clusto.Object:
		if given != nil {
			return given.Name, nil
		}
	case string:
		return given, nil
	case int64:
		return strconv.FormatInt(given, 10), nil
	}
	return "", clusto.Errorf(clusto.ErrInvalid, "allocate of %s (driver %s) returned no resource", manager.Name, manager.Driver().Name)
}

func (r *runner) deallocate(ctx context.Context, c *api.Deallocate) (api.OperationResult, error) {
	none := api.OperationResult{}
	manager, thing, err := r.manager(ctx, c.Manager, c.Entity)
	if err != nil {
		return none, err
	}
	if thing == nil {
		return none, clusto.Errorf(clusto.ErrInvalid, "%s: whose resource?", manager.Name)
	}
	before, err := held(ctx, manager, thing)
	if err != nil {
		return none, err
	}
	if _, err := manager.Call(ctx, "deallocate", thing, wanted(manager, c.Resource)); err != nil {
		return none, err
	}
	after, err := held(ctx, manager, thing)
	result := named(thing)
	result.Resource, result.Count = c.Resource, before-after
	return result, err
}

// held returns how many resources thing has from manager.
func held(ctx context.Context, manager, thing *clusto.Object) (int, error) {
	rows, err := thing.Attrs(ctx, clusto.AttrMatch{
		Key: clusto.Is(resource.Key(manager.Driver())), Subkey: clusto.Is(resource.SubkeyManager), RelatedTo: []clusto.EntityID{manager.ID},
	})
	return len(rows), err
}

func (r *runner) reserve(ctx context.Context, c *api.Reserve) (api.OperationResult, error) {
	manager, _, err := r.manager(ctx, c.Manager, "")
	if err != nil {
		return api.OperationResult{}, err
	}
	var reason any
	if c.Reason != "" {
		reason = c.Reason
	}
	made, err := manager.Call(ctx, "reserve", wanted(manager, c.First), wanted(manager, c.Last), reason)
	result := named(manager)
	result.Resource, _ = made.(string)
	return result, err
}

func (r *runner) unreserve(ctx context.Context, c *api.Unreserve) (api.OperationResult, error) {
	manager, _, err := r.manager(ctx, c.Manager, "")
	if err != nil {
		return api.OperationResult{}, err
	}
	_, err = manager.Call(ctx, "unreserve", wanted(manager, c.First), wanted(manager, c.Last))
	return named(manager), err
}
