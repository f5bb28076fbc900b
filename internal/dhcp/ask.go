package dhcp

import (
	"context"
	"slices"

	"github.com/clusto/clusto"
)

// Unchanging is a Reader that shows one state for ever, such as a snapshot. What
// depends on containers and managers alone is then read once for it.
type Unchanging interface {
	clusto.Reader
	// Unchanging returns what tells the state from all others; it is compared by
	// ==. It returns false if the Reader may come to show something else.
	Unchanging() (state any, ok bool)
}

// Direct is an Unchanging Reader that answers what every decision asks at once,
// without a sequence or memory of its own.
type Direct interface {
	Unchanging
	// EntityOf returns the entity with an ID, and whether there is one.
	EntityOf(id clusto.EntityID) (clusto.Entity, bool)
	// AppendMAC appends the attributes with a subkey that are a hardware address
	// in any spelling, in any order.
	AppendMAC(to []clusto.Attr, subkey string, mac clusto.MAC) []clusto.Attr
	// AppendAttrs appends the attributes of an entity.
	AppendAttrs(to []clusto.Attr, of clusto.EntityID) []clusto.Attr
	// AppendContainers appends what an entity is directly in, in ascending order.
	AppendContainers(to []clusto.EntityID, of clusto.EntityID) []clusto.EntityID
	// AppendHaving appends the entities that have attributes with a key, and perhaps
	// some that have not, in an order that is the same where they are the same.
	AppendHaving(to []clusto.EntityID, key string) []clusto.EntityID
	// Mark returns what is the same, by ==, in all states in which an entity and its
	// attributes are the same; it may differ in them. Nil says nothing.
	Mark(of clusto.EntityID) any
}

// marks are those of several entities.
type marks []any

// mark returns the marks of entities, or nil without quick.
func mark(quick Direct, entities []clusto.EntityID) marks {
	if quick == nil {
		return nil
	}
	all := make(marks, len(entities))
	for i, id := range entities {
		all[i] = quick.Mark(id)
	}
	return all
}

// hold reports whether the entities are surely what they were.
func (m marks) hold(quick Direct, entities []clusto.EntityID) bool {
	if quick == nil || len(m) != len(entities) {
		return false
	}
	for i, id := range entities {
		if m[i] == nil || m[i] != quick.Mark(id) {
			return false
		}
	}
	return true
}

// macAttrs returns the attributes with a subkey that are the client's hardware
// address. They are there until the next question about attributes.
func (d *decision) macAttrs(ctx context.Context, subkey string) ([]clusto.Attr, error) {
	if d.quick != nil {
		d.attrs = d.quick.AppendMAC(d.attrs[:0], subkey, d.c.MAC)
		return d.attrs, nil
	}
	return d.collect(d.r.Attrs(ctx, clusto.AttrMatch{Subkey: clusto.Is(subkey), MAC: &d.c.MAC}))
}

// hostAttrs returns the attributes of the host, likewise.
func (d *decision) hostAttrs(ctx context.Context) ([]clusto.Attr, error) {
	if d.quick != nil {
		d.attrs = d.quick.AppendAttrs(d.attrs[:0], d.a.Host.ID)
		return d.attrs, nil
	}
	return d.collect(d.r.Attrs(ctx, clusto.AttrMatch{Entities: d.entityID()}))
}

func (d *decision) collect(seq func(func(clusto.Attr, error) bool)) ([]clusto.Attr, error) {
	d.attrs = d.attrs[:0]
	for a, err := range seq {
		if err != nil {
			return nil, err
		}
		d.attrs = append(d.attrs, a)
	}
	return d.attrs, nil
}

// claimants returns the entities that have the claims, each once. They are there
// until the next decision.
func (d *decision) claimants(ctx context.Context) ([]clusto.Entity, error) {
	d.direct = d.direct[:0]
	for _, c := range d.claims {
		if !slices.Contains(d.direct, c.entity) {
			d.direct = append(d.direct, c.entity)
		}
	}
	defer func() { d.direct = d.direct[:0] }()
	if d.quick == nil {
		return d.r.Entities(ctx, d.direct...)
	}
	d.entities = d.entities[:0]
	for _, id := range d.direct {
		if e, ok := d.quick.EntityOf(id); ok {
			d.entities = append(d.entities, e)
		}
	}
	return d.entities, nil
}

// readContainers reads what the host is in, and what that says. Where it makes
// no difference in which order they were given the host, that is not asked.
func (d *decision) readContainers(ctx context.Context) error {
	var err error
	if d.quick != nil && d.story == nil {
		d.direct = d.quick.AppendContainers(d.direct, d.a.Host.ID)
		if ar := d.e.memory.recall(d.quick, d.view, d.c.Family, d.direct); ar != nil && !ar.ordered {
			d.around = ar
			return nil
		}
		d.direct = d.direct[:0]
	}
	parents, err := d.r.Parents(ctx, d.entityID(), false)
	if err != nil {
		return err
	}
	for _, p := range parents {
		d.direct = append(d.direct, p.ID)
	}
	if d.story != nil { // which tells in which order they are, also where it makes no difference
		d.around, err = d.e.readAround(ctx, d.r, d.view, d.c.Family, parents, d.direct)
		return err
	}
	d.around, err = d.e.aroundOf(ctx, d.r, d.view, d.c.Family, parents, d.direct)
	return err
}
