package httpapi

import (
	"net/http"

	"github.com/clusto/clusto/api"
)

// BindAddress answers bindAddress.
func (s *Server) BindAddress(w http.ResponseWriter, r *http.Request, name api.Name, params api.BindAddressParams) {
	var body api.BindAddressJSONRequestBody
	if s.read(w, r, &body, false) {
		s.change(w, r, changing{
			operations: []api.Operation{{Bind: &api.BindAddress{
				Entity: name, Address: body.Address, Manager: body.Manager, OsPort: body.OsPort,
			}}},
			description: body.Description, dryRun: body.DryRun, status: http.StatusCreated, key: params.IdempotencyKey, body: body,
		})
	}
}

// ReleaseAddress answers releaseAddress.
func (s *Server) ReleaseAddress(w http.ResponseWriter, r *http.Request, name api.Name, address api.AddressInPath, params api.ReleaseAddressParams) {
	s.change(w, r, changing{
		operations:  []api.Operation{{Release: &api.ReleaseAddress{Entity: name, Address: address}}},
		description: params.Description, dryRun: params.DryRun,
	})
}

// Allocate answers allocate.
func (s *Server) Allocate(w http.ResponseWriter, r *http.Request, name api.Name, params api.AllocateParams) {
	var body api.AllocateJSONRequestBody
	if s.read(w, r, &body, false) {
		s.change(w, r, changing{
			operations: []api.Operation{{Allocate: &api.Allocate{
				Manager: name, For: body.For, Driver: body.Driver, Resource: body.Resource, Reserved: body.Reserved,
			}}},
			description: body.Description, dryRun: body.DryRun, status: http.StatusCreated, key: params.IdempotencyKey, body: body,
		})
	}
}

// Deallocate answers deallocate.
func (s *Server) Deallocate(w http.ResponseWriter, r *http.Request, name api.Name, params api.DeallocateParams) {
	s.change(w, r, changing{
		operations:  []api.Operation{{Deallocate: &api.Deallocate{Manager: name, Entity: params.Entity, Resource: params.Resource}}},
		description: params.Description, dryRun: params.DryRun,
	})
}

// Reserve answers reserve.
func (s *Server) Reserve(w http.ResponseWriter, r *http.Request, name api.Name, params api.ReserveParams) {
	var body api.ReserveJSONRequestBody
	if s.read(w, r, &body, false) {
		s.change(w, r, changing{
			operations:  []api.Operation{{Reserve: &api.Reserve{Manager: name, First: body.First, Last: body.Last, Reason: body.Reason}}},
			description: body.Description, dryRun: body.DryRun, status: http.StatusCreated, key: params.IdempotencyKey, body: body,
		})
	}
}

// Unreserve answers unreserve.
func (s *Server) Unreserve(w http.ResponseWriter, r *http.Request, name api.Name, params api.UnreserveParams) {
	s.change(w, r, changing{
		operations:  []api.Operation{{Unreserve: &api.Unreserve{Manager: name, First: params.First, Last: params.Last}}},
		description: params.Description, dryRun: params.DryRun,
	})
}

// ApplyLayout answers applyLayout.
func (s *Server) ApplyLayout(w http.ResponseWriter, r *http.Request, name api.Name, params api.ApplyLayoutParams) {
	var body api.ApplyLayoutJSONRequestBody
	if s.read(w, r, &body, true) {
		s.change(w, r, changing{
			operations:  []api.Operation{{ApplyLayout: &api.ApplyLayout{Rack: name, Layout: body.Layout}}},
			description: body.Description, dryRun: body.DryRun, key: params.IdempotencyKey, body: body,
		})
	}
}

// AddServer answers addServer.
func (s *Server) AddServer(w http.ResponseWriter, r *http.Request, name api.Name, params api.AddServerParams) {
	var body api.AddServerJSONRequestBody
	if s.read(w, r, &body, false) {
		s.change(w, r, changing{
			operations:  []api.Operation{{AddServer: &api.AddServer{Rack: name, Server: body.Server, SwitchPort: body.SwitchPort}}},
			description: body.Description, dryRun: body.DryRun, key: params.IdempotencyKey, body: body,
		})
	}
}
