package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
)

var _ sqlstore.Dumping = (*dialect)(nil)

// Dump reads the pages of the tables and takes the rows out of them. SQLite, to
// be asked for a row, runs some fifty instructions of its machine, and a dozen
// calls of the driver go with each; ten times as many rows can be read in the
// time.
func (d *dialect) Dump(ctx context.Context, c driver.Conn, part func() clusto.DumpPart) (done bool, err error) {
	p, ok, err := openPages(c)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	var tables [2]table
	for i, name := range []string{"entities", "entity_attrs"} {
		known, err := tables[i].find(ctx, c, p, name)
		if ok = ok && known; !ok || err != nil {
			return false, err
		}
	}
	dump := newDumping(p.usable, part)
	for i, take := range []taker{(*portion).entity, (*portion).attr} {
		if err = dump.table(ctx, p, &tables[i], take); err != nil {
			break
		}
	}
	return true, errors.Join(err, dump.end(p))
}

// table is where a table is, and the places of its columns, in the order of
// entityFields or attrFields.
type table struct {
	root   uint32
	places []int
}

// What is read of the tables.
var (
	entityFields = []string{"entity_id", "name", "type", "driver", "version", "deleted_at_version"}
	attrFields   = []string{"attr_id", "entity_id", "key", "number", "subkey", "datatype", "int_value", "relation_id",
		"string_value", "datetime_value", "version", "deleted_at_version"}
)

// Places of fields in these lists.
const (
	entityID = iota
	entityName
	entityType
	entityDriver
	entityVersion
	entityEnded
)

const (
	attrID = iota
	attrOwner
	attrKey
	attrNumber
	attrSubkey
	attrKind
	attrInt
	attrRelation
	attrText
	attrTime
	attrVersion
	attrEnded
)

// find learns about the table called name. It returns false if rows of it cannot
// be read from its pages: columns that are computed, or that rows need not have
// because there is a default, are not there.
func (t *table) find(ctx context.Context, c driver.Conn, p *pages, name string) (known bool, err error) {
	fields := attrFields
	if name == "entities" {
		fields = entityFields
	}
	t.places = make([]int, len(fields))
	found, plain := 0, true
	err = answers(ctx, c, `SELECT cid, name, hidden, dflt_value, pk, upper(type) FROM pragma_table_xinfo('`+name+`')`, func(row []driver.Value) {
		cid, column := row[0].(int64), row[1].(string)
		plain = plain && row[2] == int64(0) && row[3] == nil && cid < maxColumns
		plain = plain && (row[4] == int64(0) || column == fields[0] && row[5] == "INTEGER")
		if i := slices.Index(fields, column); i >= 0 {
			t.places[i] = int(cid)
			found++
		}
	})
	if err != nil || !plain || found != len(fields) {
		return false, err
	}
	err = answers(ctx, c, `SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = '`+name+`'`, func(row []driver.Value) {
		t.root = uint32(row[0].(int64))
	})
	if err != nil {
		return false, err
	}
	return p.isTable(t.root)
}

