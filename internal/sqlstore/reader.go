package sqlstore

import (
	"context"
	"database/sql/driver"
	"errors"
	"iter"

	"github.com/clusto/clusto"
)

// reader answers questions about one state of the database through one
// connection, inside a transaction of the database. Its methods are spread
// over the files named for what they answer.
type reader struct {
	c       *conn
	s       *Store
	at      clusto.Version // or clusto.Live
	renamed *renames       // what entities were at at; loaded when first needed

	ranging bool  // while a sequence is being ranged over
	ended   bool  // when View or Update has returned
	broken  error // the error after which the transaction can only be given up
}

var _ clusto.History = (*reader)(nil)

// live is the condition for rows that are valid now.
const live = `deleted_at_version IS NULL`

// valid adds the condition that rows of the table called alias are valid in
// the state that r shows.
func (r *reader) valid(c *condition, alias string) {
	if r.at == clusto.Live {
		c.and(alias + `.` + live)
		return
	}
	at := int64(r.at)
	c.and(alias+`.version <= ? AND (`+alias+`.`+live+` OR `+alias+`.deleted_at_version > ?)`, at, at)
}

func (r *reader) where() *condition { return &condition{dialect: r.s.dialect} }

var (
	errRanging = errors.New("the inventory was asked something while an answer of it was being ranged over; collect the answer first")
	errEnded   = errors.New("the inventory was asked something through a reader whose View or Update has returned")
)

// enter is called by every method before it does anything.
func (r *reader) enter(ctx context.Context) error {
	switch {
	case r.ended:
		return errEnded
	case r.broken != nil:
		return r.broken
	case r.ranging:
		return errRanging
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return nil
}

// fail notes an error of the database, after which nothing else can be said
// about its state, and returns it.
func (r *reader) fail(err error) error {
	if err != nil && r.broken == nil {
		r.broken = err
	}
	return err
}

// query runs a statement that reads.
func (r *reader) query(ctx context.Context, sql string, args []driver.Value, row func(row) (bool, error)) error {
	return r.fail(r.c.query(ctx, sql, args, row))
}

// ranged returns the sequence of what run gives to its argument, which is
// false when the consumer wants no more. Nothing runs until the sequence is
// ranged over, and r answers nothing else while it is.
func ranged[T any](ctx context.Context, r *reader, run func(give func(T) bool) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		if err := r.enter(ctx); err != nil {
			yield(none, err)
			return
		}
		r.ranging = true
		defer func() { r.ranging = false }()
		stopped := false
		err := run(func(v T) bool {
			stopped = !yield(v, nil)
			return !stopped
		})
		if err != nil && !stopped {
			yield(none, err)
		}
	}
}

// maxVersion is the number of the newest version.
const maxVersion = `SELECT max(version) FROM clustoversioning`

func (r *reader) Version(ctx context.Context) (clusto.Version, error) {
	if err := r.enter(ctx); err != nil {
		return 0, err
	}
	if r.at != clusto.Live {
		return r.at, nil
	}
	return r.newest()
}

func (r *reader) newest() (clusto.Version, error) {
	var v int64
	_, err := r.c.ints(maxVersion, nil, &v)
	return clusto.Version(v), r.fail(err)
}

func (r *reader) Versions(ctx context.Context, since clusto.Version) iter.Seq2[clusto.VersionInfo, error] {
	return ranged(ctx, r, func(give func(clusto.VersionInfo) bool) error {
		return r.versions(ctx, since, give)
	})
}

func (r *reader) versions(ctx context.Context, since clusto.Version, give func(clusto.VersionInfo) bool) error {
	c := r.where()
	c.and(`v.version > ?`, int64(since))
	if r.at != clusto.Live {
		c.and(`v.version <= ?`, int64(r.at))
	}
	from, err := r.selectVersions()
	if err != nil {
		return err
	}
	sql := from + ` WHERE ` + string(c.sql) + ` ORDER BY v.version`
	return r.query(ctx, sql, c.args, func(row row) (bool, error) {
		return give(row.version()), nil
	})
}

func (r *reader) Counter(ctx context.Context, id clusto.EntityID, key string) (int64, bool, error) {
	if err := r.enter(ctx); err != nil {
		return 0, false, err
	}
	// Racing writers of classic clusto may have left a counter twice.
	value, found := int64(0), false
	c := r.where()
	c.and(`entity_id = ?`, int64(id))
	c.andText(`attr_key`, key)
	err := r.query(context.Background(), `SELECT max(value) FROM counters WHERE `+string(c.sql), c.args, func(row row) (bool, error) {
		value, found = row.int(0), !row.null(0)
		return false, nil
	})
	return value, found, err
}
