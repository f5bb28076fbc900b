// Package resource hands out resources, such as addresses, names and numbers,
// and remembers to whom. It holds the engine that all resource managers share
// and the rules of each kind, one file each: IP addresses, names, numbers.
//
// What is handed out is rows on the entity that has it: <key>#n is the resource
// and <key>#n.manager the manager it came from, where the key says what kind it is
// and n is a number that no other resource of the kind has (classic:
// drivers/base/resourcemanager.py). [Of] opens a manager, [ManagerFor] finds the
// one that an address belongs to. What a manager says is free is free: it is
// checked against the live rows, and the store runs a transaction again if they
// changed before it began to write.
package resource

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/clusto/clusto"
)

// Names of the drivers whose entities are resource managers. Drivers that
// extend one of them work like it.
const (
	DriverAny        = "resourcemanager"         // hands out what it is told to
	DriverIP         = "ipmanager"               // addresses of one network
	DriverName       = "simplenamemanager"       // names
	DriverEntityName = "simpleentitynamemanager" // names for new entities
	DriverNum        = "simplenummanager"        // numbers
)

// SubkeyManager is the subkey of the relation to the manager that a resource
// came from.
const SubkeyManager = "manager"

// Manager is a resource manager: an entity that hands out resources.
type Manager struct{ *clusto.Object }

// Of returns o as a manager, or ErrInvalid if it is none.
func Of(o *clusto.Object) (*Manager, error) {
	if !o.Driver().Is(DriverAny) {
		return nil, clusto.Errorf(clusto.ErrInvalid, "%s is not a resource manager: its driver is %s", o.Name, o.Driver().Name)
	}
	return &Manager{o}, nil
}

// Key returns the key under which resources of managers with driver d are
// stored: "ip", "simplename", "simplenum" or "resource".
func Key(d *clusto.Driver) string {
	switch {
	case d.Is(DriverIP):
		return KeyIP
	case d.Is(DriverName):
		return keyName
	case d.Is(DriverNum):
		return keyNum
	}
	return keyAny
}

// keyAny is the key of what a manager without rules of its own hands out.
const keyAny = "resource"

// rules are what one kind of manager does its own way.
type rules interface {
	// form returns a resource that somebody named in the form in which it is
	// stored, or ErrInvalid if it is none.
	form(resource any) (clusto.Value, error)
	// has returns ErrInvalid if the manager does not have a resource.
	has(resource clusto.Value) error
	// users returns the rows that hold one of these resources so that the manager
	// must not hand it out again.
	users(ctx context.Context, resources ...clusto.Value) ([]clusto.Attr, error)
	// beside returns what is stored beside the resource: subkeys and values.
	beside(resource clusto.Value) []clusto.Attr
	// text returns a resource for people.
	text(resource clusto.Value) string
}

// parse returns a resource that somebody named in the form in which it is
// stored, or ErrInvalid if the manager does not have it.
func parse(r rules, resource any) (clusto.Value, error) {
	value, err := r.form(resource)
	if err != nil {
		return clusto.Value{}, err
	}
	return value, r.has(value)
}

// rules returns the rules of m for one operation.
func (m *Manager) rules(ctx context.Context) (rules, error) {
	switch d := m.Driver(); {
	case d.Is(DriverIP):
		return newIPRules(ctx, m)
	case d.Is(DriverEntityName):
		return newEntityNameRules(ctx, m)
	case d.Is(DriverName):
		return newNameRules(ctx, m)
	case d.Is(DriverNum):
		return newNumRules(ctx, m)
	}
	return plainRules{m}, nil
}

// Request says what to allocate.
type Request struct {
	// Resource is the wanted resource, such as a netip.Addr or its text;
	// nil takes the next free one.
	Resource any
	// Number is the number of the attributes that hold it; if absent it is the
	// next of its kind.
	Number clusto.Number
	// Reserved says that the wanted resource may be a reserved one.
	Reserved bool
	// IdempotencyKey, if not "", names the request: when it is repeated, by
	// whomever, it has the answer of the first time.
	IdempotencyKey string
}

