package fleet

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/driver/basic"
	"github.com/clusto/clusto/resource"
)

// Options say what fleet to make.
type Options struct {
	Servers int    // how many
	Seed    uint64 // other seeds make other memory sizes, owners and kernels
	// Progress, if not nil, is called after each transaction with the number of
	// servers that there are.
	Progress func(servers int)
}

// Fleet is a fleet in a database.
type Fleet struct {
	Options
	drivers *clusto.Registry
}

// The sizes of things.
const (
	PerRack           = 40     // servers
	PerDatacenter     = 100000 // servers
	racksPerNetwork   = 300
	racksPerChange    = 100
	hostBits          = 14 // of addresses: a network is a /18
	addressesPerRack  = PerRack + len(slots)
	firstHost         = 2 // .1 is the gateway
	networkPrefixBits = 32 - hostBits
)

// NameManager is the manager that names the servers.
const NameManager = "servernames"

// Pools are the pools of the fleet. Every server is in one of each group; those
// named first have half of the servers each.
var Pools = [2][]string{
	{"production", "staging", "development"},
	{"web", "database", "cache"},
}

// used is how far a fleet is made: what the next transaction goes on from. It
// is a value, so that a transaction that is run again begins with the same.
type used struct {
	racks      int
	addresses  int64 // the number of the next attribute that holds an address
	stands     int64 // racks in the datacenter
	members    [2][3]int64
	meta       clusto.EntityID
	names      clusto.EntityID
	pools      [2][3]clusto.EntityID
	datacenter clusto.EntityID
	network    clusto.EntityID
}

// Load makes a fleet in a database without one.
func Load(ctx context.Context, store clusto.Store, o Options) (*Fleet, error) {
	if o.Servers < 1 || o.Servers > 1_000_000 {
		return nil, clusto.Errorf(clusto.ErrInvalid, "a fleet of %d servers: want 1 to 1,000,000", o.Servers)
	}
	f := &Fleet{Options: o, drivers: all.Drivers()}
	var done used
	racks := (o.Servers + PerRack - 1) / PerRack
	for first := true; done.racks < racks; first = false {
		var next used
		change := clusto.Change{User: "fleet", Description: fmt.Sprintf("racks from %s", rackName(done.racks))}
		_, err := store.Update(ctx, change, func(tx clusto.Tx) error {
			l := &loader{Fleet: f, tx: tx, used: done}
			if first {
				if err := l.places(ctx); err != nil {
					return err
				}
			}
			last := min(racks, done.racks+racksPerChange)
			if err := l.lookAhead(ctx, last); err != nil {
				return err
			}
			for l.racks < last {
				if err := l.rack(ctx); err != nil {
					return err
				}
			}
			next = l.used
			return l.counters(ctx)
		})
		if err != nil {
			return nil, fmt.Errorf("load a fleet of %d servers: %w", o.Servers, err)
		}
		done = next
		if o.Progress != nil {
			o.Progress(min(done.racks*PerRack, o.Servers))
		}
	}
	return f, nil
}

// loader makes part of a fleet in one transaction.
type loader struct {
	*Fleet
	used
	tx   clusto.Tx
	rows []clusto.Attr // to be added
}

// lookAhead asks at once whether the names of what comes before rack number last
// are free: the transaction remembers the answer.
func (l *loader) lookAhead(ctx context.Context, last int) error {
	var names []string
	for rack := l.racks; rack < last; rack++ {
		names = append(names, rackName(rack))
		for _, s := range slots {
			names = append(names, deviceName(rack, s))
		}
	}
	for i := l.racks * PerRack; i < min(last*PerRack, l.Servers); i++ {
		names = append(names, Name(i))
	}
	e, taken, err := clusto.First(l.tx.Find(ctx, clusto.Match{Names: names}))
	if err == nil && taken {
		err = clusto.Errorf(clusto.ErrExists, "there is a fleet already: it has %s", e.Name)
	}
	return err
}

// random returns what server number i draws from, whatever was made before it.
func (f *Fleet) random(i int) *rand.Rand { return rand.New(rand.NewPCG(f.Seed, uint64(i))) }

// make makes an entity through its driver.
func (l *loader) make(ctx context.Context, d *clusto.Driver, name string, props map[string]clusto.Value) (clusto.EntityID, error) {
	o, err := clusto.NewInventory(l.tx, l.drivers).Create(ctx, d, name, props)
	if err != nil {
		return 0, err
	}
	return o.ID, nil
}

// places makes what there is one of.
func (l *loader) places(ctx context.Context) error {
	meta, err := l.tx.Entity(ctx, clusto.MetaEntity)
	if err != nil {
		return err
	}
	l.meta = meta.ID
	if l.addresses, _, err = l.tx.Counter(ctx, meta.ID, resource.KeyIP); err != nil {
		return err
	}
	l.names, err = l.make(ctx, basic.EntityNameManager, NameManager, map[string]clusto.Value{
		"basename": clusto.String("s"), "digits": clusto.Int(nameDigits),
	})
	if err != nil {
		return err
	}
	for g, group := range Pools {
		for i, name := range group {
			if l.pools[g][i], err = l.make(ctx, basic.Pool, name, nil); err != nil {
				return err
			}
			l.add(l.pools[g][i], "role", clusto.String(name))
			l.add(l.pools[g][i], "contact", clusto.String(name+"@example.com"))
		}
	}
	return nil
}

// counters leaves the counters as the drivers that had made all of this would.
func (l *loader) counters(ctx context.Context) error {
	type counter struct {
		of    clusto.EntityID
		key   string
		value int64
	}
	all := []counter{
		{l.meta, resource.KeyIP, l.addresses},
		{l.names, "next", int64(min(l.racks*PerRack, l.Servers)) + 1},
		{l.datacenter, clusto.KeyContains, l.stands - 1},
	}
	for g := range l.members {
		for i, n := range l.members[g] {
			if n > 0 {
				all = append(all, counter{l.pools[g][i], clusto.KeyContains, n - 1})
			}
		}
	}
	for _, c := range all {
		if err := l.tx.SetCounter(ctx, c.of, c.key, c.value); err != nil {
			return err
		}
	}
	return nil
}

// add notes an attribute without number and subkey.
func (l *loader) add(of clusto.EntityID, key string, v clusto.Value) {
	l.rows = append(l.rows, clusto.Attr{Entity: of, Key: key, Value: v})
}

// addSub notes an attribute with a subkey.
func (l *loader) addSub(of clusto.EntityID, key, subkey string, v clusto.Value) {
	l.rows = append(l.rows, clusto.Attr{Entity: of, Key: key, Subkey: clusto.Sub(subkey), Value: v})
}

// addAt notes an attribute with a number and, unless it is "", a subkey.
func (l *loader) addAt(of clusto.EntityID, key string, number int64, subkey string, v clusto.Value) {
	a := clusto.Attr{Entity: of, Key: key, Number: clusto.Num(number), Value: v}
	if subkey != "" {
		a.Subkey = clusto.Sub(subkey)
	}
	l.rows = append(l.rows, a)
}

// flush adds the attributes that were noted.
func (l *loader) flush(ctx context.Context) error {
	err := l.tx.AddAttrs(ctx, l.rows...)
	l.rows = l.rows[:0]
	return err
}
