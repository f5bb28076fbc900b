package fsck

import (
	"fmt"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// counterKey names a counter.
type counterKey struct {
	entity clusto.EntityID
	key    string
}

// counters looks for counters that would give out a number again. Most hold
// the last number given out; those of the meta entity, which number resources,
// hold the next (classic: drivers/base/resourcemanager.py, allocate).
type counters struct {
	*world
	highest   map[counterKey]int64 // number in use
	resources map[string]int64     // likewise, of all entities by the key of a kind of resource
}

func newCounters(w *world) looker {
	c := &counters{world: w, highest: map[counterKey]int64{}, resources: map[string]int64{}}
	for _, row := range w.counters {
		c.highest[counterKey{row.Entity, w.word(row.Key)}] = -1
	}
	for key := range w.resourceKeys() {
		c.resources[key] = -1
	}
	return c
}

// resourceKeys returns the keys under which resources are stored.
func (w *world) resourceKeys() map[string]bool {
	keys := map[string]bool{}
	for _, name := range []string{resource.DriverAny, resource.DriverIP, resource.DriverName, resource.DriverNum} {
		if d, ok := w.options.Drivers.Driver(name); ok {
			keys[resource.Key(d)] = true
		}
	}
	return keys
}

func (c *counters) see(a *clusto.StoredAttr) {
	n, numbered := a.Number.Get()
	if !numbered || !c.lives(a.Entity) {
		return
	}
	if last, counted := c.resources[a.Key]; counted {
		c.resources[a.Key] = max(last, n)
		return
	}
	k := counterKey{a.Entity, a.Key}
	if last, counted := c.highest[k]; counted && !clusto.InUnit(a.Subkey) {
		c.highest[k] = max(last, n)
	}
}

func (c *counters) judge() {
	var meta clusto.EntityID
	if all := c.named[clusto.MetaEntity]; len(all) > 0 {
		meta = all[0]
	}
	has := map[counterKey]bool{}
	for start := 0; start < len(c.counters); {
		row, end, value := c.counters[start], start, c.counters[start].Value
		for ; end < len(c.counters) && c.counters[end].Entity == row.Entity && c.counters[end].Key == row.Key; end++ {
			value = max(value, c.counters[end].Value)
		}
		k := counterKey{row.Entity, row.Key}
		has[k] = true
		if c.lives(row.Entity) {
			c.judgeCounter(k, value, end-start, meta)
		}
		start = end
	}
	for key, last := range sorted(c.resources) {
		if k := (counterKey{meta, key}); meta != 0 && last >= 0 && !has[k] {
			c.behind(k, 0, last, last+1)
		}
	}
}

// judgeCounter reports a counter of which there are so many rows, the highest
// with a value.
func (c *counters) judgeCounter(k counterKey, value int64, rows int, meta clusto.EntityID) {
	last, isResource := c.resources[k.key]
	want := last + 1
	if isResource = isResource && k.entity == meta; !isResource {
		last = c.highest[k]
		want = last
	}
	switch {
	case last >= 0 && value < want:
		c.behind(k, value, last, want)
	case rows > 1:
		c.report(Warning, ids{k.entity}, fmt.Sprintf("the counter %s of %s is there %d times", k.key, c.name(k.entity), rows),
			fmt.Sprintf("keeps the highest, %d", value), set(k, value))
	}
}

func (c *counters) behind(k counterKey, value, last, want int64) {
	c.report(Warning, ids{k.entity}, fmt.Sprintf("the counter %s of %s is at %d, and numbers up to %d are in use", k.key, c.name(k.entity), value, last),
		fmt.Sprintf("moves it to %d", want), set(k, want))
}

// set returns the mending that gives a counter a value.
func set(k counterKey, value int64) *mending {
	return &mending{counters: []clusto.StoredCounter{{Entity: k.entity, Key: k.key, Value: value}}}
}
