package sqlstore

import (
	"context"
	"database/sql/driver"
	"slices"

	"github.com/clusto/clusto"
)

// Create implements clusto.Tx.
func (t *tx) Create(ctx context.Context, name, typ, driver string) (clusto.Entity, error) {
	if err := t.enter(ctx); err != nil {
		return clusto.Entity{}, err
	}
	if err := t.mayName(name, typ, driver); err != nil {
		return clusto.Entity{}, err
	}
	if err := t.beginWrite(ctx); err != nil {
		return clusto.Entity{}, err
	}
	n, err := t.number(&t.numbers.entities, Entities, 1)
	if err != nil {
		return clusto.Entity{}, err
	}
	e := clusto.Entity{ID: clusto.EntityID(n), Name: name, Type: typ, Driver: driver, Version: t.working}
	t.pending.entities = append(t.pending.entities, e)
	t.effect.rows++
	t.memory.saw(e)
	t.memory.names[name] = e.ID
	t.memory.fresh[e.ID] = &fresh{}
	t.memory.kept++
	return e, t.limitMemory()
}

// mayName returns an error unless an entity may get the name and be of the
// type and driver.
func (t *tx) mayName(name, typ, driver string) error {
	if err := clusto.ValidateName(name); err != nil {
		return err
	}
	if err := validateDriver(typ, driver); err != nil {
		return err
	}
	taken, err := t.named(name)
	if err != nil || taken.ID == 0 {
		return err
	}
	return clusto.Errorf(clusto.ErrExists, "%q exists already: a %s with driver %s", name, taken.Type, taken.Driver)
}

func validateDriver(typ, driver string) error {
	switch {
	case typ == "" || len(typ) > clusto.MaxTypeLen:
		return clusto.Errorf(clusto.ErrInvalid, "type %q: want 1 to %d characters", typ, clusto.MaxTypeLen)
	case driver == "" || len(driver) > clusto.MaxDriverLen:
		return clusto.Errorf(clusto.ErrInvalid, "driver %q: want 1 to %d characters", driver, clusto.MaxDriverLen)
	}
	return nil
}

// known returns the entity id, or ErrNotFound.
func (t *tx) known(ctx context.Context, id clusto.EntityID) (clusto.Entity, error) {
	if err := t.enter(ctx); err != nil {
		return clusto.Entity{}, err
	}
	if err := t.see(ctx, []clusto.EntityID{id}); err != nil {
		return clusto.Entity{}, err
	}
	e := t.memory.entities[id]
	if e.ID == 0 {
		return e, clusto.Errorf(clusto.ErrNotFound, "entity number %d does not exist", id)
	}
	return e, nil
}

// Rename implements clusto.Tx.
func (t *tx) Rename(ctx context.Context, id clusto.EntityID, name string) error {
	e, err := t.known(ctx, id)
	if err != nil || e.Name == name {
		return err
	}
	if err := t.mayName(name, e.Type, e.Driver); err != nil {
		return err
	}
	was := e.Name
	e.Name = name
	if err := t.change(ctx, e); err != nil {
		return err
	}
	// Another entity of the old name is possible in databases of classic
	// clusto, so that it is not known to be free.
	delete(t.memory.names, was)
	t.memory.names[name] = id
	return nil
}

// ChangeDriver implements clusto.Tx.
func (t *tx) ChangeDriver(ctx context.Context, id clusto.EntityID, typ, driver string) error {
	e, err := t.known(ctx, id)
	if err != nil || e.Type == typ && e.Driver == driver {
		return err
	}
	if err := validateDriver(typ, driver); err != nil {
		return err
	}
	e.Type, e.Driver = typ, driver
	return t.change(ctx, e)
}

const (
	updateEntity = `UPDATE entities SET name = ?, type = ?, driver = ? WHERE entity_id = ?`
	insertLog    = `INSERT INTO clusto_entity_log (entity_id, version, name, type, driver) VALUES (?, ?, ?, ?, ?)`
	deleteLog    = `DELETE FROM clusto_entity_log WHERE entity_id = ? AND version = ?`
)

// change gives the entity e.ID the name, type and driver of e and keeps what it
// was before this version, unless this version made it.
func (t *tx) change(ctx context.Context, e clusto.Entity) error {
	if err := t.beginWrite(ctx); err != nil {
		return err
	}
	was := t.memory.entities[e.ID]
	if i := slices.IndexFunc(t.pending.entities, func(p clusto.Entity) bool { return p.ID == e.ID }); i >= 0 {
		t.pending.entities[i] = e
	} else {
		if _, err := t.c.exec(updateEntity, e.Name, e.Type, e.Driver, int64(e.ID)); err != nil {
			return t.fail(err)
		}
		if err := t.fail(t.log(was, e)); err != nil {
			return err
		}
	}
	t.memory.saw(e)
	return nil
}