// answers calls row for each row of an answer.
func answers(ctx context.Context, c driver.Conn, sql string, row func([]driver.Value)) error {
	rows, err := c.(driver.QueryerContext).QueryContext(ctx, sql, nil)
	if err != nil {
		return err
	}
	values := make([]driver.Value, len(rows.Columns()))
	for err == nil {
		if err = rows.Next(values); err == nil {
			row(values)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, rows.Close())
}

// dumping is a dump that is under way: one goroutine reads pages, and some take
// the rows out of them.
type dumping struct {
	usable   int
	portions []*portion
	work     chan bundle
	running  sync.WaitGroup
}

// bundle is some leaf pages of a table.
type bundle struct {
	table *table
	take  taker
	pages [][]byte
}

// bundled is how many pages are handed on at once.
const bundled = 64

// taker takes a row.
type taker func(p *portion, t *table) error

// portion is what one goroutine takes, and the rows that go on in other pages.
type portion struct {
	to     clusto.DumpPart
	record record
	rest   []later
	err    error
}

// later is a row to be taken when all of it was read.
type later struct {
	spilled
	table *table
	take  taker
}

// newDumping begins a dump. With one processor everything is done by whoever reads.
func newDumping(usable int, part func() clusto.DumpPart) *dumping {
	d := &dumping{usable: usable, portions: []*portion{{to: part()}}}
	if n := min(runtime.GOMAXPROCS(0), 4); n > 1 {
		d.work = make(chan bundle, 4)
		for len(d.portions) < n {
			d.portions = append(d.portions, &portion{to: part()})
		}
		for _, p := range d.portions {
			d.running.Go(func() {
				for b := range d.work {
					p.takeAll(b, usable)
				}
			})
		}
	}
	return d
}

// table has all rows of a table taken.
func (d *dumping) table(ctx context.Context, p *pages, t *table, take taker) error {
	b := bundle{table: t, take: take}
	hand := func() {
		if len(b.pages) == 0 {
			return
		}
		if d.work == nil {
			d.portions[0].takeAll(b, d.usable)
		} else {
			d.work <- b
		}
		b.pages = nil
	}
	err := p.leaves(ctx, t.root, func(page []byte) bool {
		if b.pages = append(b.pages, page); len(b.pages) == bundled {
			hand()
		}
		return d.work != nil || d.portions[0].err == nil
	})
	hand()
	return err
}

// end waits for all rows to be taken, takes those that were left, and returns what
// went wrong.
func (d *dumping) end(from *pages) error {
	if d.work != nil {
		close(d.work)
		d.running.Wait()
	}
	for _, p := range d.portions {
		for i := 0; i < len(p.rest) && p.err == nil; i++ {
			row := p.rest[i]
			payload, err := from.whole(row.spilled)
			if err == nil {
				err = p.record.read(row.rowid, payload)
			}
			if err == nil {
				err = row.take(p, row.table)
			}
			p.err = err
		}
		if p.err != nil {
			return p.err
		}
	}
	return nil
}

// takeAll takes the rows of some pages, unless one could not be taken before.
func (p *portion) takeAll(b bundle, usable int) {
	defer func() {
		if fault := recover(); fault != nil { // nobody else could
			p.err = fmt.Errorf("panic: %v\n%s", fault, debug.Stack())
		}
	}()
	for i := 0; i < len(b.pages) && p.err == nil; i++ {
		var rest []spilled
		rest, p.err = rows(b.pages[i], usable, func(rowid int64, payload []byte) error {
			if err := p.record.read(rowid, payload); err != nil {
				return err
			}
			return b.take(p, b.table)
		})
		for _, s := range rest {
			p.rest = append(p.rest, later{s, b.table, b.take})
		}
	}
}

// entity takes a row of entities.
func (p *portion) entity(t *table) error {
	r, at := &p.record, t.places
	if !r.null(at[entityEnded]) {
		return nil
	}
	if version, ok := r.number(at[entityVersion]); ok && r.isText(at[entityName]) && r.isText(at[entityType]) && r.isText(at[entityDriver]) {
		p.to.Entity(clusto.Entity{
			ID: clusto.EntityID(r.key(at[entityID])), Name: r.text(at[entityName]),
			Type: r.text(at[entityType]), Driver: r.text(at[entityDriver]), Version: clusto.Version(version),
		})
		return nil
	}
	p.to.Entity(sqlstore.EntityOf([]driver.Value{
		r.key(at[entityID]), r.value(at[entityName]), r.value(at[entityType]), r.value(at[entityDriver]), r.value(at[entityVersion]),
	}))
	return nil
}

// attr takes a row of entity_attrs. One that is not as clusto writes it is
// understood as any question would.
func (p *portion) attr(t *table) error {
	r, at := &p.record, t.places
	if !r.null(at[attrEnded]) {
		return nil
	}
	a, ok := r.attr(at)
	if !ok {
		var err error
		if a, err = r.oddAttr(at); err != nil {
			p.to.Unreadable(a, err)
			return nil
		}
	}
	p.to.Attr(a)
	return nil
}

// attr returns the attribute in a record, or false if it is not as clusto writes it.
func (r *record) attr(at []int) (a clusto.Attr, ok bool) {
	owner, hasOwner := r.number(at[attrOwner])
	version, hasVersion := r.number(at[attrVersion])
	if !hasOwner || !hasVersion || !r.isText(at[attrKey]) || !r.isText(at[attrKind]) {
		return a, false
	}
	a = clusto.Attr{
		ID: clusto.AttrID(r.key(at[attrID])), Entity: clusto.EntityID(owner),
		Key: r.text(at[attrKey]), Version: clusto.Version(version),
	}
	if i := at[attrNumber]; r.isInt(i) {
		a.Number = clusto.Num(r.int(i))
	} else if !r.null(i) {
		return a, false
	}
	if i := at[attrSubkey]; r.isText(i) {
		a.Subkey = clusto.Sub(r.text(i))
	} else if !r.null(i) {
		return a, false
	}
	switch clusto.Kind(r.text(at[attrKind])) {
	case clusto.KindString:
		if i := at[attrText]; r.isText(i) && r.null(at[attrTime]) {
			a.Value = clusto.String(r.text(i))
			return a, true
		}
	case clusto.KindInt:
		if i := at[attrInt]; r.isInt(i) {
			a.Value = clusto.Int(r.int(i))
			return a, true
		}
	case clusto.KindRelation:
		if i := at[attrRelation]; r.isInt(i) && r.null(at[attrInt]) {
			a.Value = clusto.RelationTo(clusto.EntityID(r.int(i)))
			return a, true
		}
	}
	return a, false
}

// oddAttr returns the attribute in any record.
func (r *record) oddAttr(at []int) (clusto.Attr, error) {
	number, text := r.value(at[attrInt]), r.value(at[attrText])
	if number == nil {
		number = r.value(at[attrRelation])
	}
	if text == nil {
		text = r.value(at[attrTime])
	}
	return sqlstore.AttrOf([]driver.Value{
		r.key(at[attrID]), r.value(at[attrOwner]), r.value(at[attrKey]), r.value(at[attrNumber]), r.value(at[attrSubkey]),
		r.value(at[attrKind]), number, text, r.value(at[attrVersion]),
	})
}
