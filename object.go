package clusto

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
)

// Object is one entity seen through its driver, in one [Inventory]. It must not
// be used after the transaction or view of that inventory has ended. Its fields
// are what the entity was when the object was made.
type Object struct {
	Entity
	inv    *Inventory
	driver *Driver
}

// Driver returns o's driver.
func (o *Object) Driver() *Driver { return o.driver }

// Inventory returns the inventory that o belongs to.
func (o *Object) Inventory() *Inventory { return o.inv }

// String returns o's name.
func (o *Object) String() string { return o.Name }

// Call runs the method called name. It returns ErrUnsupported if o's driver has
// none, and ErrInvalid if the arguments do not fit.
func (o *Object) Call(ctx context.Context, name string, args ...any) (any, error) {
	m := o.driver.Method(name)
	if m == nil {
		return nil, Errorf(ErrUnsupported, "%s: driver %s has no method %s", o.Name, o.driver.Name, name)
	}
	arranged, err := m.Arrange(args, nil)
	if err != nil {
		return nil, err
	}
	return m.Call(ctx, o.inv, o, arranged)
}

// Attrs returns o's attributes that m selects, sorted by key; those of one key
// stand in the order in which they were made.
func (o *Object) Attrs(ctx context.Context, m AttrMatch) ([]Attr, error) {
	m.Entities = []EntityID{o.ID}
	attrs, err := Collect(o.inv.Attrs(ctx, m))
	if err != nil {
		return nil, err
	}
	SortByKey(attrs)
	return attrs, nil
}

// ReadAhead reads all attributes of o. A transaction remembers them, so that many
// questions about one entity cost no more than this one.
func (o *Object) ReadAhead(ctx context.Context) error {
	_, err := o.Attrs(ctx, AttrMatch{})
	return err
}

// MergedAttrs returns the attributes of o and of all its containers that m
// selects, sorted by key; within a key the nearest come first. Nothing is
// overridden: who wants one value takes the first.
func (o *Object) MergedAttrs(ctx context.Context, m AttrMatch) ([]Attr, error) {
	parents, err := o.inv.Parents(ctx, []EntityID{o.ID}, true)
	if err != nil {
		return nil, err
	}
	rank := make(map[EntityID]int, len(parents)+1)
	m.Entities = []EntityID{o.ID}
	rank[o.ID] = 0
	for i, p := range parents {
		m.Entities = append(m.Entities, p.ID)
		rank[p.ID] = i + 1
	}
	attrs, err := Collect(o.inv.Attrs(ctx, m))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(attrs, func(a, b Attr) int {
		return cmp.Or(strings.Compare(a.Key, b.Key), cmp.Compare(rank[a.Entity], rank[b.Entity]))
	})
	return attrs, nil
}

// Value returns the value of o's attribute that m selects and whether there is
// one. It returns ErrInvalid if several match.
func (o *Object) Value(ctx context.Context, m AttrMatch) (Value, bool, error) {
	attrs, err := o.Attrs(ctx, m)
	if err != nil || len(attrs) == 0 {
		return Value{}, false, err
	}
	if len(attrs) > 1 {
		return Value{}, false, Errorf(ErrInvalid, "%s: %d attributes match, %s and others, where one is wanted", o.Name, len(attrs), attrs[0].Name())
	}
	return attrs[0].Value, true, nil
}

// MergedValue returns the nearest value among the merged attributes that m
// selects and whether there is one.
func (o *Object) MergedValue(ctx context.Context, m AttrMatch) (Value, bool, error) {
	attrs, err := o.MergedAttrs(ctx, m)
	if err != nil || len(attrs) == 0 {
		return Value{}, false, err
	}
	return attrs[0].Value, true, nil
}

// AddAttr adds an attribute to o, whatever is there already.
func (o *Object) AddAttr(ctx context.Context, a Attr) error {
	return o.AddAttrs(ctx, a)
}

