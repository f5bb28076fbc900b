package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/port"
)

// ListPorts answers GET /entities/{name}/ports.
func (s *Server) ListPorts(w http.ResponseWriter, r *http.Request, name api.Name, params api.ListPortsParams) {
	var list api.PortList
	state := string(params.State)
	var err error
	if state != "" {
		err = oneOf("state", state, "free", "connected")
	}
	if err == nil {
		err = s.viewDriven(r.Context(), params.At, func(inv *clusto.Inventory) error {
			o, version, err := shownEntity(r.Context(), inv, name)
			if err != nil {
				return err
			}
			list.Version = int64(version)
			list.Ports, err = portsOf(r.Context(), o)
			return err
		})
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	list.Ports = slices.DeleteFunc(list.Ports, func(p api.Port) bool {
		return params.Type != "" && p.Type != params.Type || state != "" && (state == "free") != (p.Peer == nil)
	})
	s.answer(w, r, http.StatusOK, list)
}

// portsOf returns the ports of a device.
func portsOf(ctx context.Context, o *clusto.Object) ([]api.Port, error) {
	shown, err := partOf(ctx, o, &ports{})
	if err != nil {
		return nil, err
	}
	return *shown.Ports, nil
}

// GetPort answers GET /entities/{name}/ports/{type}/{port}.
func (s *Server) GetPort(w http.ResponseWriter, r *http.Request, name api.Name, portType api.PortType, number api.PortNumber, params api.GetPortParams) {
	var shown api.Port
	err := s.viewDriven(r.Context(), params.At, func(inv *clusto.Inventory) error {
		o, err := inv.Object(r.Context(), name)
		if err != nil {
			return err
		}
		e, err := port.Of(o, portType, number)
		if err != nil {
			return err
		}
		all, err := portsOf(r.Context(), o)
		i := slices.IndexFunc(all, func(p api.Port) bool { return p.Type == e.Type && p.Port == e.Port })
		if i >= 0 {
			shown = all[i]
		}
		return err
	})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.answer(w, r, http.StatusOK, shown)
}

// TracePort answers GET /entities/{name}/ports/{type}/{port}/trace.
func (s *Server) TracePort(w http.ResponseWriter, r *http.Request, name api.Name, portType api.PortType, number api.PortNumber, params api.TracePortParams) {
	trace := api.Trace{Cables: []api.Cable{}}
	err := s.viewDriven(r.Context(), params.At, func(inv *clusto.Inventory) error {
		o, version, err := shownEntity(r.Context(), inv, name)
		if err != nil {
			return err
		}
		trace.Version = int64(version)
		e, err := port.Of(o, portType, number)
		if err != nil {
			return err
		}
		cables, err := port.Trace(r.Context(), e)
		for _, c := range cables {
			trace.Cables = append(trace.Cables, api.Cable{From: peer(c.From), To: peer(c.To)})
		}
		return err
	})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.answer(w, r, http.StatusOK, trace)
}

// peer returns one end of a cable as the API has it.
func peer(e port.End) api.Peer {
	return api.Peer{Entity: e.Device.Name, Type: e.Type, Port: e.Port, Outlet: outlet(e)}
}

// outlet returns the name of a port, or "" if it has none: only outlets have.
func outlet(e port.End) string {
	if e.Outlet != "" || e.Type != port.Power {
		return e.Outlet
	}
	return e.Device.Driver().PortName(e.Port)
}

// ports are the ports of devices.
type ports struct {
	infos map[clusto.EntityID][]port.Status
}

func (p *ports) load(ctx context.Context, inv *clusto.Inventory, of []*clusto.Object) ([]clusto.EntityID, error) {
	infos, err := port.Infos(ctx, of)
	if err != nil {
		return nil, err
	}
	p.infos = make(map[clusto.EntityID][]port.Status, len(of))
	var ids []clusto.EntityID
	for i, o := range of {
		p.infos[o.ID] = infos[i]
		for _, status := range infos[i] {
			ids = append(ids, relations(status.Attrs)...)
		}
	}
	return ids, nil
}

func (p *ports) fill(o *clusto.Object, e *api.Entity, n names) {
	list := make([]api.Port, len(p.infos[o.ID]))
	for i, status := range p.infos[o.ID] {
		list[i] = n.port(status)
	}
	e.Ports = &list
}

// port returns a port as the API has it. Of several attributes with one subkey,
// which only a hand can have written, the first is shown.
func (n names) port(s port.Status) api.Port {
	shown := api.Port{Type: s.Type, Port: s.Port, Outlet: outlet(s.End)}
	if s.Connected {
		end := peer(s.Peer)
		shown.Peer = &end
	}
	for _, a := range s.Attrs {
		subkey, ok := a.Subkey.Get()
		if !ok || subkey == port.SubkeyConnection || subkey == clusto.SubkeyOtherPort {
			continue
		}
		if _, taken := shown.Attrs[subkey]; taken {
			continue
		}
		if shown.Attrs == nil {
			shown.Attrs = map[string]json.RawMessage{}
		}
		shown.Attrs[subkey] = n.value(a.Value)
	}
	return shown
}
