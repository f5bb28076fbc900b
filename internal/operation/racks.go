package operation

import (
	"context"
	"errors"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/elevation"
	"github.com/clusto/clusto/rackfactory"
)

func (r *runner) applyLayout(ctx context.Context, c *api.ApplyLayout) (api.OperationResult, error) {
	none := api.OperationResult{}
	rack, err := r.object(ctx, c.Rack)
	if err != nil {
		return none, err
	}
	if c.Layout != "" {
		if err := rack.SetAttr(ctx, clusto.Attr{Key: rackfactory.KeyLayout, Value: clusto.String(c.Layout)}); err != nil {
			return none, err
		}
	}
	f, err := r.factory(ctx, rack)
	if err != nil {
		return none, err
	}
	result, err := preview(named(rack), f, func(p rackfactory.Previewer) (rackfactory.Preview, error) {
		return p.PreviewConnectPorts(ctx)
	})
	if err != nil {
		return none, err
	}
	if err := f.ConnectPorts(ctx); err != nil {
		return none, err
	}
	result.Rack, err = elevationNow(ctx, rack)
	return result, err
}

// elevationNow returns what stands where in a rack, with all that was done so far.
func elevationNow(ctx context.Context, rack *clusto.Object) (*api.Rack, error) {
	e, err := elevation.Of(ctx, rack)
	if err != nil {
		return nil, err
	}
	shown := ShowRack(e)
	version, err := rack.Inventory().Version(ctx)
	shown.Version = int64(version)
	return &shown, err
}

func (r *runner) addServer(ctx context.Context, c *api.AddServer) (api.OperationResult, error) {
	none := api.OperationResult{}
	rack, server, err := r.two(ctx, c.Rack, c.Server)
	if err != nil {
		return none, err
	}
	f, err := r.factory(ctx, rack)
	if err != nil {
		return none, err
	}
	result, err := preview(named(server), f, func(p rackfactory.Previewer) (rackfactory.Preview, error) {
		return p.PreviewAddServer(ctx, server, c.SwitchPort)
	})
	if err != nil {
		return none, err
	}
	return result, f.AddServer(ctx, server, c.SwitchPort)
}

// factory returns the factory of a rack.
func (r *runner) factory(ctx context.Context, rack *clusto.Object) (rackfactory.Factory, error) {
	var source rackfactory.Source = rackfactory.Sources{}
	if r.env.Racks != nil {
		source = r.env.Racks
	}
	return rackfactory.Of(ctx, source, rack)
}

// preview adds to result what a factory would do, if it can say that.
func preview(result api.OperationResult, f rackfactory.Factory, ask func(rackfactory.Previewer) (rackfactory.Preview, error)) (api.OperationResult, error) {
	p, ok := f.(rackfactory.Previewer)
	if !ok {
		return result, nil
	}
	would, err := ask(p)
	if errors.Is(err, clusto.ErrUnsupported) {
		return result, nil
	}
	result.Steps, result.Notes = would.Steps, would.Notes
	return result, err
}
