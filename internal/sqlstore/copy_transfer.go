package sqlstore

import (
	"context"
	"database/sql/driver"
	"errors"
	"maps"
	"slices"

	"github.com/clusto/clusto"
)

// transfer is a copy that is under way, between two transactions.
type transfer struct {
	ctx      context.Context
	from, to *conn
	options  CopyOptions
	report   *CopyReport
	tables   []*transferred
	refused  int // values that the destination cannot hold and that nobody allowed to lose
	entities entityNumbers
}

// transferred is a table of the source.
type transferred struct {
	copiedTable
	limits []limits // of its columns in the destination
	sent   *digest  // of the rows as they were written there
}

func (t *transfer) run() error {
	if err := t.findTables(); err != nil {
		return err
	}
	if err := t.allowDoubled(); err != nil {
		return err
	}
	if err := t.makeReady(); err != nil {
		return err
	}
	for _, table := range t.tables {
		if err := t.copy(table); err != nil {
			return err
		}
	}
	if t.refused > 0 {
		return t.refusal()
	}
	for _, sql := range t.to.store.dialect.AfterCopy() {
		if _, err := t.to.exec(sql); err != nil {
			return err
		}
	}
	return t.verify()
}

// findTables finds out what there is to copy.
func (t *transfer) findTables() error {
	names, err := t.from.schema(t.ctx)
	if err != nil {
		return err
	}
	for _, known := range copiedTables {
		table, err := known.in(t.from, names)
		if err != nil {
			return err
		}
		if table.columns != nil {
			t.tables = append(t.tables, &transferred{copiedTable: table})
		}
	}
	return nil
}

// doubledLive is the statement that yields live names that the database takes for
// the same, with the entities that have them.
const doubledLive = `SELECT name, entity_id FROM entities WHERE deleted_at_version IS NULL AND name IN (` +
	`SELECT name FROM entities WHERE deleted_at_version IS NULL GROUP BY name HAVING count(*) > 1) ORDER BY entity_id`

// doubled returns the names that several live entities have in the source.
func (t *transfer) doubled() ([]Doubled, error) {
	called := map[string][]clusto.EntityID{}
	err := t.from.query(t.ctx, doubledLive, nil, func(r row) (bool, error) {
		name := r.text(0)
		called[name] = append(called[name], clusto.EntityID(r.int(1)))
		return true, nil
	})
	var all []Doubled
	for _, name := range slices.Sorted(maps.Keys(called)) {
		if entities := called[name]; len(entities) > 1 {
			all = append(all, Doubled{Name: name, Entities: entities})
		}
	}
	return all, err
}

// allowDoubled sees to it that the destination takes names that several live
// entities have in the source.
func (t *transfer) allowDoubled() error {
	all, err := t.doubled()
	if err != nil || all == nil {
		return err
	}
	t.report.Doubled = all
	permit := t.to.store.dialect.PermitDoubled()
	if permit == nil {
		return clusto.WithHint(
			clusto.Errorf(clusto.ErrInvalid, "%d names stand for several entities each, beginning with %q, and %s keeps names unique",
				len(all), all[0].Name, t.report.To),
			"rename all but one of each first: clusto fsck --repair does that")
	}
	for _, sql := range permit {
		if err := t.to.control(sql); err != nil {
			return err
		}
	}
	return nil
}

// makeReady empties the destination and finds out what it can hold.
func (t *transfer) makeReady() error {
	for _, table := range slices.Backward(copiedTables) {
		if _, err := t.to.exec(`DELETE` + table.from()); err != nil {
			return err
		}
	}
	for _, table := range t.tables {
		var err error
		if table.limits, err = table.probe(t.to); err != nil {
			return err
		}
	}
	return nil
}

// copy copies the rows of a table.
func (t *transfer) copy(table *transferred) error {
	of, err := table.count(t.from)
	if err != nil {
		return err
	}
	table.sent = &digest{}
	out := newBulk(t.to, table.copiedTable)
	var read int64
	err = table.each(t.ctx, t.from, func(values []driver.Value) error {
		read++
		keep := t.fit(table, values)
		t.progress(table, read, of, false)
		if !keep || t.refused > 0 {
			return nil
		}
		t.entities.note(table.name, values)
		table.sent.add(values)
		return out.add(values)
	})
	switch {
	case err != nil:
		return err
	case read != of:
		return errors.New("table " + table.name + " did not give all its rows")
	}
	return out.flush()
}

// verify reads back what was written.
func (t *transfer) verify() error {
	for _, table := range t.tables {
		sent := table.sent
		err := table.verify(t.ctx, t.to, sent, func(rows int64) { t.progress(table, rows, sent.rows, true) })
		if err != nil {
			return err
		}
		t.report.Tables = append(t.report.Tables, CopiedTable{Name: table.name, Rows: sent.rows, Sum: sent.String()})
	}
	return nil
}

// rowsBetweenReports is after how many rows the caller hears of progress.
const rowsBetweenReports = 1000

func (t *transfer) progress(table *transferred, rows, of int64, verifying bool) {
	if rows%rowsBetweenReports == 0 || rows == of {
		t.options.Progress(CopyProgress{Table: table.name, Rows: rows, Of: of, Verifying: verifying})
	}
}