// AddAttrs adds attributes to o, all or none.
func (o *Object) AddAttrs(ctx context.Context, attrs ...Attr) error {
	tx, err := o.inv.Tx()
	if err != nil {
		return err
	}
	property := false
	for i := range attrs {
		attrs[i].Entity = o.ID
		property = property || attrs[i].Subkey == Sub(SubkeyProperty)
	}
	if !property {
		return tx.AddAttrs(ctx, attrs...)
	}
	return o.inv.checked(ctx, o.driver, tx, func(tx Tx) (Entity, error) {
		return o.Entity, tx.AddAttrs(ctx, attrs...)
	})
}

// NextNumber returns the next number for o's attributes with a key: 0 first, and
// never one that was returned before. Deleted attributes do not give their
// numbers back (classic: schema.py, Counter).
func (o *Object) NextNumber(ctx context.Context, key string) (int64, error) {
	tx, err := o.inv.Tx()
	if err != nil {
		return 0, err
	}
	last, ok, err := tx.Counter(ctx, o.ID, key)
	if err != nil {
		return 0, err
	}
	next := last + 1
	if !ok {
		next = 0
	}
	return next, tx.SetCounter(ctx, o.ID, key, next)
}

// SetAttr makes a the only attribute of o with its key, number and subkey.
// If it is there with that value already, nothing is written. It returns
// ErrInvalid if there are several.
func (o *Object) SetAttr(ctx context.Context, a Attr) error {
	tx, err := o.inv.Tx()
	if err != nil {
		return err
	}
	a.Entity = o.ID
	if err := o.inv.mayStore(ctx, a); err != nil {
		return err
	}
	m := AttrMatch{Entities: []EntityID{o.ID}, Key: Is(a.Key), Number: Exactly(a.Number), Subkey: Exactly(a.Subkey)}
	old, err := Collect(o.inv.Attrs(ctx, m))
	switch {
	case err != nil:
		return err
	case len(old) > 1:
		return WithHint(Errorf(ErrInvalid, "%s has %d attributes %s, cannot set one", o.Name, len(old), a.Name()),
			"delete them first, or add another")
	case len(old) == 1 && old[0].Value.Equal(a.Value):
		return nil
	}
	replace := func(tx Tx) (Entity, error) {
		if len(old) == 1 {
			if _, err := tx.DelAttrs(ctx, m); err != nil {
				return o.Entity, err
			}
		}
		return o.Entity, tx.AddAttrs(ctx, a)
	}
	if a.Subkey == Sub(SubkeyProperty) {
		return o.inv.checked(ctx, o.driver, tx, replace)
	}
	_, err = replace(tx)
	return err
}

// DelAttrs removes o's attributes that m selects and returns how many they were.
func (o *Object) DelAttrs(ctx context.Context, m AttrMatch) (int, error) {
	tx, err := o.inv.Tx()
	if err != nil {
		return 0, err
	}
	m.Entities = []EntityID{o.ID}
	var n int
	err = o.inv.checked(ctx, o.driver, tx, func(tx Tx) (Entity, error) {
		n, err = tx.DelAttrs(ctx, m)
		return o.Entity, err
	})
	return n, err
}

// Property returns the value of a property: the stored one, else the driver's
// default. It returns ErrNotFound if the driver has no such property.
func (o *Object) Property(ctx context.Context, name string) (Value, error) {
	p, ok := o.driver.Property(name)
	if !ok {
		return Value{}, Errorf(ErrNotFound, "%s: driver %s has no property %s", o.Name, o.driver.Name, name)
	}
	v, ok, err := o.Value(ctx, AttrMatch{Key: Is(name), Subkey: Is(SubkeyProperty)})
	if err != nil {
		return Value{}, err
	}
	if !ok {
		return p.Default, nil
	}
	return v, nil
}

// SetProperty stores the value of a property, or ErrNotFound.
func (o *Object) SetProperty(ctx context.Context, name string, v Value) error {
	if _, ok := o.driver.Property(name); !ok {
		return WithHint(Errorf(ErrNotFound, "%s: driver %s has no property %s", o.Name, o.driver.Name, name),
			"store it with set_attr(key='%s', value=…)", name)
	}
	return o.SetAttr(ctx, Attr{Key: name, Subkey: Sub(SubkeyProperty), Value: v})
}

