package clusto

import (
	"context"
	"maps"
	"slices"
)

// Inventory is what drivers, scripts and daemons work with: one state of the
// inventory, or a transaction on it, together with the drivers that say what
// its entities can do.
type Inventory struct {
	Reader
	tx      Tx
	drivers *Registry
}

// NewInventory returns the inventory that r shows. It can be changed if r is a Tx.
func NewInventory(r Reader, drivers *Registry) *Inventory {
	tx, _ := r.(Tx)
	return &Inventory{Reader: r, tx: tx, drivers: drivers}
}

// Drivers returns the drivers that the inventory knows.
func (inv *Inventory) Drivers() *Registry { return inv.drivers }

// Tx returns the transaction, or ErrReadOnly if the inventory is only for reading.
func (inv *Inventory) Tx() (Tx, error) {
	if inv.tx == nil {
		return nil, Errorf(ErrReadOnly, "the inventory is open for reading only")
	}
	return inv.tx, nil
}

// Object returns the entity called name, or ErrNotFound.
func (inv *Inventory) Object(ctx context.Context, name string) (*Object, error) {
	e, err := inv.Entity(ctx, name)
	if err != nil {
		return nil, err
	}
	return inv.Wrap(e), nil
}

// Wrap returns e as an object of inv.
func (inv *Inventory) Wrap(e Entity) *Object {
	return &Object{Entity: e, inv: inv, driver: inv.drivers.For(e)}
}

// Objects returns the entities with these IDs in their order, or ErrNotFound.
func (inv *Inventory) Objects(ctx context.Context, ids ...EntityID) ([]*Object, error) {
	entities, err := inv.Entities(ctx, ids...)
	if err != nil {
		return nil, err
	}
	return inv.wrapAll(entities), nil
}

// FindObjects returns the entities that m selects.
func (inv *Inventory) FindObjects(ctx context.Context, m Match) ([]*Object, error) {
	entities, err := Collect(inv.Find(ctx, m))
	if err != nil {
		return nil, err
	}
	return inv.wrapAll(entities), nil
}

func (inv *Inventory) wrapAll(entities []Entity) []*Object {
	objects := make([]*Object, len(entities))
	for i, e := range entities {
		objects[i] = inv.Wrap(e)
	}
	return objects
}

// Create makes an entity with a driver. Properties that props does not name get
// their defaults. It returns ErrExists if the name is taken, and ErrInvalid if
// the driver has no such property.
func (inv *Inventory) Create(ctx context.Context, d *Driver, name string, props map[string]Value) (*Object, error) {
	tx, err := inv.Tx()
	if err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(props)) { // so that the same mistake is always told first
		if _, ok := d.Property(key); !ok {
			return nil, WithHint(Errorf(ErrInvalid, "driver %s has no property %s", d.Name, key),
				"store it with set_attr(key='%s', value=…)", key)
		}
	}
	attrs := d.propertyAttrs(props)
	for _, a := range attrs {
		if err := inv.mayStore(ctx, a); err != nil {
			return nil, err
		}
	}
	var e Entity
	err = inv.checked(ctx, d, tx, func(tx Tx) (Entity, error) {
		if e, err = tx.Create(ctx, name, d.EntityType(), d.Name); err != nil {
			return e, err
		}
		for i := range attrs {
			attrs[i].Entity = e.ID
		}
		return e, tx.AddAttrs(ctx, attrs...)
	})
	if err != nil {
		return nil, err
	}
	return inv.Wrap(e), nil
}

// mayStore returns the error that Tx.AddAttrs would return for a. Who has to
// change something before that asks first, so that what is refused changes nothing.
func (inv *Inventory) mayStore(ctx context.Context, a Attr) error {
	if err := a.Validate(); err != nil {
		return err
	}
	if a.Value.Kind() != KindRelation {
		return nil
	}
	_, err := inv.Entities(ctx, a.Value.Relation())
	return err
}

// propertyAttrs returns the attributes that hold the properties of a new entity:
// those given, and the defaults of the others.
func (d *Driver) propertyAttrs(given map[string]Value) []Attr {
	var attrs []Attr
	for _, p := range d.AllProperties() {
		value, ok := given[p.Name]
		if !ok {
			value = p.Default
		}
		if !value.IsNone() {
			attrs = append(attrs, Attr{Key: p.Name, Subkey: Sub(SubkeyProperty), Value: value})
		}
	}
	return attrs
}

// checked calls fn, which changes an entity with driver d in tx and returns it,
// and asks the driver's checks. What fn did is undone if one of them refuses it.
func (inv *Inventory) checked(ctx context.Context, d *Driver, tx Tx, fn func(Tx) (Entity, error)) error {
	if len(d.checks()) == 0 {
		_, err := fn(tx)
		return err
	}
	return tx.Nest(ctx, func(inner Tx) error {
		e, err := fn(inner)
		if err != nil {
			return err
		}
		o := &Object{Entity: e, inv: NewInventory(inner, inv.drivers), driver: d}
		return o.Check(ctx)
	})
}

// Check returns what the checks of o's driver have against it. Who changes an
// entity through its own methods need not ask.
func (o *Object) Check(ctx context.Context) error {
	for _, check := range o.driver.checks() {
		if err := check(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// ByAttr returns the entities with an attribute that m selects, by ID.
func (inv *Inventory) ByAttr(ctx context.Context, m AttrMatch) ([]*Object, error) {
	return inv.FindObjects(ctx, Match{Attrs: []AttrMatch{m}})
}

// ByMAC returns the entities that carry a hardware address, in whatever
// spelling: on a port, or as bootstrap.mac (classic: get_by_mac, which wants
// the very spelling).
func (inv *Inventory) ByMAC(ctx context.Context, mac MAC) ([]*Object, error) {
	return inv.ByAttr(ctx, AttrMatch{Subkey: Is("mac"), MAC: &mac})
}

// BySerial returns the entities whose system.serial is serial.
func (inv *Inventory) BySerial(ctx context.Context, serial string) ([]*Object, error) {
	return inv.ByAttr(ctx, AttrMatch{Key: Is("system"), Subkey: Is("serial"), Value: Is(String(serial))})
}

// Admits reports whether e has one of the names, types and drivers that m asks
// for, and a number after m.After. It says nothing about attributes.
func (m *Match) Admits(e Entity) bool {
	return e.ID > m.After && (m.Names == nil || slices.Contains(m.Names, e.Name)) &&
		(m.Types == nil || slices.Contains(m.Types, e.Type)) &&
		(m.Drivers == nil || slices.Contains(m.Drivers, e.Driver))
}

// ValueText returns v for people; a relation is the name of what it refers to.
func (inv *Inventory) ValueText(ctx context.Context, v Value) (string, error) {
	id := v.Relation()
	if id == 0 {
		return v.Text(), nil
	}
	entities, err := inv.Entities(ctx, id)
	if err != nil {
		return "", err
	}
	return entities[0].Name, nil
}

// Names returns the names of the entities that the values of attrs refer to.
func (inv *Inventory) Names(ctx context.Context, attrs []Attr) (map[EntityID]string, error) {
	var ids []EntityID
	for _, a := range attrs {
		if id := a.Value.Relation(); id != 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	entities, err := inv.Entities(ctx, slices.Compact(ids)...)
	if err != nil {
		return nil, err
	}
	names := make(map[EntityID]string, len(entities))
	for _, e := range entities {
		names[e.ID] = e.Name
	}
	return names, nil
}
