package basic

import (
	"context"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// ResourceManager hands out what it is told to and remembers to whom (classic:
// drivers/base/resourcemanager.py).
var ResourceManager = &clusto.Driver{
	Name: resource.DriverAny, Class: "ResourceManager", Type: "resourcemanager", Base: Entity,
	Check: resource.CheckPolicy,
	Doc:   "hands out resources and remembers to whom",
	Methods: []*clusto.Method{
		clusto.M("allocate", "thing, resource=None, number=True, reserved=False, idempotency_key=None",
			"Give a resource, or the next free one, to a thing.", allocate),
		clusto.M("deallocate", "thing, resource=None", "Take a resource back, or all that a thing has from here.", deallocate),
		clusto.M("available", "resource", "Whether a resource could be handed out.",
			func(ctx context.Context, o *clusto.Object, want any) (bool, error) {
				return onManager(o, func(m *resource.Manager) (bool, error) { return m.Available(ctx, want) })
			}),
		clusto.M("reserve", "first, last=None, reason=None", "Hand out a resource, or those up to last, to none but those who name them.", reserve),
		clusto.M("unreserve", "first, last=None", "End a reservation.",
			func(ctx context.Context, o *clusto.Object, first, last any) error {
				_, err := onManager(o, func(m *resource.Manager) (any, error) { return nil, m.Unreserve(ctx, first, last) })
				return err
			}),
		clusto.M("reservations", "", "What is reserved, as text, with the reasons.", reservations),
		clusto.M("owners", "resource", "The things that have a resource from here.",
			func(ctx context.Context, o *clusto.Object, want any) ([]*clusto.Object, error) {
				return onManager(o, func(m *resource.Manager) ([]*clusto.Object, error) { return m.Owners(ctx, want) })
			}),
		clusto.Get("count", "How many resources are in use.",
			func(ctx context.Context, o *clusto.Object) (int, error) {
				return onManager(o, func(m *resource.Manager) (int, error) { return m.Count(ctx) })
			}),
		clusto.M("usage", "", "How much there is, and how much of it is used, reserved and free.", usage),
		resourcesMethod(resource.DriverAny),
		clusto.M("get_resource_number", "thing, resource", "The number of the attributes that hold a resource of a thing.", resourceNumber),
		clusto.M("get_resource_attrs", "thing, resource, key=?", "The attributes beside a resource of a thing.", resourceAttrs),
		clusto.M("get_resource_attr_values", "thing, resource, key", "The values of attributes beside a resource of a thing.", resourceAttrValues),
		clusto.M("add_resource_attr", "thing, resource, key, value", "Add an attribute beside a resource of a thing.", addResourceAttr),
		clusto.M("set_resource_attr", "thing, resource, key, value", "Set an attribute beside a resource of a thing.", setResourceAttr),
		clusto.M("del_resource_attr", "thing, resource, key", "Delete an attribute beside a resource of a thing.", delResourceAttr),
	},
}

// NameManager hands out names: a base name and a number (classic:
// simplenamemanager.py).
var NameManager = &clusto.Driver{
	Name: resource.DriverName, Class: "SimpleNameManager", Base: ResourceManager,
	Properties: []clusto.Property{
		{Name: "basename", Default: clusto.String("")},
		{Name: "digits", Default: clusto.Int(2)},
		{Name: "next", Default: clusto.Int(1)},
		{Name: "leadingZeros", Default: clusto.Int(1)},
		policy, quarantine,
	},
	Doc:     "hands out names with a number",
	Methods: []*clusto.Method{resourcesMethod(resource.DriverName)},
}

// EntityNameManager makes entities and names them.
var EntityNameManager = &clusto.Driver{
	Name: resource.DriverEntityName, Class: "SimpleEntityNameManager", Base: NameManager,
	Doc: "makes new entities and names them",
	Methods: []*clusto.Method{
		clusto.M("allocate", "clustotype, resource=None, reserved=False, idempotency_key=None",
			"Make an entity of a driver, named by the next number or by resource.", newEntity),
	},
}

// NumManager hands out numbers, such as VLANs.
var NumManager = &clusto.Driver{
	Name: resource.DriverNum, Class: "SimpleNumManager", Base: ResourceManager,
	Properties: []clusto.Property{{Name: "maxnum"}, {Name: "next", Default: clusto.Int(0)}, policy, quarantine},
	Doc:        "hands out numbers",
	Methods:    []*clusto.Method{resourcesMethod(resource.DriverNum)},
}

// Properties that all managers have who choose by themselves.
var (
	policy     = clusto.Property{Name: resource.PropertyPolicy}
	quarantine = clusto.Property{Name: resource.PropertyQuarantine}
)

// onManager calls do with o as a manager.
func onManager[T any](o *clusto.Object, do func(*resource.Manager) (T, error)) (T, error) {
	m, err := resource.Of(o)
	if err != nil {
		var none T
		return none, err
	}
	return do(m)
}

// resourcesMethod declares the method that tells what a thing has from all
// managers of a driver.
func resourcesMethod(driver string) *clusto.Method {
	return clusto.ClassM("resources", "thing", "The attributes that hold what a thing has from managers of this kind.",
		func(ctx context.Context, inv *clusto.Inventory, thing *clusto.Object) ([]clusto.Attr, error) {
			d, ok := inv.Drivers().Driver(driver)
			if !ok {
				return nil, clusto.Errorf(clusto.ErrNotFound, "driver %s is not loaded", driver)
			}
			return resource.Resources(ctx, thing, d)
		})
}

func allocate(ctx context.Context, o, thing *clusto.Object, want, number any, reserved bool, key clusto.Opt[string]) (clusto.Attr, error) {
	request := resource.Request{Resource: want, Reserved: reserved, IdempotencyKey: key.Or("")}
	if number != true {
		cond, err := numberCond(number)
		if err != nil || cond.Op != clusto.Equal {
			return clusto.Attr{}, clusto.Errorf(clusto.ErrInvalid, "%s: number is True or a number, not %v", o.Name, number)
		}
		request.Number = clusto.Num(cond.Arg)
	}
	return onManager(o, func(m *resource.Manager) (clusto.Attr, error) { return m.Allocate(ctx, thing, request) })
}

func newEntity(ctx context.Context, o *clusto.Object, d *clusto.Driver, name clusto.Opt[string], reserved bool, key clusto.Opt[string]) (*clusto.Object, error) {
	request := resource.Request{Reserved: reserved, IdempotencyKey: key.Or("")}
	if wanted := name.Or(""); wanted != "" {
		request.Resource = wanted
	}
	return onManager(o, func(m *resource.Manager) (*clusto.Object, error) { return m.MakeEntity(ctx, d, request) })
}

func reserve(ctx context.Context, o *clusto.Object, first, last any, reason clusto.Opt[string]) (string, error) {
	made, err := onManager(o, func(m *resource.Manager) (resource.Reservation, error) {
		return m.Reserve(ctx, first, last, reason.Or(""))
	})
	if err != nil {
		return "", err
	}
	return made.String(), nil
}

func reservations(ctx context.Context, o *clusto.Object) ([]string, error) {
	all, err := onManager(o, func(m *resource.Manager) ([]resource.Reservation, error) { return m.Reservations(ctx) })
	texts := make([]string, len(all))
	for i, r := range all {
		texts[i] = r.String()
	}
	return texts, err
}

func usage(ctx context.Context, o *clusto.Object) (map[string]any, error) {
	u, err := onManager(o, func(m *resource.Manager) (resource.Usage, error) { return m.Usage(ctx) })
	if err != nil {
		return nil, err
	}
	return map[string]any{"size": u.Size, "used": u.Used, "reserved": u.Reserved, "free": u.Free}, nil
}

func deallocate(ctx context.Context, o, thing *clusto.Object, want any) error {
	_, err := onManager(o, func(m *resource.Manager) (int, error) { return m.Deallocate(ctx, thing, want) })
	return err
}

func resourceNumber(ctx context.Context, o, thing *clusto.Object, want any) (int64, error) {
	held, err := onManager(o, func(m *resource.Manager) (clusto.Attr, error) { return m.Held(ctx, thing, want) })
	return held.Number.Or(0), err
}

func resourceAttrs(ctx context.Context, o, thing *clusto.Object, want, key any) ([]clusto.Attr, error) {
	held, err := onManager(o, func(m *resource.Manager) (clusto.Attr, error) { return m.Held(ctx, thing, want) })
	if err != nil {
		return nil, err
	}
	match, err := attrMatch(held.Key, clusto.NotGiven, clusto.NotGiven, key, false)
	if err != nil {
		return nil, err
	}
	match.Number = clusto.Exactly(held.Number)
	return thing.Attrs(ctx, match)
}

func resourceAttrValues(ctx context.Context, o, thing *clusto.Object, want any, key string) ([]clusto.Value, error) {
	attrs, err := resourceAttrs(ctx, o, thing, want, key)
	values := make([]clusto.Value, len(attrs))
	for i, a := range attrs {
		values[i] = a.Value
	}
	return values, err
}

// resourceAttr returns the attribute key beside a resource of a thing.
func resourceAttr(ctx context.Context, o, thing *clusto.Object, want any, key string, value any) (clusto.Attr, error) {
	held, err := onManager(o, func(m *resource.Manager) (clusto.Attr, error) { return m.Held(ctx, thing, want) })
	if err != nil {
		return clusto.Attr{}, err
	}
	v, err := clusto.ValueOf(value)
	return clusto.Attr{Key: held.Key, Number: held.Number, Subkey: clusto.Sub(key), Value: v}, err
}

func addResourceAttr(ctx context.Context, o, thing *clusto.Object, want any, key string, value any) (clusto.Attr, error) {
	a, err := resourceAttr(ctx, o, thing, want, key, value)
	if err != nil {
		return a, err
	}
	return a, thing.AddAttr(ctx, a)
}

func setResourceAttr(ctx context.Context, o, thing *clusto.Object, want any, key string, value any) (clusto.Attr, error) {
	a, err := resourceAttr(ctx, o, thing, want, key, value)
	if err != nil {
		return a, err
	}
	return a, thing.SetAttr(ctx, a)
}

func delResourceAttr(ctx context.Context, o, thing *clusto.Object, want any, key string) error {
	a, err := resourceAttr(ctx, o, thing, want, key, nil)
	if err != nil {
		return err
	}
	_, err = thing.DelAttrs(ctx, clusto.AttrMatch{Key: clusto.Is(a.Key), Number: clusto.Exactly(a.Number), Subkey: clusto.Is(key)})
	return err
}