// log keeps what an entity was before this version. One that was changed back
// has not been changed. A store that keeps no history only notes that it was.
func (t *tx) log(was, is clusto.Entity) error {
	history := !t.s.options.NoVersions
	if history {
		if was.Version == t.working {
			return nil
		}
		if err := t.need(entityLogTable); err != nil {
			return err
		}
	}
	before, logged := t.effect.was[was.ID]
	var err error
	switch {
	case !logged:
		t.effect.was[was.ID] = was
		if history {
			_, err = t.c.exec(insertLog, int64(was.ID), int64(t.working), was.Name, was.Type, was.Driver)
		}
	case before == is:
		delete(t.effect.was, was.ID)
		if history {
			_, err = t.c.exec(deleteLog, int64(was.ID), int64(t.working))
		}
	}
	return err
}

// AddAttrs implements clusto.Tx.
func (t *tx) AddAttrs(ctx context.Context, attrs ...clusto.Attr) error {
	if err := t.enter(ctx); err != nil || len(attrs) == 0 {
		return err
	}
	if err := t.checkAttrs(ctx, attrs); err != nil {
		return err
	}
	if err := t.beginWrite(ctx); err != nil {
		return err
	}
	for i, a := range attrs {
		n, err := t.number(&t.numbers.attrs, Attrs, len(attrs)-i)
		if err != nil {
			return err
		}
		a.ID, a.Version = clusto.AttrID(n), t.working
		t.pending.attrs = append(t.pending.attrs, a)
		t.memory.add(a)
	}
	t.effect.rows += len(attrs)
	return t.limitMemory()
}

// limitMemory begins to remember anew when there is too much.
func (t *tx) limitMemory() error {
	if t.memory.kept <= maxKept {
		return nil
	}
	if err := t.flush(); err != nil {
		return err
	}
	t.memory = newMemory()
	return nil
}

// checkAttrs returns an error if one of attrs must not be added.
func (t *tx) checkAttrs(ctx context.Context, attrs []clusto.Attr) error {
	ids := make([]clusto.EntityID, 0, 2*len(attrs))
	for _, a := range attrs {
		if err := a.Validate(); err != nil {
			return err
		}
		ids = append(ids, a.Entity)
		if a.Value.Kind() == clusto.KindRelation {
			ids = append(ids, a.Value.Relation())
		}
	}
	if err := t.see(ctx, ids); err != nil {
		return err
	}
	for _, id := range ids {
		if t.memory.entities[id].ID == 0 {
			return clusto.Errorf(clusto.ErrNotFound, "entity number %d does not exist", id)
		}
	}
	return nil
}

// SetCounter implements clusto.Tx. The value is written at the next flush.
func (t *tx) SetCounter(ctx context.Context, id clusto.EntityID, key string, value int64) error {
	if _, err := t.known(ctx, id); err != nil {
		return err
	}
	k := counterKey{id, key}
	c, err := t.counter(ctx, k)
	if err != nil || c.found && c.value == value {
		return err
	}
	if err := t.beginWrite(ctx); err != nil {
		return err
	}
	if !c.dirty {
		t.pending.counters = append(t.pending.counters, k)
	}
	c.value, c.found, c.dirty = value, true, true
	t.effect.aside = true
	return nil
}

const updateCounter = `UPDATE counters SET value = ? WHERE entity_id = ? AND `

// storeCounters writes those of the counters that are dirty: an import makes
// thousands.
func (t *tx) storeCounters(all []counterKey) error {
	var made []counterKey
	for _, k := range all {
		c := t.memory.counters[k]
		switch {
		case c == nil || !c.dirty:
			continue
		case !c.stored:
			made = append(made, k)
		default:
			key := t.where()
			key.andText("attr_key", k.key)
			args := append([]driver.Value{c.value, int64(k.entity)}, key.args...)
			if _, err := t.c.exec(updateCounter+string(key.sql), args...); err != nil {
				return t.fail(err)
			}
		}
		c.stored, c.dirty = true, false
	}
	return insertAll(t, insertCounter, made, func(args []driver.Value, k counterKey) []driver.Value {
		return append(args, int64(k.entity), k.key, t.memory.counters[k].value)
	})
}
