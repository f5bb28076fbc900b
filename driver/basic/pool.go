package basic

import (
	"context"
	"slices"

	"github.com/clusto/clusto"
)

// Names of the drivers of pools, and their type.
const (
	typePool        = "pool"
	driverPool      = "pool"
	driverExclusive = "exclusive_pool"
	driverUnique    = "unique_pool"
)

// Pool groups things: a thing may be in any number of pools, and pools in pools.
var Pool = &clusto.Driver{
	Name: driverPool, Class: "Pool", Type: typePool, Base: Entity,
	Doc: "a group of things, which may be in other groups as well",
	Methods: []*clusto.Method{
		clusto.M("insert", "thing", "Put a thing into the pool.", insertIntoPool),
		clusto.M("is_parent", "thing", "Whether a thing is in the pool, or in a pool in it.", isParent),
		clusto.ClassM("get_pools", "obj, allPools=True", "The pools that a thing is in; with allPools the pools that those are in too, and so on.",
			func(ctx context.Context, _ *clusto.Inventory, obj *clusto.Object, all bool) ([]*clusto.Object, error) {
				return poolsOf(ctx, obj, all)
			}),
	},
}

// ExclusivePool is a pool whose members are in no other pool.
var ExclusivePool = &clusto.Driver{
	Name: driverExclusive, Class: "ExclusivePool", Base: Pool,
	Doc:     "a pool whose members are in no other pool",
	Methods: []*clusto.Method{clusto.M("insert", "thing", "Put a thing that is in no pool into this one.", insertExclusively)},
}

// UniquePool is a pool whose members are in no other pool of this driver.
var UniquePool = &clusto.Driver{
	Name: driverUnique, Class: "UniquePool", Base: Pool,
	Doc:     "a pool whose members are in no other unique pool",
	Methods: []*clusto.Method{clusto.M("insert", "thing", "Put a thing that is in no other unique pool into this one.", insertUniquely)},
}

func insertIntoPool(ctx context.Context, pool, thing *clusto.Object) error {
	places, err := thing.Parents(ctx, false, clusto.Match{})
	if err != nil {
		return err
	}
	for _, place := range places {
		if place.ID == pool.ID || place.Driver().Is(driverExclusive) {
			return alreadyIn(pool, thing, place)
		}
	}
	return pool.Place(ctx, thing, clusto.Subkey{})
}

func insertExclusively(ctx context.Context, pool, thing *clusto.Object) error {
	pools, err := poolsOf(ctx, thing, true)
	if err != nil {
		return err
	}
	if len(pools) > 0 {
		return alreadyIn(pool, thing, pools[0])
	}
	return insertIntoPool(ctx, pool, thing)
}

func insertUniquely(ctx context.Context, pool, thing *clusto.Object) error {
	places, err := thing.Parents(ctx, false, clusto.Match{})
	if err != nil {
		return err
	}
	for _, place := range places {
		if place.Driver().Is(driverUnique) {
			return alreadyIn(pool, thing, place)
		}
	}
	return insertIntoPool(ctx, pool, thing)
}

func isParent(ctx context.Context, pool, thing *clusto.Object) (bool, error) {
	pools, err := poolsOf(ctx, thing, true)
	return slices.ContainsFunc(pools, func(p *clusto.Object) bool { return p.ID == pool.ID }), err
}

// poolsOf returns the pools that thing is in, with all also those that these are in,
// and so on, each once and the nearest first. What a pool gets through a rack or
// another thing that is not a pool does not count (classic: pool.py, get_pools).
func poolsOf(ctx context.Context, thing *clusto.Object, all bool) ([]*clusto.Object, error) {
	var pools []*clusto.Object
	seen := map[clusto.EntityID]bool{thing.ID: true}
	level := []clusto.EntityID{thing.ID}
	for len(level) > 0 {
		places, err := thing.Inventory().Parents(ctx, level, false)
		if err != nil {
			return nil, err
		}
		level = nil
		for _, place := range places {
			if place.Type == typePool && !seen[place.ID] {
				seen[place.ID] = true
				pools = append(pools, thing.Inventory().Wrap(place.Entity))
				level = append(level, place.ID)
			}
		}
		if !all {
			break
		}
	}
	return pools, nil
}
