package operation

import (
	"context"
	"strings"

	"github.com/clusto/clusto/api"
)

// kind is a kind of operation.
type kind struct {
	name     string // as the request has it
	given    func(*api.Operation) bool
	do       func(context.Context, *runner, *api.Operation) (api.OperationResult, error)
	mentions func(*api.Operation) mention
}

// mention is what an operation mentions: names of entities that it uses, and
// names under which there is something else after it than before. A name of a
// thing that an allocation makes is written $name.
type mention struct {
	used, changed []string
}

func uses(names ...string) mention { return mention{used: names} }

// with returns m with more names that are used.
func (m mention) with(names ...string) mention {
	m.used = append(m.used, names...)
	return m
}

// changing returns m with names under which something changes.
func (m mention) changing(names ...string) mention {
	m.changed = append(m.changed, names...)
	return m
}

// of returns a kind of operation: its name, its field of an operation, what does
// it, and what it mentions.
func of[T any](name string, field func(*api.Operation) *T,
	do func(*runner, context.Context, *T) (api.OperationResult, error), mentions func(*T) mention) kind {
	return kind{
		name:  name,
		given: func(op *api.Operation) bool { return field(op) != nil },
		do: func(ctx context.Context, r *runner, op *api.Operation) (api.OperationResult, error) {
			return do(r, ctx, field(op))
		},
		mentions: func(op *api.Operation) mention { return mentions(field(op)) },
	}
}

// kinds are all kinds of operations.
var kinds = []kind{
	of("create", func(o *api.Operation) *api.CreateEntity { return o.Create }, (*runner).create, func(c *api.CreateEntity) mention {
		m := mention{}.changing(c.Name).with(referredTo(c.Attrs)...).with(entitiesIn(c.Properties)...)
		for _, place := range c.In {
			m = m.with(place.Container)
		}
		return m
	}),
	of("rename", func(o *api.Operation) *api.RenameEntity { return o.Rename }, (*runner).rename,
		func(c *api.RenameEntity) mention { return mention{}.changing(c.Entity, c.Name) }),
	of("set_driver", func(o *api.Operation) *api.SetDriver { return o.SetDriver }, (*runner).setDriver,
		func(c *api.SetDriver) mention { return mention{}.changing(c.Entity) }),
	of("delete", func(o *api.Operation) *api.DeleteEntity { return o.Delete }, (*runner).delete,
		func(c *api.DeleteEntity) mention { return mention{}.changing(c.Entity) }),
	of("add_attrs", func(o *api.Operation) *api.ChangeAttrs { return o.AddAttrs }, (*runner).addAttrs, mentionsOfAttrs),
	of("set_attrs", func(o *api.Operation) *api.ChangeAttrs { return o.SetAttrs }, (*runner).setAttrs, mentionsOfAttrs),
	of("delete_attrs", func(o *api.Operation) *api.DeleteAttrs { return o.DeleteAttrs }, (*runner).deleteAttrs,
		func(c *api.DeleteAttrs) mention { return uses(c.Entity).with(reference(c.Type, c.Value)...) }),
	of("insert", func(o *api.Operation) *api.Insert { return o.Insert }, (*runner).insert,
		func(c *api.Insert) mention { return uses(c.Entity, c.Container) }),
	of("remove", func(o *api.Operation) *api.Remove { return o.Remove }, (*runner).remove,
		func(c *api.Remove) mention { return uses(c.Entity, c.Container) }),
	of("connect", func(o *api.Operation) *api.Connect { return o.Connect }, (*runner).connect,
		func(c *api.Connect) mention { return uses(c.From.Entity, c.To.Entity) }),
	of("disconnect", func(o *api.Operation) *api.PortRef { return o.Disconnect }, (*runner).disconnect,
		func(c *api.PortRef) mention { return uses(c.Entity) }),
	of("set_port_attrs", func(o *api.Operation) *api.SetPortAttrs { return o.SetPortAttrs }, (*runner).setPortAttrs,
		func(c *api.SetPortAttrs) mention { return uses(c.Port.Entity).with(entitiesIn(c.Attrs)...) }),
	of("bind", func(o *api.Operation) *api.BindAddress { return o.Bind }, (*runner).bind,
		func(c *api.BindAddress) mention { return uses(c.Entity, c.Manager) }),
	of("release", func(o *api.Operation) *api.ReleaseAddress { return o.Release }, (*runner).release,
		func(c *api.ReleaseAddress) mention { return uses(c.Entity) }),
	of("allocate", func(o *api.Operation) *api.Allocate { return o.Allocate }, (*runner).allocate,
		func(c *api.Allocate) mention {
			m := uses(c.Manager, c.For)
			if c.As != "" {
				m = m.changing("$" + c.As)
			}
			if c.Driver != "" && c.Resource != "" {
				m = m.changing(c.Resource)
			}
			return m
		}),
	of("deallocate", func(o *api.Operation) *api.Deallocate { return o.Deallocate }, (*runner).deallocate,
		func(c *api.Deallocate) mention { return uses(c.Manager, c.Entity) }),
	of("reserve", func(o *api.Operation) *api.Reserve { return o.Reserve }, (*runner).reserve,
		func(c *api.Reserve) mention { return uses(c.Manager) }),
	of("unreserve", func(o *api.Operation) *api.Unreserve { return o.Unreserve }, (*runner).unreserve,
		func(c *api.Unreserve) mention { return uses(c.Manager) }),
	of("call", func(o *api.Operation) *api.CallMethod { return o.Call }, (*runner).call, func(c *api.CallMethod) mention {
		return uses(c.Entity).with(entitiesAmong(c.Args)...).with(entitiesIn(c.Named)...)
	}),
	of("apply_layout", func(o *api.Operation) *api.ApplyLayout { return o.ApplyLayout }, (*runner).applyLayout,
		func(c *api.ApplyLayout) mention { return mention{}.changing(c.Rack) }),
	of("add_server", func(o *api.Operation) *api.AddServer { return o.AddServer }, (*runner).addServer,
		func(c *api.AddServer) mention { return uses(c.Rack, c.Server) }),
	of("revert", func(o *api.Operation) *api.Revert { return o.Revert }, (*runner).revert,
		func(*api.Revert) mention { return mention{} }),
	of("undelete", func(o *api.Operation) *api.Undelete { return o.Undelete }, (*runner).undelete,
		func(c *api.Undelete) mention { return mention{}.changing(undeleted(c)) }),
	of("redact", func(o *api.Operation) *api.Redact { return o.Redact }, (*runner).redact,
		func(c *api.Redact) mention { return uses(c.Entity) }),
}

func mentionsOfAttrs(c *api.ChangeAttrs) mention { return uses(c.Entity).with(referredTo(c.Attrs)...) }

// kindNames returns the names of all kinds.
func kindNames() string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	return strings.Join(names, ", ")
}
