package sqlstore

import (
	"context"
	"fmt"
)

// schema holds the names of a database's tables and indexes.
type schema map[string]bool

// all reports whether s has all names.
func (s schema) all(names []string) bool {
	for _, name := range names {
		if !s[name] {
			return false
		}
	}
	return true
}

// The tables without which a database is not one of clusto, and our own, which
// one of classic clusto gets with its first change or by Migrate.
var (
	classicTables = []string{"clustoversioning", "entities", "entity_attrs", "counters"}
	ownTables     = []string{"clusto_meta", "clusto_entity_log", "clusto_free_range", "clusto_freed", "clusto_freed_up_to"}
)

// inspect learns which tables and indexes there are.
func (s *Store) inspect(ctx context.Context) (schema, error) {
	c, err := s.take(ctx, &s.readers)
	if err != nil {
		return nil, err
	}
	defer s.give(c, &s.readers)
	names, err := c.schema(ctx)
	if err != nil {
		return nil, err
	}
	s.dialect.Know(names)
	s.own.Store(names.all(ownTables))
	return names, nil
}

// schema returns the names that the state shown by c has.
func (c *conn) schema(ctx context.Context) (schema, error) {
	names := schema{}
	err := c.query(ctx, c.store.dialect.Schema(), nil, func(r row) (bool, error) {
		names[r.text(0)] = true
		return true, nil
	})
	return names, err
}

// hasOwnTables reports whether our own tables are there. Once they are they
// stay.
func (r *reader) hasOwnTables() (bool, error) {
	if r.s.own.Load() {
		return true, nil
	}
	names, err := r.c.schema(context.Background())
	if err != nil {
		return false, r.fail(fmt.Errorf("look for clusto's own tables: %w", err))
	}
	return names.all(ownTables), nil
}
