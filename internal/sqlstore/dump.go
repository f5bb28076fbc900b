package sqlstore

import (
	"context"
	"database/sql/driver"

	"github.com/clusto/clusto"
)

var _ clusto.Dumper = (*Store)(nil)

// Dumping is a Dialect that has a faster way to read the live rows than to be
// asked for them.
type Dumping interface {
	// Dump gives the live rows as clusto.Dumper has it, on a connection that is
	// in a transaction. It returns false, and has called no part, if the
	// database is not one that can be read so.
	Dump(ctx context.Context, c driver.Conn, part func() clusto.DumpPart) (done bool, err error)
}

// Dump implements clusto.Dumper.
func (s *Store) Dump(ctx context.Context, part func() clusto.DumpPart) (v clusto.Version, err error) {
	err = s.View(ctx, clusto.Live, func(cr clusto.Reader) error {
		r := cr.(*reader)
		if v, err = r.Version(ctx); err != nil {
			return err
		}
		if err := s.noteGaps(ctx, r); err != nil {
			return err
		}
		if d, ok := s.dialect.(Dumping); ok {
			if done, err := d.Dump(ctx, r.c.raw, part); done || err != nil {
				return r.fail(r.c.interrupted(ctx, err, "read all that lives"))
			}
		}
		return r.dump(ctx, part())
	})
	return v, err
}

// noteGaps notes which versions may come late after a dump of the state of r.
func (s *Store) noteGaps(ctx context.Context, r *reader) error {
	l := look{s: s}
	if err := l.begin(ctx, r); err != nil {
		return err
	}
	gaps := make([]clusto.Version, len(l.gaps))
	for i, g := range l.gaps {
		gaps[i] = g.version
	}
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	s.feed.dumped = gaps
	return nil
}

// Undumped returns the versions before that of the last Dump which were not there
// then. One that was committed before the changes were followed from there is told
// to nobody.
func (s *Store) Undumped() []clusto.Version {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	return s.feed.dumped
}

// dump gives the live rows by asking for them.
func (r *reader) dump(ctx context.Context, to clusto.DumpPart) error {
	err := r.query(ctx, dumpEntities, nil, func(row row) (bool, error) {
		to.Entity(row.entity(0))
		return true, nil
	})
	if err != nil {
		return err
	}
	return r.query(ctx, `SELECT `+r.s.attrColumns+dumpAttrs, nil, func(row row) (bool, error) {
		a, err := row.attr()
		if err != nil {
			to.Unreadable(a, err)
		} else {
			to.Attr(a)
		}
		return true, nil
	})
}

// AttrOf returns the attribute in a row of entity_attrs that a Dialect has read
// by itself: attr_id, entity_id, key, number, subkey, datatype, the value as a
// number, the value as a text (of a datetime that which TimeText returns), and
// version. It is what the store's own questions would answer, or their error.
func AttrOf(values []driver.Value) (clusto.Attr, error) { return row(values).attr() }

// EntityOf is AttrOf for a row of entities: entity_id, name, type, driver, version.
func EntityOf(values []driver.Value) clusto.Entity { return row(values).entity(0) }
