package fleet

import (
	"context"
	"fmt"

	"github.com/clusto/clusto"
)

// keyKernel is the attribute that changes as a fleet ages.
const keyKernel = "kernel"

// How many of how many servers have what kind of past, and of how many at most
// in all: a past is made one version after the other.
const (
	everyScrapped = 200
	everyRenamed  = 50
	everyChanged  = 5
	changedAtMost = 100_000
	perVersion    = 20 // servers
)

// Scrapped reports whether aging scraps server number i.
func Scrapped(i int) bool { return i < changedAtMost && i%everyScrapped == 13 }

// Renamed reports whether aging renames server number i.
func Renamed(i int) bool { return i < changedAtMost && i%everyRenamed == 7 }

// changed reports whether aging changes an attribute of server number i.
func changed(i int) bool { return i < changedAtMost && i%everyChanged == 1 }

// NewName returns the name of server number i after aging.
func NewName(i int) string {
	if Renamed(i) {
		return "old-" + Name(i)
	}
	return Name(i)
}

// Untouched returns the number of a server that aging leaves alone, any below n
// for any draw.
func Untouched(draw int) int { return draw / everyChanged * everyChanged }

// Age gives the fleet a past: in many versions servers get another kernel, are
// renamed, and scrapped.
func (f *Fleet) Age(ctx context.Context, store clusto.Store) error {
	var batch []int
	for i := range f.Servers {
		if Scrapped(i) || Renamed(i) || changed(i) {
			batch = append(batch, i)
		}
		if len(batch) == perVersion || i == f.Servers-1 {
			if err := f.ageAll(ctx, store, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return nil
}

// ageAll ages servers in one version.
func (f *Fleet) ageAll(ctx context.Context, store clusto.Store, servers []int) error {
	if len(servers) == 0 {
		return nil
	}
	change := clusto.Change{User: "fleet", Description: fmt.Sprintf("maintenance from %s on", Name(servers[0]))}
	_, err := store.Update(ctx, change, func(tx clusto.Tx) error {
		inv := clusto.NewInventory(tx, f.drivers)
		names := make([]string, len(servers))
		for i, n := range servers {
			names[i] = Name(n)
		}
		objects, err := inv.FindObjects(ctx, clusto.Match{Names: names})
		if err != nil {
			return err
		}
		if len(objects) != len(servers) {
			return clusto.Errorf(clusto.ErrInvalid, "of %d servers from %s on there are %d; was the fleet aged before?", len(servers), names[0], len(objects))
		}
		for i, n := range servers { // objects are in the order in which they were made
			if err := age(ctx, objects[i], n); err != nil {
				return fmt.Errorf("age %s: %w", names[i], err)
			}
		}
		return nil
	})
	return err
}

// age ages server number i.
func age(ctx context.Context, server *clusto.Object, i int) error {
	switch {
	case Scrapped(i):
		return server.Delete(ctx)
	case Renamed(i):
		_, err := server.Rename(ctx, NewName(i))
		return err
	}
	return server.SetAttr(ctx, clusto.Attr{Key: keyKernel, Value: clusto.String("6.18.1")})
}
