package operation

import (
	"context"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

func (r *runner) call(ctx context.Context, c *api.CallMethod) (api.OperationResult, error) {
	none := api.OperationResult{}
	o, err := r.object(ctx, c.Entity)
	if err != nil {
		return none, err
	}
	m := o.Driver().Method(c.Method)
	if m == nil {
		var known []string
		for m := range o.Driver().AllMethods {
			known = append(known, m.Name)
		}
		err := clusto.Errorf(clusto.ErrUnsupported, "%s: driver %s has no method %s", o.Name, o.Driver().Name, c.Method)
		return none, meant(err, c.Method, known)
	}
	if err := r.env.may(ctx, r.inv.Reader, "call/"+m.Name, o.Entity); err != nil {
		return none, err
	}
	arranged, err := r.arrange(ctx, m, c)
	if err != nil {
		return none, about(err, "%s", o.Name)
	}
	self := o
	if m.OnClass {
		self = nil
	}
	given, err := m.Call(ctx, r.inv, self, arranged)
	if err != nil {
		return none, err
	}
	result := named(o)
	result.Value, err = r.answer(ctx, given)
	return result, about(err, "%s: what %s returned", o.Name, m.Name)
}

// arrange returns the arguments of a call in the order of the method's parameters.
func (r *runner) arrange(ctx context.Context, m *clusto.Method, c *api.CallMethod) ([]any, error) {
	positional := make([]any, len(c.Args))
	var err error
	for i, text := range c.Args {
		if positional[i], err = r.argument(ctx, text); err != nil {
			return nil, about(err, "%s: argument %d", m.Name, i+1)
		}
	}
	named := make(map[string]any, len(c.Named))
	for name, text := range c.Named {
		if named[name], err = r.argument(ctx, text); err != nil {
			return nil, about(err, "%s: %s", m.Name, name)
		}
	}
	return m.Arrange(positional, named)
}
