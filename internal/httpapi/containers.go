package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// ListContents answers GET /entities/{name}/contents.
func (s *Server) ListContents(w http.ResponseWriter, r *http.Request, name api.Name, params api.ListContentsParams) {
	s.listPlaced(w, r, name, params.At, params.Type, params.Driver, func(inv *clusto.Inventory, id clusto.EntityID) ([]clusto.Placed, clusto.AttrMatch, error) {
		placed, err := inv.Contents(r.Context(), []clusto.EntityID{id}, params.Deep)
		return placed, clusto.AttrMatch{Entities: through(placed)}, err
	})
}

// ListParents answers GET /entities/{name}/parents.
func (s *Server) ListParents(w http.ResponseWriter, r *http.Request, name api.Name, params api.ListParentsParams) {
	s.listPlaced(w, r, name, params.At, params.Type, params.Driver, func(inv *clusto.Inventory, id clusto.EntityID) ([]clusto.Placed, clusto.AttrMatch, error) {
		placed, err := inv.Parents(r.Context(), []clusto.EntityID{id}, params.Deep)
		return placed, clusto.AttrMatch{RelatedTo: through(placed)}, err
	})
}

// through returns the entities by which others were reached.
func through(placed []clusto.Placed) []clusto.EntityID {
	ids := []clusto.EntityID{}
	for _, p := range placed {
		ids = append(ids, p.Via)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// listPlaced answers with what look finds from an entity, together with the
// question for the relations that it went along.
func (s *Server) listPlaced(w http.ResponseWriter, r *http.Request, name, at string, types, drivers []string,
	look func(*clusto.Inventory, clusto.EntityID) ([]clusto.Placed, clusto.AttrMatch, error),
) {
	var list api.PlacementList
	admits, err := newAdmission(types, drivers, nil)
	if err == nil {
		err = s.viewRacks(r.Context(), at, nil, func(inv *clusto.Inventory) error {
			o, version, err := shownEntity(r.Context(), inv, name)
			if err != nil {
				return err
			}
			placed, m, err := look(inv, o.ID)
			if err != nil {
				return err
			}
			m.Key, m.Subkey = clusto.Is(clusto.KeyContains), clusto.IsPresent[string]()
			rows, err := clusto.Collect(inv.Attrs(r.Context(), m))
			if err != nil {
				return err
			}
			list = api.PlacementList{Version: int64(version), Entities: newPlacements(rows, inv.Drivers()).listed(o.Entity, placed, admits)}
			return nil
		})
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.answer(w, r, http.StatusOK, list)
}

// listed returns what was reached from an entity, as far as it is admitted.
func (p *placements) listed(from clusto.Entity, placed []clusto.Placed, admits admission) []api.Placement {
	reached := names{from.ID: from}
	for _, x := range placed {
		reached[x.ID] = x.Entity
	}
	list := []api.Placement{}
	for _, x := range placed {
		if !admits.admits(x.Entity) {
			continue
		}
		where := place{x.Via, x.ID}
		if _, inRack := p.rows[where]; !inRack {
			where = place{x.ID, x.Via} // it is the container
		}
		list = append(list, p.placed(x.Entity, reached[x.Via], where, x.Depth))
	}
	return list
}

// maxSets is how many containers of a kind can be combined.
const maxSets = 100

// CombineContainers answers GET /sets.
func (s *Server) CombineContainers(w http.ResponseWriter, r *http.Request, params api.CombineContainersParams) {
	admits, err := newAdmission(params.Type, params.Driver, nil)
	err = cmp.Or(err, atMost("all", params.All, maxSets), atMost("any", params.Any, maxSets), atMost("none", params.None, maxSets))
	if err == nil && len(params.All)+len(params.Any) == 0 {
		err = clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "there is nothing to take from"), "name a container with all or any")
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.listRefs(w, r, params.At, func(inv *clusto.Inventory) ([]clusto.Entity, error) {
		found, err := combined(r.Context(), inv, params.All, params.Any, params.None)
		return slices.DeleteFunc(found, func(e clusto.Entity) bool { return !admits.admits(e) }), err
	})
}

// combined returns what is in all of the containers of the first list, in at
// least one of the second, and in none of the third, at any depth. A list that is
// empty asks for nothing.
func combined(ctx context.Context, inv *clusto.Inventory, all, any, none []string) ([]clusto.Entity, error) {
	containers, err := containersCalled(ctx, inv, slices.Concat(all, any, none))
	if err != nil {
		return nil, err
	}
	var found []clusto.Entity
	if len(all) > 0 {
		objects, err := inv.InAll(ctx, containers[:len(all)], true, clusto.Match{})
		if err != nil {
			return nil, err
		}
		for _, o := range objects {
			found = append(found, o.Entity)
		}
	}
	containers = containers[len(all):]
	if len(any) > 0 {
		inside, err := inAny(ctx, inv, containers[:len(any)])
		if err != nil {
			return nil, err
		}
		if len(all) == 0 {
			for _, e := range inside {
				found = append(found, e)
			}
		}
		found = slices.DeleteFunc(found, func(e clusto.Entity) bool { _, in := inside[e.ID]; return !in })
	}
	outside, err := inAny(ctx, inv, containers[len(any):])
	return slices.DeleteFunc(found, func(e clusto.Entity) bool { _, in := outside[e.ID]; return in }), err
}

// containersCalled returns the entities with these names in their order, or
// ErrNotFound.
func containersCalled(ctx context.Context, inv *clusto.Inventory, called []string) ([]*clusto.Object, error) {
	found, err := clusto.Collect(inv.Find(ctx, clusto.Match{Names: called}))
	if err != nil {
		return nil, err
	}
	byName := map[string]clusto.Entity{}
	for _, e := range slices.Backward(found) {
		byName[e.Name] = e
	}
	objects := make([]*clusto.Object, len(called))
	for i, name := range called {
		e, ok := byName[name]
		if !ok {
			return nil, clusto.Errorf(clusto.ErrNotFound, "%q does not exist", name)
		}
		objects[i] = inv.Wrap(e)
	}
	return objects, nil
}

// inAny returns what is in at least one of some containers, at any depth. One that
// is in another of them is found there.
func inAny(ctx context.Context, inv *clusto.Inventory, containers []*clusto.Object) (names, error) {
	inside := names{}
	if len(containers) == 0 {
		return inside, nil
	}
	ids := idsOf(containers)
	placed, err := inv.Contents(ctx, ids, true)
	if err != nil {
		return nil, err
	}
	for _, p := range placed {
		inside[p.ID] = p.Entity
	}
	if len(containers) == 1 {
		return inside, nil
	}
	// Contents leaves out the containers themselves: some may be in others.
	nested, err := clusto.Collect(inv.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), RelatedTo: ids}))
	if err != nil {
		return nil, err
	}
	for _, a := range nested {
		_, within := inside[a.Entity]
		i := slices.Index(ids, a.Value.Relation())
		if i >= 0 && ids[i] != a.Entity && (within || slices.Contains(ids, a.Entity)) {
			inside[ids[i]] = containers[i].Entity
		}
	}
	return inside, nil
}

