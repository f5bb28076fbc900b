package httpapi

import (
	"context"
	"net/http"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// ListEntities answers GET /entities.
func (s *Server) ListEntities(w http.ResponseWriter, r *http.Request, params api.ListEntitiesParams) {
	var page api.EntityPage
	l, err := newListing(r, params)
	if err == nil {
		l.show.seen = s.sightings
		err = s.viewPage(r.Context(), params.At, l.from, func(inv *clusto.Inventory) (err error) {
			page, err = s.page(r.Context(), inv, l)
			return err
		})
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.answer(w, r, http.StatusOK, &page)
}

// page returns a page of a listing.
func (s *Server) page(ctx context.Context, inv *clusto.Inventory, l *listing) (api.EntityPage, error) {
	asked := &question{now: s.options.Now, text: l.params.Query, merge: l.params.MergeAttrs}
	entities, err := l.page(ctx, inv, func() ([]clusto.Entity, error) { return asked.entities(ctx, inv) })
	if err != nil {
		return api.EntityPage{}, err
	}
	version, err := inv.Version(ctx)
	if err != nil {
		return api.EntityPage{}, err
	}
	page := api.EntityPage{Version: int64(version), Warnings: asked.warnings}
	if len(entities) > l.limit {
		entities = entities[:l.limit]
		page.Next = l.next(entities[l.limit-1], version)
	}
	// All attributes of pools are thousands: a list has ETags where it shows
	// attributes.
	tagged := l.show.has(fieldETag) && l.show.has(fieldAttrs)
	page.Entities, err = l.show.show(ctx, inv, entities, tagged)
	return page, err
}

// GetEntity answers GET /entities/{name}.
func (s *Server) GetEntity(w http.ResponseWriter, r *http.Request, name api.Name, params api.GetEntityParams) {
	var shown []api.Entity
	show, err := newSelection(params.Fields, params.Expand, params.Attr, params.Hidden)
	show.seen = s.sightings
	if err == nil {
		err = s.view(r.Context(), params.At, func(inv *clusto.Inventory) error {
			e, err := inv.Entity(r.Context(), name)
			if err != nil {
				return err
			}
			shown, err = show.show(r.Context(), inv, []clusto.Entity{e}, true)
			return err
		})
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	tag := shown[0].Etag
	if !show.has(fieldETag) {
		shown[0].Etag = ""
	}
	s.answerTagged(w, r, tag, &shown[0])
}
