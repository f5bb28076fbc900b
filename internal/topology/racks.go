package topology

import (
	"context"

	"github.com/clusto/clusto"
)

// findRacks names the racks that the nodes stand in, as of the last state that has
// them.
func (e *explorer) findRacks(ctx context.Context) error {
	for _, l := range e.looks {
		var ids []clusto.EntityID
		at := map[clusto.EntityID]int{}
		for i, n := range e.graph.Nodes {
			if l.has(n.ID) {
				ids = append(ids, n.ID)
				at[n.ID] = i
			}
		}
		if len(ids) == 0 {
			continue
		}
		err := l.state(ctx, func(inv *clusto.Inventory) error {
			return namesOfRacks(ctx, inv, ids, func(id clusto.EntityID, rack string) { e.graph.Nodes[at[id]].Rack = rack })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// typeRack is the type of racks.
const typeRack = "rack"

// namesOfRacks calls found with the rack of each thing that stands in one.
func namesOfRacks(ctx context.Context, inv *clusto.Inventory, ids []clusto.EntityID, found func(clusto.EntityID, string)) error {
	rows, err := clusto.Collect(inv.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), RelatedTo: ids}))
	if err != nil {
		return err
	}
	containers := make([]clusto.EntityID, len(rows))
	for i, a := range rows {
		containers[i] = a.Entity
	}
	known, err := inv.Known(ctx, containers)
	if err != nil {
		return err
	}
	for _, a := range rows {
		if in := known[a.Entity]; in.Type == typeRack {
			found(a.Value.Relation(), in.Name)
		}
	}
	return nil
}
