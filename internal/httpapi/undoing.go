package httpapi

import (
	"net/http"

	"github.com/clusto/clusto/api"
)

// Revert answers revert.
func (s *Server) Revert(w http.ResponseWriter, r *http.Request, params api.RevertParams) {
	var body api.RevertJSONRequestBody
	if s.read(w, r, &body, false) {
		s.change(w, r, changing{
			operations:  []api.Operation{{Revert: &api.Revert{Versions: body.Versions}}},
			description: body.Description, dryRun: body.DryRun, key: params.IdempotencyKey, body: body,
		})
	}
}

// Undelete answers undelete.
func (s *Server) Undelete(w http.ResponseWriter, r *http.Request, params api.UndeleteParams) {
	var body api.UndeleteJSONRequestBody
	if s.read(w, r, &body, false) {
		s.change(w, r, changing{
			operations:  []api.Operation{{Undelete: &api.Undelete{Name: body.Name, As: body.As, Version: body.Version}}},
			description: body.Description, dryRun: body.DryRun, key: params.IdempotencyKey, body: body,
		})
	}
}

// Redact answers redact.
func (s *Server) Redact(w http.ResponseWriter, r *http.Request, params api.RedactParams) {
	var body api.RedactJSONRequestBody
	if !s.read(w, r, &body, false) {
		return
	}
	redact := &api.Redact{Entity: body.Entity, Key: body.Key}
	if body.Subkey != "" {
		redact.Subkey = &body.Subkey
	}
	s.change(w, r, changing{
		operations:  []api.Operation{{Redact: redact}},
		description: body.Description, dryRun: body.DryRun, key: params.IdempotencyKey, body: body,
	})
}