// Allocate gives a resource to thing and returns the attribute that holds it.
// It returns ErrInUse if the wanted one is taken or reserved, naming by whom,
// ErrInvalid if m does not have it, and ErrExhausted if nothing is free. With an
// idempotency key it returns ErrConflict if the key was used for another
// request, and ErrNotFound if what it allocated was given back since.
func (m *Manager) Allocate(ctx context.Context, thing *clusto.Object, want Request) (clusto.Attr, error) {
	if m.Driver().Is(DriverEntityName) {
		return clusto.Attr{}, clusto.Errorf(clusto.ErrUnsupported, "%s names new entities: allocate takes a driver, not an entity", m.Name)
	}
	if want.IdempotencyKey != "" {
		return m.allocateOnce(ctx, thing, want)
	}
	return m.allocate(ctx, thing, want)
}

func (m *Manager) allocate(ctx context.Context, thing *clusto.Object, want Request) (clusto.Attr, error) {
	r, err := m.rules(ctx)
	if err != nil {
		return clusto.Attr{}, err
	}
	value, err := m.choose(ctx, r, want)
	if err != nil {
		return clusto.Attr{}, fmt.Errorf("allocate to %s: %w", thing.Name, err)
	}
	number, err := m.number(ctx, thing, want.Number)
	if err != nil {
		return clusto.Attr{}, err
	}
	held := clusto.Attr{Entity: thing.ID, Key: Key(m.Driver()), Number: clusto.Num(number), Value: value}
	rows := []clusto.Attr{held, {Subkey: clusto.Sub(SubkeyManager), Value: clusto.RelationTo(m.ID)}}
	rows = append(rows, r.beside(value)...)
	for i := range rows {
		rows[i].Key, rows[i].Number = held.Key, held.Number
	}
	return held, thing.AddAttrs(ctx, rows...)
}

// choose returns the wanted resource if it is free, or the next one.
func (m *Manager) choose(ctx context.Context, r rules, want Request) (clusto.Value, error) {
	if want.Resource == nil {
		return m.next(ctx, r)
	}
	value, err := parse(r, want.Resource)
	if err != nil {
		return clusto.Value{}, err
	}
	taken, err := r.users(ctx, value)
	if err != nil {
		return clusto.Value{}, err
	}
	if len(taken) > 0 {
		owners, err := m.Inventory().Objects(ctx, taken[0].Entity)
		if err != nil {
			return clusto.Value{}, err
		}
		return clusto.Value{}, clusto.Errorf(clusto.ErrInUse, "%s belongs to %s", r.text(value), owners[0].Name)
	}
	if x, ok := r.(row); ok && !want.Reserved {
		err = m.refuseReserved(ctx, x, value)
	}
	return value, err
}

// next returns a resource that is free.
func (m *Manager) next(ctx context.Context, r rules) (clusto.Value, error) {
	x, ok := r.(row)
	if !ok {
		return clusto.Value{}, clusto.WithHint(
			clusto.Errorf(clusto.ErrUnsupported, "%s hands out nothing by itself: its driver %s has no rule for what comes next", m.Name, m.Driver().Name),
			"name the resource")
	}
	p, err := m.pool(ctx, x)
	if err != nil {
		return clusto.Value{}, err
	}
	return p.next(ctx)
}

