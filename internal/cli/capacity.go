package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// perGigabyte is how many megabytes, in which system.memory counts, a gigabyte has.
const perGigabyte = 1024

// capacity is what a server has, or is to have at least. Memory and disk are in
// gigabytes.
type capacity struct{ memory, cores, disk, spindles int64 }

// holder is a server with what it has; unknown is the largest number.
type holder struct {
	api.Entity
	has capacity // its memory in megabytes
}

// chooseServers returns as many servers as number says that are in parent and in pool at
// any depth, have an address and at least some capacity: the smallest by disk, cores,
// memory and number of disks, where what is not known counts as large. It returns
// ErrExhausted if there are not as many.
func chooseServers(ctx context.Context, c *client.Client, parent, pool string, least capacity, number int) ([]api.Entity, error) {
	both, err := c.Combine(ctx, api.CombineContainersParams{All: []string{parent, pool}, Type: []string{"server"}})
	if err != nil {
		return nil, err
	}
	direct, err := c.Contents(ctx, pool, api.ListContentsParams{})
	if err != nil {
		return nil, err
	}
	inside := placementNames(direct.Entities)
	var names []string
	for _, e := range both.Entities {
		if slices.Contains(inside, e.Name) { // from where it can be taken out
			names = append(names, e.Name)
		}
	}
	fit, err := serversWith(ctx, c, names, least)
	if err != nil {
		return nil, err
	}
	if len(fit) < number {
		return nil, clusto.Errorf(clusto.ErrExhausted, "of the %s of the pool %s in %s, %d have an address and what is asked for; wanted: %d",
			counted(len(names), "server"), pool, parent, len(fit), number)
	}
	slices.SortStableFunc(fit, func(a, b holder) int {
		return cmp.Or(cmp.Compare(a.has.disk, b.has.disk), cmp.Compare(a.has.cores, b.has.cores),
			cmp.Compare(a.has.memory, b.has.memory), cmp.Compare(a.has.spindles, b.has.spindles), cmp.Compare(a.Name, b.Name))
	})
	var chosen []api.Entity
	for _, h := range fit[:number] {
		chosen = append(chosen, h.Entity)
	}
	return chosen, nil
}

// serversWith returns those of some servers that have an address and at least some
// capacity.
func serversWith(ctx context.Context, c *client.Client, names []string, least capacity) ([]holder, error) {
	filter := client.Filter{Fields: []string{"attrs", "addresses"}, Attr: []string{"system.*", "disk.size"}}
	found, err := entitiesCalled(ctx, c, names, filter)
	if err != nil {
		return nil, err
	}
	var fit []holder
	for _, e := range found {
		if h := capacityOf(*e); len(addressTexts(*e)) > 0 && h.meets(least) {
			fit = append(fit, h)
		}
	}
	return fit, nil
}

// capacityOf returns what the attributes of an entity say that it has.
func capacityOf(e api.Entity) holder {
	h := holder{Entity: e, has: capacity{memory: math.MaxInt64, cores: math.MaxInt64, disk: math.MaxInt64}}
	for _, a := range optional(e.Attrs) {
		if a.Subkey == nil {
			continue
		}
		n, known := wholeNumber(a.Value)
		switch path := a.Key + "." + *a.Subkey; {
		case path == "disk.size":
			h.has.spindles++
		case !known:
		case path == "system.memory":
			h.has.memory = n
		case path == "system.cpucount":
			h.has.cores = n
		case path == "system.disk":
			h.has.disk = n
		}
	}
	return h
}

// wholeNumber returns the number that a value is; commands of classic clusto stored
// numbers as texts.
func wholeNumber(value json.RawMessage) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(argumentText(value)), 10, 64)
	return n, err == nil
}

// meets reports whether a server has at least some capacity. What is not known is not
// enough, if it is asked for.
func (h *holder) meets(least capacity) bool {
	enough := func(has, wanted int64) bool { return wanted == 0 || has != math.MaxInt64 && has >= wanted }
	return enough(h.has.memory, least.memory*perGigabyte) && enough(h.has.cores, least.cores) &&
		enough(h.has.disk, least.disk) && enough(h.has.spindles, least.spindles)
}
