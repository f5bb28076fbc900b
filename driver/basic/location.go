package basic

import (
	"context"

	"github.com/clusto/clusto"
)

// Location is a place. A thing is in one place of each driver at most: one
// datacenter, one cage, one zone.
var Location = &clusto.Driver{
	Name: "location", Class: "Location", Type: "location", Base: Entity,
	Doc:     "a place that contains other places or things",
	Methods: []*clusto.Method{clusto.M("insert", "thing", "Put a thing into this place.", insertIntoLocation)},
}

// Datacenter is a building or the part of it that is ours.
var Datacenter = &clusto.Driver{
	Name: "basicdatacenter", Class: "BasicDatacenter", Type: "datacenter", Base: Location, Doc: "a datacenter",
}

// Cage is a part of a datacenter.
var Cage = &clusto.Driver{
	Name: "basiccage", Class: "BasicCage", Type: "cage", Base: Location, Doc: "a cage in a datacenter",
}

// Zone is a part of a datacenter that fails as a whole, or a region of a cloud.
var Zone = &clusto.Driver{
	Name: "basiczone", Class: "BasicZone", Type: "zone", Base: Location, Doc: "a zone",
}

func insertIntoLocation(ctx context.Context, place, thing *clusto.Object) error {
	places, err := thing.Parents(ctx, false, clusto.Match{Drivers: []string{place.Entity.Driver}})
	if err != nil {
		return err
	}
	if len(places) > 0 {
		return alreadyIn(place, thing, places[0])
	}
	return place.Place(ctx, thing, clusto.Subkey{})
}
