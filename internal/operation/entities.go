package operation

import (
	"context"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

func (r *runner) create(ctx context.Context, c *api.CreateEntity) (api.OperationResult, error) {
	none := api.OperationResult{}
	d, err := r.driver(c.Driver)
	if err != nil {
		return none, err
	}
	properties := make(map[string]clusto.Value, len(c.Properties))
	for key, text := range c.Properties {
		if properties[key], err = r.argumentValue(ctx, text); err != nil {
			return none, about(err, "property %s", key)
		}
	}
	o, err := r.inv.Create(ctx, d, c.Name, properties)
	if err != nil {
		return none, err
	}
	if err := r.addTo(ctx, o, c.Attrs); err != nil {
		return none, about(err, "%s", o.Name)
	}
	for _, place := range c.In {
		container, err := r.object(ctx, place.Container)
		if err == nil {
			err = insertInto(ctx, container, o, place.RackUnits, place.Side)
		}
		if err != nil {
			return none, err
		}
	}
	return named(o), nil
}

func (r *runner) rename(ctx context.Context, c *api.RenameEntity) (api.OperationResult, error) {
	o, err := r.object(ctx, c.Entity)
	if err != nil {
		return api.OperationResult{}, err
	}
	if o, err = o.Rename(ctx, c.Name); err != nil {
		return api.OperationResult{}, about(err, "rename %s", c.Entity)
	}
	return named(o), nil
}

func (r *runner) setDriver(ctx context.Context, c *api.SetDriver) (api.OperationResult, error) {
	o, err := r.object(ctx, c.Entity)
	if err != nil {
		return api.OperationResult{}, err
	}
	d, err := r.driver(c.Driver)
	if err != nil {
		return api.OperationResult{}, err
	}
	if o, err = o.ChangeDriver(ctx, d); err != nil {
		return api.OperationResult{}, err
	}
	return named(o), nil
}

func (r *runner) delete(ctx context.Context, c *api.DeleteEntity) (api.OperationResult, error) {
	o, err := r.object(ctx, c.Entity)
	if err != nil {
		return api.OperationResult{}, err
	}
	return named(o), o.Delete(ctx)
}
