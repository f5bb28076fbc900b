package clusto

import (
	"context"
	"errors"
	"slices"
)

// Known returns those of the given entities that exist. In databases of classic
// clusto relations may lead to entities that are gone: who shows relations asks
// this, and calls the rest by their numbers.
func (inv *Inventory) Known(ctx context.Context, ids []EntityID) (map[EntityID]Entity, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	entities, err := inv.Entities(ctx, ids...)
	if errors.Is(err, ErrNotFound) {
		entities, err = inv.alive(ctx, ids)
	}
	if err != nil {
		return nil, err
	}
	known := make(map[EntityID]Entity, len(entities))
	for _, e := range entities {
		known[e.ID] = e
	}
	return known, nil
}

// alive returns those of the given entities that live.
func (inv *Inventory) alive(ctx context.Context, ids []EntityID) ([]Entity, error) {
	past, err := Past(inv.Reader)
	if err != nil {
		return nil, err
	}
	var alive []Entity
	for life, err := range past.Lives(ctx, LifeMatch{IDs: ids}) {
		if err != nil {
			return nil, err
		}
		if life.Ended == 0 {
			alive = append(alive, life.Entity)
		}
	}
	return alive, nil
}