// References returns the attributes of o whose value is a relation.
func (o *Object) References(ctx context.Context, m AttrMatch) ([]Attr, error) {
	attrs, err := o.Attrs(ctx, m)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(attrs, func(a Attr) bool { return a.Value.Relation() == 0 }), nil
}

// ReferringAttrs returns the attributes, of whatever entity, whose value is o
// and which m selects, in the order in which they were made.
func (o *Object) ReferringAttrs(ctx context.Context, m AttrMatch) ([]Attr, error) {
	m.RelatedTo = []EntityID{o.ID}
	return Collect(o.inv.Attrs(ctx, m))
}

// Referencers returns the entities with an attribute whose value is o and which
// m selects, each once, in the order of the last of these attributes of each
// (classic: drivers/base/driver.py, referencers).
func (o *Object) Referencers(ctx context.Context, m AttrMatch) ([]*Object, error) {
	attrs, err := o.ReferringAttrs(ctx, m)
	if err != nil {
		return nil, err
	}
	var ids []EntityID
	seen := map[EntityID]bool{}
	for _, a := range slices.Backward(attrs) {
		if !seen[a.Entity] {
			seen[a.Entity] = true
			ids = append(ids, a.Entity)
		}
	}
	slices.Reverse(ids)
	return o.inv.Objects(ctx, ids...)
}

// replaceable returns the transaction in which o may become something else, or
// ErrInvalid for the one entity that numbers what resource managers hand out.
func (o *Object) replaceable(how string) (Tx, error) {
	if o.Name == MetaEntity {
		return nil, Errorf(ErrInvalid, "%s belongs to the database itself and cannot be %s", o.Name, how)
	}
	return o.inv.Tx()
}

// Rename gives o another name and returns it under that. It returns ErrExists or ErrInvalid.
func (o *Object) Rename(ctx context.Context, name string) (*Object, error) {
	tx, err := o.replaceable("renamed")
	if err != nil {
		return nil, err
	}
	if err := tx.Rename(ctx, o.ID, name); err != nil {
		return nil, err
	}
	return o.reload(ctx)
}

// ChangeDriver gives o another driver and returns it with that, unless a check of
// the driver refuses it. Its attributes stay as they are.
func (o *Object) ChangeDriver(ctx context.Context, d *Driver) (*Object, error) {
	tx, err := o.replaceable("given another driver")
	if err != nil {
		return nil, err
	}
	err = o.inv.checked(ctx, d, tx, func(tx Tx) (Entity, error) {
		changed := o.Entity
		changed.Type, changed.Driver = d.EntityType(), d.Name
		return changed, tx.ChangeDriver(ctx, o.ID, changed.Type, changed.Driver)
	})
	if err != nil {
		return nil, err
	}
	return o.reload(ctx)
}

func (o *Object) reload(ctx context.Context) (*Object, error) {
	objects, err := o.inv.Objects(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	return objects[0], nil
}

// Subkeys of what makes up one end of a cable.
const (
	SubkeyConnection = "connection"   // the relation to the device on the other end
	SubkeyOtherPort  = "otherportnum" // which port of that device it is
)

// Delete removes o, its attributes, and what refers to it. A port that was
// connected to o is free afterwards: classic left the peer's otherportnum.
func (o *Object) Delete(ctx context.Context) error {
	tx, err := o.replaceable("deleted")
	if err != nil {
		return err
	}
	connections, err := o.ReferringAttrs(ctx, AttrMatch{Key: Like("port-*"), Subkey: Is(SubkeyConnection)})
	if err != nil {
		return err
	}
	for _, c := range connections {
		_, err := tx.DelAttrs(ctx, AttrMatch{
			Entities: []EntityID{c.Entity}, Key: Is(c.Key), Number: Exactly(c.Number), Subkey: Is(SubkeyOtherPort),
		})
		if err != nil {
			return err
		}
	}
	return tx.Delete(ctx, o.ID)
}

// Exists reports whether an entity called name is there.
func (inv *Inventory) Exists(ctx context.Context, name string) (bool, error) {
	_, err := inv.Entity(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
