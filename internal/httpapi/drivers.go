package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/nearest"
)

// ListDrivers answers listDrivers.
func (s *Server) ListDrivers(w http.ResponseWriter, r *http.Request, params api.ListDriversParams) {
	if err := s.options.Refresh(); err != nil {
		s.fail(w, r, err)
		return
	}
	answer := api.DriverList{Drivers: []api.Driver{}}
	for _, d := range s.options.Drivers.Drivers() {
		if params.Type == nil || slices.Contains(params.Type, d.EntityType()) {
			shown := showDriver(d)
			shown.Methods = nil
			answer.Drivers = append(answer.Drivers, shown)
		}
	}
	slices.SortFunc(answer.Drivers, func(a, b api.Driver) int { return strings.Compare(a.Name, b.Name) })
	answer.Broken, _ = s.options.Broken()
	s.answer(w, r, http.StatusOK, answer)
}

// GetDriver answers getDriver.
func (s *Server) GetDriver(w http.ResponseWriter, r *http.Request, name api.Name) {
	if err := s.options.Refresh(); err != nil {
		s.fail(w, r, err)
		return
	}
	d, known := s.options.Drivers.Driver(name)
	if !known {
		s.fail(w, r, s.unknownDriver(name))
		return
	}
	s.answer(w, r, http.StatusOK, showDriver(d))
}

// unknownDriver returns the error about a driver that is not known.
func (s *Server) unknownDriver(name string) error {
	var names []string
	for _, d := range s.options.Drivers.Drivers() {
		names = append(names, d.Name)
	}
	err := clusto.Errorf(clusto.ErrNotFound, "no driver is called %q", name)
	if hint := nearest.Question(nearest.Names(name, names)...); hint != "" {
		return clusto.WithHint(err, "%s", hint)
	}
	return err
}

// showDriver returns a driver as the API shows it.
func showDriver(d *clusto.Driver) api.Driver {
	shown := api.Driver{Name: d.Name, Type: d.EntityType(), Doc: d.Doc, Origin: d.Origin, RackUnits: d.Units(), Width: api.RackWidth(clusto.FullWidth), Beside: d.Beside()}
	if d.HalfWide() {
		shown.Width = api.RackWidth(clusto.HalfWidth)
	}
	if d.Base != nil {
		shown.Base = d.Base.Name
	}
	for _, p := range d.AllProperties() {
		shown.Properties = append(shown.Properties, api.Property{Name: p.Name, Default: asJSON(plainValue(p.Default))})
	}
	for _, g := range d.AllPorts() {
		shown.Ports = append(shown.Ports, api.PortGroup{Type: g.Type, Count: g.Count})
	}
	seen := map[string]bool{}
	for m := range d.AllMethods {
		if !seen[m.Name] { // one of a base is hidden by the driver's own
			seen[m.Name] = true
			shown.Methods = append(shown.Methods, showMethod(m))
		}
	}
	slices.SortFunc(shown.Methods, func(a, b api.Method) int { return strings.Compare(a.Name, b.Name) })
	return shown
}

func showMethod(m *clusto.Method) api.Method {
	shown := api.Method{Name: m.Name, Signature: m.Signature(), Doc: m.Doc, Reads: m.Reads, OnClass: m.OnClass}
	for _, p := range m.Params {
		param := api.Param{Name: p.Name, Optional: p.Optional}
		if p.Optional && p.Default != clusto.NotGiven {
			param.Default = asJSON(p.Default)
		}
		shown.Params = append(shown.Params, param)
	}
	return shown
}

// asJSON returns v as JSON, or nil for nothing and what has no form in it.
func asJSON(v any) json.RawMessage {
	if v == nil {
		return nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return text
}

// ListTypes answers listTypes: the types of the drivers that are known, and those
// that entities have.
func (s *Server) ListTypes(w http.ResponseWriter, r *http.Request, params api.ListTypesParams) {
	answer := api.TypeList{Types: []api.TypeInfo{}}
	ctx := r.Context()
	err := s.options.Refresh()
	if err == nil {
		err = s.view(ctx, params.At, func(inv *clusto.Inventory) (err error) {
			answer.Types, err = s.types(ctx, inv)
			return err
		})
	}
	s.reply(w, r, answer, err)
}

func (s *Server) types(ctx context.Context, inv *clusto.Inventory) ([]api.TypeInfo, error) {
	types := map[string]*api.TypeInfo{}
	typeOf := func(name string) *api.TypeInfo {
		if types[name] == nil {
			types[name] = &api.TypeInfo{Name: name, Drivers: []string{}}
		}
		return types[name]
	}
	for _, d := range s.options.Drivers.Drivers() {
		t := typeOf(d.EntityType())
		t.Drivers = append(t.Drivers, d.Name)
	}
	for e, err := range inv.Find(ctx, clusto.Match{}) {
		if err != nil {
			return nil, err
		}
		t := typeOf(e.Type)
		t.Entities++
		if !slices.Contains(t.Drivers, e.Driver) {
			t.Drivers = append(t.Drivers, e.Driver)
		}
	}
	var list []api.TypeInfo
	for _, t := range types {
		slices.Sort(t.Drivers)
		list = append(list, *t)
	}
	slices.SortFunc(list, func(a, b api.TypeInfo) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}