// ListOrphans answers GET /orphans.
func (s *Server) ListOrphans(w http.ResponseWriter, r *http.Request, params api.ListOrphansParams) {
	s.listRefs(w, r, params.At, func(inv *clusto.Inventory) ([]clusto.Entity, error) {
		return orphans(r.Context(), inv)
	})
}

// Names of a driver and of types that orphans looks at.
const (
	driverDevice = "device"
	typeRack     = "rack"
	typeServer   = "server"
)

// orphans returns the devices that are in no container, and the servers that are
// in no rack at any depth. It looks at every entity and every containment.
func orphans(ctx context.Context, inv *clusto.Inventory) ([]clusto.Entity, error) {
	var devices []clusto.Entity
	racks := []clusto.EntityID{}
	for e, err := range inv.Find(ctx, clusto.Match{}) {
		switch {
		case err != nil:
			return nil, err
		case e.Type == typeRack:
			racks = append(racks, e.ID)
		case e.Type == typeServer, inv.Drivers().For(e).Is(driverDevice):
			devices = append(devices, e)
		}
	}
	contained := map[clusto.EntityID]bool{}
	for a, err := range inv.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains)}) {
		if err != nil {
			return nil, err
		}
		contained[a.Value.Relation()] = true
	}
	placed, err := inv.Contents(ctx, racks, true)
	racked := make(map[clusto.EntityID]bool, len(placed))
	for _, p := range placed {
		racked[p.ID] = true
	}
	return slices.DeleteFunc(devices, func(e clusto.Entity) bool {
		return contained[e.ID] && (e.Type != typeServer || racked[e.ID])
	}), err
}

// listRefs answers with the entities that find returns, by name.
func (s *Server) listRefs(w http.ResponseWriter, r *http.Request, at string, find func(*clusto.Inventory) ([]clusto.Entity, error)) {
	var list api.EntityList
	err := s.view(r.Context(), at, func(inv *clusto.Inventory) error {
		found, err := find(inv)
		if err != nil {
			return err
		}
		slices.SortFunc(found, func(a, b clusto.Entity) int { return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
		list.Entities = make([]api.EntityRef, len(found))
		for i, e := range found {
			list.Entities[i] = api.EntityRef{Name: e.Name, Type: e.Type, Driver: e.Driver}
		}
		version, err := inv.Version(r.Context())
		list.Version = int64(version)
		return err
	})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.answer(w, r, http.StatusOK, list)
}