// number returns the number of the attributes that will hold a resource: the
// wanted one, if thing has no resource with it, or the next that it has not: one
// that was wanted before may lie ahead of the counter.
func (m *Manager) number(ctx context.Context, thing *clusto.Object, wanted clusto.Number) (int64, error) {
	n, isWanted := wanted.Get()
	if !isWanted {
		var err error
		if n, err = m.nextNumber(ctx); err != nil {
			return 0, err
		}
	}
	key := clusto.Is(Key(m.Driver()))
	there, err := thing.Attrs(ctx, clusto.AttrMatch{Key: key, Number: clusto.Is(n)})
	if err != nil || len(there) == 0 {
		return n, err
	}
	if isWanted {
		return 0, clusto.Errorf(clusto.ErrInUse, "%s has %s#%d already", thing.Name, key.Arg, n)
	}
	if there, err = thing.Attrs(ctx, clusto.AttrMatch{Key: key}); err != nil {
		return 0, err
	}
	has := make(map[clusto.Number]bool, len(there))
	for _, a := range there {
		has[a.Number] = true
	}
	for has[clusto.Num(n)] {
		if n, err = m.nextNumber(ctx); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// nextNumber returns the next number for resources of m's kind; the counter
// holds the number to give out next, not the last one.
func (m *Manager) nextNumber(ctx context.Context) (int64, error) {
	tx, err := m.Inventory().Tx()
	if err != nil {
		return 0, err
	}
	meta, err := tx.Entity(ctx, clusto.MetaEntity)
	if errors.Is(err, clusto.ErrNotFound) {
		return 0, clusto.WithHint(err, "the database was never set up; see clusto initdb")
	}
	if err != nil {
		return 0, err
	}
	key := Key(m.Driver())
	number, _, err := tx.Counter(ctx, meta.ID, key)
	if err != nil {
		return 0, err
	}
	return number, tx.SetCounter(ctx, meta.ID, key, number+1)
}

// Deallocate takes a resource of m away from thing, or with nil all that thing
// has from m. It returns how many they were, and ErrNotFound if thing does not have
// the one that was named.
func (m *Manager) Deallocate(ctx context.Context, thing *clusto.Object, resource any) (int, error) {
	if m.Driver().Is(DriverEntityName) {
		return 0, clusto.Errorf(clusto.ErrUnsupported, "%s: the name of an entity cannot be given back; rename or delete the entity", m.Name)
	}
	r, err := m.rules(ctx)
	if err != nil {
		return 0, err
	}
	held, err := m.held(ctx, r, thing, resource)
	if err != nil {
		return 0, err
	}
	freed := make([]clusto.Value, len(held))
	for i, a := range held {
		freed[i] = a.Value
		if _, err := thing.DelAttrs(ctx, clusto.AttrMatch{Key: clusto.Is(a.Key), Number: clusto.Exactly(a.Number)}); err != nil {
			return 0, err
		}
	}
	return len(freed), m.freed(ctx, r, freed)
}

// freed notes what was given back. A manager of which that cannot be said what it
// has, because somebody took its network away or misspelt a reservation, notes
// nothing: what it handed out can be given back all the same.
func (m *Manager) freed(ctx context.Context, r rules, resources []clusto.Value) error {
	x, ok := r.(row)
	if !ok || len(resources) == 0 {
		return nil
	}
	p, err := m.pool(ctx, x)
	if errors.Is(err, clusto.ErrInvalid) {
		return nil
	}
	if err != nil {
		return err
	}
	return p.freed(ctx, resources)
}

// held returns the rows of the resources that thing has from m: all, or the named
// one, which m may have no more.
func (m *Manager) held(ctx context.Context, r rules, thing *clusto.Object, resource any) ([]clusto.Attr, error) {
	rows, err := thing.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(Key(m.Driver())), Number: clusto.IsPresent[int64]()})
	if err != nil {
		return nil, err
	}
	held := managed(rows, func(id clusto.EntityID) bool { return id == m.ID })
	if resource == nil {
		return held, nil
	}
	value, err := r.form(resource)
	if err != nil {
		return nil, err
	}
	held = slices.DeleteFunc(held, func(a clusto.Attr) bool { return !a.Value.Equal(value) })
	if len(held) == 0 {
		return nil, clusto.Errorf(clusto.ErrNotFound, "%s does not have %s from %s", thing.Name, r.text(value), m.Name)
	}
	return held, nil
}
