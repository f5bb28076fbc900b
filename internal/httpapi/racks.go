package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/elevation"
	"github.com/clusto/clusto/internal/operation"
	"github.com/clusto/clusto/rackfactory"
)

// rackOf returns the rack called name. It returns ErrInvalid for anything else,
// with a hint where that stands.
func rackOf(ctx context.Context, inv *clusto.Inventory, name string) (*clusto.Object, error) {
	o, err := inv.Object(ctx, name)
	if err != nil || o.Type == "rack" {
		return o, err
	}
	racks, err := o.Parents(ctx, true, clusto.Match{Types: []string{"rack"}})
	if err != nil {
		return nil, err
	}
	err = clusto.Errorf(clusto.ErrInvalid, "%s is a %s, not a rack", o.Name, o.Type)
	if len(racks) > 0 {
		return nil, clusto.WithHint(err, "it stands in the rack %s", racks[0].Name)
	}
	return nil, clusto.WithHint(err, "entities of the type rack are racks")
}

// GetRack answers getRack.
func (s *Server) GetRack(w http.ResponseWriter, r *http.Request, name api.Name, params api.GetRackParams) {
	var answer api.Rack
	ctx := r.Context()
	err := s.viewRacks(ctx, params.At, nil, func(inv *clusto.Inventory) error {
		rack, err := rackOf(ctx, inv, name)
		if err != nil {
			return err
		}
		e, err := elevation.Of(ctx, rack)
		if err != nil {
			return err
		}
		answer = operation.ShowRack(e)
		answer.Version, err = versionNumber(ctx, inv)
		return err
	})
	s.reply(w, r, answer, err)
}

// DrawRack answers drawRack.
func (s *Server) DrawRack(w http.ResponseWriter, r *http.Request, name api.Name, params api.DrawRackParams) {
	side := elevation.Side(params.Side)
	if side == "" {
		side = elevation.Front
	}
	if side != elevation.Front && side != elevation.Rear {
		s.fail(w, r, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "a rack has no side %.40q", string(side)), "use front or rear"))
		return
	}
	var drawing []byte
	ctx := r.Context()
	err := s.viewRacks(ctx, params.At, nil, func(inv *clusto.Inventory) error {
		rack, err := rackOf(ctx, inv, name)
		if err != nil {
			return err
		}
		e, err := elevation.Of(ctx, rack)
		if err != nil {
			return err
		}
		drawing = e.SVG(side)
		return nil
	})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	s.write(w, http.StatusOK, "image/svg+xml", drawing)
}

// ListLayouts answers listLayouts.
func (s *Server) ListLayouts(w http.ResponseWriter, r *http.Request) {
	answer, err := s.layouts()
	s.reply(w, r, answer, err)
}

func (s *Server) layouts() (api.LayoutList, error) {
	answer := api.LayoutList{Layouts: []api.Layout{}}
	if err := s.options.Refresh(); err != nil || s.options.Layouts == nil {
		return answer, err
	}
	for _, name := range s.options.Layouts.Names() {
		layout, err := s.layout(name)
		if errors.Is(err, clusto.ErrInvalid) {
			continue // it is among those that are broken
		}
		if err != nil {
			return answer, err
		}
		layout.Devices, layout.Slots = nil, nil
		answer.Layouts = append(answer.Layouts, layout)
	}
	_, answer.Broken = s.options.Broken()
	return answer, nil
}

// GetLayout answers getLayout.
func (s *Server) GetLayout(w http.ResponseWriter, r *http.Request, name api.Name) {
	var layout api.Layout
	err := s.options.Refresh()
	if err == nil {
		layout, err = s.layout(name)
	}
	s.reply(w, r, layout, err)
}

// layout returns the layout called name. One that is a script has a name alone.
func (s *Server) layout(name string) (api.Layout, error) {
	if s.options.Layouts == nil || !slices.Contains(s.options.Layouts.Names(), name) {
		return api.Layout{}, &rackfactory.UnknownLayoutError{Layout: name}
	}
	shown := api.Layout{Name: name}
	if s.options.Layout == nil {
		return shown, nil
	}
	l, err := s.options.Layout(name)
	if errors.Is(err, clusto.ErrNotFound) {
		return shown, nil
	}
	if err != nil {
		return shown, err
	}
	shown.Origin, shown.Rack = l.Origin, l.Rack
	for _, d := range l.Devices {
		shown.Devices = append(shown.Devices, api.LayoutDevice{
			Role: d.Role, Name: d.Name, Driver: d.Driver, Units: d.Units, Side: api.RackSide(d.Side), Cables: showCables(d.Cables),
		})
	}
	for _, slot := range l.Slots {
		shown.Slots = append(shown.Slots, api.LayoutSlot{
			SwitchPort: slot.SwitchPort, Driver: slot.Driver, Units: slot.Units, Side: api.RackSide(slot.Side), Outlets: slot.Outlets, Cables: showCables(slot.Cables),
		})
	}
	return shown, nil
}

func showCables(cables []rackfactory.Cable) []api.LayoutCable {
	var shown []api.LayoutCable
	for _, c := range cables {
		shown = append(shown, api.LayoutCable{Type: c.Type, Port: c.Port, To: c.To, ToPort: c.ToPort})
	}
	return shown
}
