package operation

import (
	"context"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

func (r *runner) insert(ctx context.Context, c *api.Insert) (api.OperationResult, error) {
	thing, container, err := r.two(ctx, c.Entity, c.Container)
	if err != nil {
		return api.OperationResult{}, err
	}
	return named(thing), insertInto(ctx, container, thing, c.RackUnits, c.Side)
}

// insertInto puts a thing into a container as the container's driver has it.
func insertInto(ctx context.Context, container, thing *clusto.Object, units api.RackUnits, side api.RackSide) error {
	m := container.Driver().Method("insert")
	switch takesUnits := m != nil && len(m.Params) > 1; {
	case !takesUnits && len(units) > 0:
		return clusto.WithHint(
			clusto.Errorf(clusto.ErrInvalid, "%s is a %s (driver %s), which has no rack units", container.Name, container.Type, container.Driver().Name),
			"leave the units out")
	case side != "" && (m == nil || len(m.Params) < 3):
		return clusto.WithHint(
			clusto.Errorf(clusto.ErrInvalid, "%s is a %s (driver %s), which has no sides", container.Name, container.Type, container.Driver().Name),
			"leave the side out")
	case !takesUnits:
		return container.Insert(ctx, thing)
	case len(units) == 0 && side == "" && !m.Params[1].Optional:
		return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%s goes into %s: into which unit?", thing.Name, container.Name),
			"name it: in rack_units, or in a command behind the rack, as in %s:7", container.Name)
	case len(units) == 0 && side == "":
		return container.Insert(ctx, thing)
	case len(units) == 0:
		return container.Insert(ctx, thing, clusto.NotGiven, string(side))
	case side == "":
		return container.Insert(ctx, thing, unitsArgument(units, thing.Driver().Units()))
	}
	return container.Insert(ctx, thing, unitsArgument(units, thing.Driver().Units()), string(side))
}

// unitsArgument returns rack units as a script would write them: a number, or a
// list. One unit is the lowest of a device that takes height units.
func unitsArgument(units api.RackUnits, height int) any {
	if len(units) == 1 && height <= 1 {
		return int64(units[0])
	}
	var list []any
	for _, u := range units {
		list = append(list, int64(u))
	}
	for u := units[0] + 1; len(units) == 1 && len(list) < height; u++ {
		list = append(list, int64(u))
	}
	return list
}

func (r *runner) remove(ctx context.Context, c *api.Remove) (api.OperationResult, error) {
	thing, container, err := r.two(ctx, c.Entity, c.Container)
	if err != nil {
		return api.OperationResult{}, err
	}
	_, err = container.Call(ctx, "remove", thing)
	return named(thing), err
}
