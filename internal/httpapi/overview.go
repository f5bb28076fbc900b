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

// Types of the entities of which each is counted by itself, and of the one that is not
// counted, as nobody made it (classic: clustometa.py).
const (
	typeDatacenter = "datacenter"
	typeMeta       = "clustometa"
)

// Units of a rack that does not say how many it has (classic: basicrack.py).
const (
	lowestUnit  = 1
	highestUnit = 45
)

// GetOverview answers getOverview.
func (s *Server) GetOverview(w http.ResponseWriter, r *http.Request, params api.GetOverviewParams) {
	var answer api.Overview
	ctx := r.Context()
	err := s.view(ctx, params.At, func(inv *clusto.Inventory) (err error) {
		if answer, err = overview(ctx, inv); err != nil {
			return err
		}
		answer.Version, err = versionNumber(ctx, inv)
		return err
	})
	s.reply(w, r, answer, err)
}

// census is what is counted of an inventory. It reads each relation between a
// container and its contents once.
type census struct {
	types       map[string]int
	servers     map[clusto.EntityID]bool
	racks       map[clusto.EntityID]*rackSpace
	datacenters []clusto.Entity
	contents    map[clusto.EntityID][]clusto.EntityID
}

// rackSpace is the units of a rack.
type rackSpace struct {
	low, high int64
	used      map[int64]bool
}

// overview returns the numbers of an inventory, in a number of questions that does
// not depend on how much there is.
func overview(ctx context.Context, inv *clusto.Inventory) (api.Overview, error) {
	c := census{
		types: map[string]int{}, servers: map[clusto.EntityID]bool{}, racks: map[clusto.EntityID]*rackSpace{},
		contents: map[clusto.EntityID][]clusto.EntityID{},
	}
	for _, count := range []func(context.Context, clusto.Reader) error{c.countEntities, c.measureRacks, c.follow} {
		if err := count(ctx, inv); err != nil {
			return api.Overview{}, err
		}
	}
	return c.show(), nil
}

// countEntities counts what there is, and notes what else is looked at.
func (c *census) countEntities(ctx context.Context, r clusto.Reader) error {
	for e, err := range r.Find(ctx, clusto.Match{}) {
		if err != nil {
			return err
		}
		if e.Type == typeMeta {
			continue
		}
		c.types[e.Type]++
		switch e.Type {
		case typeServer:
			c.servers[e.ID] = true
		case typeRack:
			c.racks[e.ID] = &rackSpace{low: lowestUnit, high: highestUnit, used: map[int64]bool{}}
		case typeDatacenter:
			c.datacenters = append(c.datacenters, e)
		}
	}
	return nil
}

// measureRacks finds out how many units the racks have.
func (c *census) measureRacks(ctx context.Context, r clusto.Reader) error {
	for _, key := range []string{"minu", "maxu"} {
		for a, err := range r.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(key), Subkey: clusto.Is(clusto.SubkeyProperty)}) {
			if err != nil {
				return err
			}
			space := c.racks[a.Entity]
			switch {
			case space == nil || a.Value.Kind() != clusto.KindInt:
			case key == "minu":
				space.low = a.Value.Int64()
			default:
				space.high = a.Value.Int64()
			}
		}
	}
	return nil
}

// follow notes what is in what, and in which units.
func (c *census) follow(ctx context.Context, r clusto.Reader) error {
	for a, err := range r.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains)}) {
		if err != nil {
			return err
		}
		if a.Value.Kind() != clusto.KindRelation {
			continue
		}
		inside := c.contents[a.Entity]
		if id := a.Value.Relation(); len(inside) == 0 || inside[len(inside)-1] != id { // its units come one after the other
			c.contents[a.Entity] = append(inside, id)
		}
		space := c.racks[a.Entity]
		if unit, numbered := a.Number.Get(); space != nil && numbered && unit >= space.low && unit <= space.high && clusto.InUnit(a.Subkey) {
			space.used[unit] = true
		}
	}
	return nil
}

// show returns what was counted as the API shows it.
func (c *census) show() api.Overview {
	shown := api.Overview{Types: []api.TypeCount{}, Datacenters: []api.PlaceCount{}}
	for name, n := range c.types {
		shown.Total += n
		shown.Types = append(shown.Types, api.TypeCount{Type: name, Entities: n})
	}
	slices.SortFunc(shown.Types, func(a, b api.TypeCount) int {
		return cmp.Or(cmp.Compare(b.Entities, a.Entities), strings.Compare(a.Type, b.Type))
	})
	for _, space := range c.racks {
		space.addTo(&shown.Racks)
	}
	for _, e := range c.datacenters {
		shown.Datacenters = append(shown.Datacenters, c.place(e))
	}
	slices.SortFunc(shown.Datacenters, func(a, b api.PlaceCount) int { return strings.Compare(a.Name, b.Name) })
	return shown
}

// place counts what is in a datacenter at any depth.
func (c *census) place(e clusto.Entity) api.PlaceCount {
	place := api.PlaceCount{Name: e.Name, Driver: e.Driver}
	seen := map[clusto.EntityID]bool{e.ID: true}
	for next := []clusto.EntityID{e.ID}; len(next) > 0; {
		id := next[len(next)-1]
		next = next[:len(next)-1]
		for _, inside := range c.contents[id] {
			if seen[inside] {
				continue
			}
			seen[inside] = true
			if c.servers[inside] {
				place.Servers++
			}
			if space := c.racks[inside]; space != nil {
				space.addTo(&place.Racks)
			}
			if len(c.contents[inside]) > 0 {
				next = append(next, inside)
			}
		}
	}
	return place
}

// addTo counts a rack.
func (s *rackSpace) addTo(n *api.RackCount) {
	units := int(max(0, s.high-s.low+1))
	n.Racks++
	n.Units += units
	n.Used += len(s.used)
	if len(s.used) < units {
		n.WithFree++
	}
}
