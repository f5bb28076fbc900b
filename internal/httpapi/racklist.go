package httpapi

import (
	"context"
	"net/http"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/elevation"
	"github.com/clusto/clusto/internal/operation"
)

// orderRacks is the order of a listing of racks, as cursors have it.
const orderRacks = 'r'

// ListRacks answers listRacks.
func (s *Server) ListRacks(w http.ResponseWriter, r *http.Request, params api.ListRacksParams) {
	answer := api.RackList{Racks: []api.RackSummary{}}
	limit, err := limitOf(r, params.Limit, defaultLimit, maxLimit)
	var from *cursor
	if err == nil {
		from, err = decodeCursor(params.Cursor, orderRacks)
	}
	if err == nil {
		err = s.viewRacks(r.Context(), params.At, from, func(inv *clusto.Inventory) error {
			return listRacks(r.Context(), inv, params.In, from, limit, &answer)
		})
	}
	s.reply(w, r, &answer, err)
}

// listRacks fills a page of racks, by name.
func listRacks(ctx context.Context, inv *clusto.Inventory, in string, from *cursor, limit int, answer *api.RackList) error {
	version, err := inv.Version(ctx)
	if err != nil {
		return err
	}
	answer.Version = int64(version)
	racks, err := racksIn(ctx, inv, in)
	if err != nil {
		return err
	}
	first := &smallest[clusto.Entity]{most: limit + 1, compare: compareNames}
	for _, e := range racks {
		if from == nil || compareNames(e, clusto.Entity{ID: clusto.EntityID(from.number), Name: from.text}) > 0 {
			first.add(e)
		}
	}
	page := first.sorted()
	if len(page) > limit {
		page = page[:limit]
		last := page[limit-1]
		answer.Next = cursor{order: orderRacks, version: version, number: int64(last.ID), text: last.Name}.encode()
	}
	standing, err := elevation.Many(ctx, inv, page)
	for i := range standing {
		rack := &standing[i]
		answer.Racks = append(answer.Racks, api.RackSummary{
			Name: rack.Name, Driver: rack.Driver, In: rack.In, Datacenter: rack.Datacenter, Row: rack.Row, Layout: rack.Layout,
			Lowest: rack.Low, Highest: rack.High, Free: len(rack.Free), Devices: operation.ShowDevices(rack.Rack),
		})
	}
	return err
}

// viewRacks is viewPage for what depends on drivers: which devices take half the width.
func (s *Server) viewRacks(ctx context.Context, at string, from *cursor, fn func(*clusto.Inventory) error) error {
	if err := s.options.Refresh(); err != nil {
		return err
	}
	return s.viewPage(ctx, at, from, fn)
}

// racksIn returns the racks in a container at any depth; all if in is "".
func racksIn(ctx context.Context, inv *clusto.Inventory, in string) ([]clusto.Entity, error) {
	if in == "" {
		return clusto.Collect(inv.Find(ctx, clusto.Match{Types: []string{typeRack}}))
	}
	inside, err := deepContents(ctx, inv, in)
	racks := []clusto.Entity{}
	for _, e := range inside {
		if e.Type == typeRack {
			racks = append(racks, e)
		}
	}
	return racks, err
}
