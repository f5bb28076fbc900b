package elevation

import (
	"context"
	"slices"

	"github.com/clusto/clusto"
)

// Keys of a rack's attributes that an overview tells.
const (
	keyRow       = "row"
	keyLayout    = "racklayout"
	keyLayoutOld = "rackfactory" // classic: rackfactory.py
)

// Standing is a rack with where it stands and what its layout is.
type Standing struct {
	*Rack
	Layout     string
	Row        string // its attribute row, else what is between it and the datacenter
	Datacenter string // the nearest
}

// Many returns what stands where in racks, in their order. It asks the same number of
// questions for any number of racks.
func Many(ctx context.Context, inv *clusto.Inventory, racks []clusto.Entity) ([]Standing, error) {
	ids := make([]clusto.EntityID, len(racks))
	for i, rack := range racks {
		ids[i] = rack.ID
	}
	attrs := make(map[clusto.EntityID][]clusto.Attr, len(racks))
	for a, err := range inv.Attrs(ctx, clusto.AttrMatch{Entities: ids}) {
		if err != nil {
			return nil, err
		}
		attrs[a.Entity] = append(attrs[a.Entity], a)
	}
	inside, err := inv.Contents(ctx, ids, false)
	if err != nil {
		return nil, err
	}
	things := make(map[clusto.EntityID]clusto.Entity, len(inside)+len(racks))
	for _, p := range inside {
		things[p.ID] = p.Entity
	}
	for _, rack := range racks { // Contents leaves them out, though one may be in another
		things[rack.ID] = rack
	}
	above, err := newAbove(ctx, inv, ids)
	if err != nil {
		return nil, err
	}
	all := make([]Standing, len(racks))
	for i, rack := range racks {
		all[i] = stand(rack, attrs[rack.ID], things, inv.Drivers())
		above.settle(&all[i], rack.ID)
	}
	return all, nil
}

// stand returns a rack by its attributes.
func stand(rack clusto.Entity, attrs []clusto.Attr, things map[clusto.EntityID]clusto.Entity, drivers *clusto.Registry) Standing {
	s := Standing{Rack: &Rack{Name: rack.Name, Driver: rack.Driver, Low: lowestUnit, High: highestUnit}}
	var order []clusto.EntityID
	rows := map[clusto.EntityID][]clusto.Attr{}
	for _, a := range attrs {
		isProperty, isPlain := a.Subkey == clusto.Sub(clusto.SubkeyProperty), a.Subkey == clusto.Subkey{}
		switch {
		case a.Key == clusto.KeyContains:
			id := a.Value.Relation()
			if _, alive := things[id]; !alive {
				continue
			}
			if rows[id] == nil {
				order = append(order, id)
			}
			rows[id] = append(rows[id], a)
		case a.Key == "minu" && isProperty && a.Value.Kind() == clusto.KindInt:
			s.Low = int(a.Value.Int64())
		case a.Key == "maxu" && isProperty && a.Value.Kind() == clusto.KindInt:
			s.High = int(a.Value.Int64())
		case a.Key == keyRow && isPlain:
			s.Row = a.Value.Text()
		case a.Key == keyLayout && isPlain, a.Key == keyLayoutOld && isPlain && s.Layout == "":
			s.Layout = a.Value.Text()
		}
	}
	for _, id := range order {
		s.add(things[id], drivers.For(things[id]), rows[id])
	}
	s.finish()
	return s
}

// above is what racks are in, at any depth.
type above struct {
	entities map[clusto.EntityID]clusto.Entity
	in       map[clusto.EntityID][]clusto.EntityID
}

func newAbove(ctx context.Context, inv *clusto.Inventory, racks []clusto.EntityID) (*above, error) {
	placed, err := inv.Parents(ctx, racks, true)
	if err != nil {
		return nil, err
	}
	a := &above{entities: make(map[clusto.EntityID]clusto.Entity, len(placed)), in: map[clusto.EntityID][]clusto.EntityID{}}
	ids := slices.Clone(racks)
	for _, p := range placed {
		a.entities[p.ID] = p.Entity
		ids = append(ids, p.ID)
	}
	for row, err := range inv.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), RelatedTo: ids}) {
		if err != nil {
			return nil, err
		}
		thing := row.Value.Relation()
		if _, alive := a.entities[row.Entity]; alive && !slices.Contains(a.in[thing], row.Entity) {
			a.in[thing] = append(a.in[thing], row.Entity)
		}
	}
	return a, nil
}

// settle tells a rack what it is in, going up from it. Pools say nothing of where it
// stands.
func (a *above) settle(s *Standing, rack clusto.EntityID) {
	s.In = []string{}
	for _, id := range a.in[rack] {
		s.In = append(s.In, a.entities[id].Name)
	}
	seen := map[clusto.EntityID]bool{rack: true}
	for level := []clusto.EntityID{rack}; len(level) > 0 && s.Datacenter == ""; {
		var next []clusto.EntityID
		for _, id := range level {
			for _, up := range a.in[id] {
				e := a.entities[up]
				if seen[up] || e.Type == "pool" {
					continue
				}
				seen[up] = true
				next = append(next, up)
				switch {
				case e.Type == "datacenter" && s.Datacenter == "":
					s.Datacenter = e.Name
				case e.Type != "datacenter" && s.Row == "":
					s.Row = e.Name
				}
			}
		}
		level = next
	}
}
