package operation

import (
	"context"
	"maps"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

func (r *runner) connect(ctx context.Context, c *api.Connect) (api.OperationResult, error) {
	from, to, err := r.two(ctx, c.From.Entity, c.To.Entity)
	if err != nil {
		return api.OperationResult{}, err
	}
	if c.From.Type != c.To.Type {
		return api.OperationResult{}, clusto.Errorf(clusto.ErrInvalid, "connect %s %s/%s to %s %s/%s: the ports are of different types",
			from.Name, c.From.Type, c.From.Port, to.Name, c.To.Type, c.To.Port)
	}
	_, err = from.Call(ctx, "connect_ports", c.From.Type, c.From.Port, to, c.To.Port)
	return named(from), err
}

func (r *runner) disconnect(ctx context.Context, c *api.PortRef) (api.OperationResult, error) {
	o, err := r.object(ctx, c.Entity)
	if err != nil {
		return api.OperationResult{}, err
	}
	_, err = o.Call(ctx, "disconnect_port", c.Type, c.Port)
	return named(o), err
}

func (r *runner) setPortAttrs(ctx context.Context, c *api.SetPortAttrs) (api.OperationResult, error) {
	if len(c.Attrs) == 0 {
		return api.OperationResult{}, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "attrs has no attributes"), `write "attrs": {"mac": "00:11:22:33:44:55"}`)
	}
	o, err := r.object(ctx, c.Port.Entity)
	if err != nil {
		return api.OperationResult{}, err
	}
	for _, key := range slices.Sorted(maps.Keys(c.Attrs)) {
		if isNothing(c.Attrs[key]) {
			_, err = o.Call(ctx, "del_port_attr", c.Port.Type, c.Port.Port, key)
		} else {
			var value clusto.Value
			if value, err = r.argumentValue(ctx, c.Attrs[key]); err == nil {
				_, err = o.Call(ctx, "set_port_attr", c.Port.Type, c.Port.Port, key, value)
			}
		}
		if err != nil {
			return api.OperationResult{}, about(err, "%s", key)
		}
	}
	return named(o), nil
}
