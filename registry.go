package clusto

import (
	"cmp"
	"maps"
	"slices"
	"sync"
)

// RootDriver is the name of the driver that all others extend, and that stands
// in for a driver that is not loaded.
const RootDriver = "entity"

// Registry holds the drivers that a program knows. It is safe for use by many
// goroutines.
type Registry struct {
	mu      sync.RWMutex // guards the maps
	byName  map[string]*Driver
	byClass map[string]*Driver
	mixins  map[string]*Mixin
}

// NewRegistry returns a registry of the given drivers. It panics if two of them
// claim one name, or one is not valid, which is a bug.
func NewRegistry(drivers ...*Driver) *Registry {
	r := &Registry{
		byName:  map[string]*Driver{},
		byClass: map[string]*Driver{},
		mixins:  map[string]*Mixin{},
	}
	for _, d := range drivers {
		if _, err := r.Register(d); err != nil {
			panic(err)
		}
	}
	return r
}

// Register adds d. A driver of the same name or class that was itself defined by
// a script is replaced and returned; the one it came from may redefine it, and
// so may the shell. It returns ErrExists if the name or class belongs to a
// driver that is built in, or to another file.
func (r *Registry) Register(d *Driver) (replaced *Driver, err error) {
	if err := d.validate(); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var there []*Driver
	for _, old := range []*Driver{r.byName[d.Name], r.byClass[d.Class]} {
		if old == nil {
			continue
		}
		if err := mayReplace(old, d); err != nil {
			return nil, err
		}
		there = append(there, old)
	}
	for _, old := range there {
		replaced = old
		delete(r.byClass, old.Class)
		delete(r.byName, old.Name)
	}
	r.byName[d.Name] = d
	r.byClass[d.Class] = d
	for _, m := range d.Mixins {
		r.mixins[m.Class] = m
	}
	return replaced, nil
}

// Unregister takes back what Register did: d goes, and what it replaced, if that
// is not nil, is there again. If d was itself replaced since, nothing happens.
func (r *Registry) Unregister(d, replaced *Driver) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byName[d.Name] != d {
		return
	}
	delete(r.byName, d.Name)
	delete(r.byClass, d.Class)
	if replaced != nil {
		r.byName[replaced.Name] = replaced
		r.byClass[replaced.Class] = replaced
	}
}

// Origins of drivers that are neither built in nor from a file of the user.
const (
	OriginShell    = "<shell>"
	OriginEmbedded = "<embedded>" // prefix of the files that ship inside the binary
)

func mayReplace(old, d *Driver) error {
	switch {
	case old.Origin == "":
		return WithHint(Errorf(ErrExists, "driver %s (class %s) is built in and cannot be redefined", old.Name, old.Class),
			"choose another class name and _driver_name")
	case old.Origin == d.Origin, d.Origin == OriginShell, old.Origin == OriginShell, isEmbedded(old.Origin):
		return nil
	}
	return WithHint(Errorf(ErrExists, "driver %s (class %s) is defined in %s already", old.Name, old.Class, old.Origin),
		"two files cannot define one driver; remove one or rename it")
}

func isEmbedded(origin string) bool {
	return len(origin) >= len(OriginEmbedded) && origin[:len(OriginEmbedded)] == OriginEmbedded
}

// Driver returns the driver called name and whether there is one.
func (r *Registry) Driver(name string) (*Driver, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	d, ok := r.byName[name]
	return d, ok
}

// Class returns the driver with a class name and whether there is one.
func (r *Registry) Class(class string) (*Driver, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	d, ok := r.byClass[class]
	return d, ok
}

// Mixin returns the mixin with a class name and whether there is one.
func (r *Registry) Mixin(class string) (*Mixin, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	m, ok := r.mixins[class]
	return m, ok
}

// For returns the driver of an entity, or the root driver if that is not
// loaded: such an entity can be read, but has no abilities of its own.
func (r *Registry) For(e Entity) *Driver {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if d, ok := r.byName[e.Driver]; ok {
		return d
	}
	return r.byName[RootDriver]
}

// Drivers returns all drivers, sorted by name.
func (r *Registry) Drivers() []*Driver {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.SortedFunc(maps.Values(r.byName), func(a, b *Driver) int { return cmp.Compare(a.Name, b.Name) })
}

// Mixins returns all mixins, sorted by class.
func (r *Registry) Mixins() []*Mixin {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.SortedFunc(maps.Values(r.mixins), func(a, b *Mixin) int { return cmp.Compare(a.Class, b.Class) })
}

// Types returns the types that the drivers' entities have, sorted.
func (r *Registry) Types() []string {
	var types []string
	for _, d := range r.Drivers() {
		types = append(types, d.EntityType())
	}
	slices.Sort(types)
	return slices.Compact(types)
}
