package bench_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/bench/fleet"
	"github.com/clusto/clusto/history"
	"github.com/clusto/clusto/resource"
)

// The columns that plain SQL reads.
const (
	entityColumns = `e.entity_id, e.name, e.type, e.driver, e.version`
	attrColumns   = `a.attr_id, a.entity_id, a."key", a.subkey, a.number, a.datatype, a.int_value, a.string_value, a.datetime_value, a.relation_id, a.version`
)

// selects returns a function that runs plain statements with the arguments that
// args has for a server, and reads every column of every row.
func selects(args func(i int) []any, texts ...string) func(*testing.B, *world) func(int) error {
	return func(b *testing.B, w *world) func(int) error {
		statements := make([]*sql.Stmt, len(texts))
		for i, text := range texts {
			s, err := w.plain.PrepareContext(b.Context(), w.engine.rebind(text))
			if err != nil {
				b.Fatalf("%v in %s", err, text)
			}
			b.Cleanup(func() { s.Close() })
			statements[i] = s
		}
		return func(i int) error {
			for _, s := range statements {
				if n, err := readAll(b.Context(), s, args(i)); err != nil || n == 0 {
					return fmt.Errorf("plain SQL finds %d rows: %w", n, err)
				}
			}
			return nil
		}
	}
}

// readAll reads every column of an answer and returns the number of rows.
func readAll(ctx context.Context, statement *sql.Stmt, args []any) (int, error) {
	rows, err := statement.QueryContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	row, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range row {
		into[i] = &row[i]
	}
	n := 0
	for ; rows.Next(); n++ {
		if err := rows.Scan(into...); err != nil {
			return n, err
		}
	}
	return n, rows.Err()
}

// lookedUp is a way to find one server. Plain SQL has the one condition that has
// an index: with more of them PostgreSQL goes by another.
type lookedUp struct {
	ours  func(ctx context.Context, inv *clusto.Inventory, i int) error
	plain string
	arg   func(i int) any
}

// one wants an answer to be one entity.
func one(objects []*clusto.Object, err error) error {
	if err == nil && len(objects) != 1 {
		err = fmt.Errorf("%d entities, want 1", len(objects))
	}
	return err
}

const (
	byNameSQL = `SELECT ` + entityColumns + ` FROM entities e WHERE name = ? AND deleted_at_version IS NULL`
	ownerSQL  = `SELECT ` + entityColumns + ` FROM entity_attrs a JOIN entities e ON e.entity_id = a.entity_id
		WHERE a.deleted_at_version IS NULL AND e.deleted_at_version IS NULL AND `
)

var (
	byName = lookedUp{
		ours: func(ctx context.Context, inv *clusto.Inventory, i int) error {
			_, err := inv.Object(ctx, fleet.Name(i))
			return err
		},
		plain: byNameSQL,
		arg:   func(i int) any { return fleet.Name(i) },
	}
	byIP = lookedUp{
		ours: func(ctx context.Context, inv *clusto.Inventory, i int) error {
			return one(resource.Devices(ctx, inv, fleet.Addr(i)))
		},
		plain: ownerSQL + `a.int_value = ? AND a."key" = 'ip'`,
		arg:   func(i int) any { return resource.IPValue(fleet.Addr(i)).Int64() },
	}
	byMAC = lookedUp{
		ours: func(ctx context.Context, inv *clusto.Inventory, i int) error {
			return one(inv.ByMAC(ctx, fleet.MAC(i, 1)))
		},
		plain: ownerSQL + `a.string_value = ?`,
		arg:   func(i int) any { return fleet.MAC(i, 1).String() },
	}
	bySerial = lookedUp{
		ours: func(ctx context.Context, inv *clusto.Inventory, i int) error {
			return one(inv.BySerial(ctx, fleet.Serial(i)))
		},
		plain: ownerSQL + `a.string_value = ?`,
		arg:   func(i int) any { return fleet.Serial(i) },
	}
)

// lookUp measures one look-up after the other in one View.
func lookUp(what, name string, l lookedUp) *measure {
	m := &measure{name: name, what: what, target: 3}
	m.run = reading(20, l.ours, selects(func(i int) []any { return []any{l.arg(i)} }, l.plain))
	if name == "name" {
		m.classicMS = 0.4
	}
	return m
}

// alone is a look-up in a View of its own, as a command does it; plain SQL needs
// no transaction for that.
var alone = &measure{
	name: "name-alone", what: "look up a server by name, in a View of its own",
	run: func(b *testing.B, w *world) result {
		plain := selects(func(i int) []any { return []any{fleet.Name(i)} }, byNameSQL)(b, w)
		var t timing
		for b.Loop() {
			for range 20 {
				t.turn(b, w, func() error {
					return w.view(b.Context(), func(ctx context.Context, inv *clusto.Inventory) error {
						return byName.ours(ctx, inv, w.draw())
					})
				})
				t.plainly(b, func() error { return plain(w.draw()) })
			}
		}
		return t.result(1)
	},
}

func none(int) []any { return nil }

func contentsOurs(ctx context.Context, inv *clusto.Inventory, _ int) error {
	dc, err := inv.Object(ctx, fleet.DatacenterOf(0))
	if err != nil {
		return err
	}
	found, err := dc.Contents(ctx, true, clusto.Match{})
	if err == nil && len(found) < fleet.PerRack {
		err = fmt.Errorf("%d contents", len(found))
	}
	return err
}

var contents = &measure{
	name: "contents", what: "recursive contents of a datacenter", classicMS: 2100,
	run: reading(1,
		contentsOurs,
		selects(none, `WITH RECURSIVE inside(id) AS (
				SELECT entity_id FROM entities WHERE name = 'dc-01' AND deleted_at_version IS NULL
				UNION SELECT a.relation_id FROM inside CROSS JOIN entity_attrs a INDEXED BY clusto_attr_entkey
				ON a.entity_id = inside.id AND a."key" = '_contains' AND a.deleted_at_version IS NULL)
			SELECT `+entityColumns+` FROM inside CROSS JOIN entities e ON e.entity_id = inside.id`)),
}

var intersection = &measure{
	name: "intersection", what: "what is in both of two pools with half of the servers each",
	run: reading(1,
		func(ctx context.Context, inv *clusto.Inventory, _ int) error {
			pools, err := inv.FindObjects(ctx, clusto.Match{Names: []string{fleet.Pools[0][0], fleet.Pools[1][0]}})
			if err != nil {
				return err
			}
			found, err := inv.InAll(ctx, pools, false, clusto.Match{})
			if err == nil && len(found) < fleet.PerRack/4 {
				err = fmt.Errorf("%d in both pools", len(found))
			}
			return err
		},
		selects(none, `SELECT `+entityColumns+` FROM (
				SELECT a.relation_id FROM entities p CROSS JOIN entity_attrs a INDEXED BY clusto_attr_entkey
				ON a.entity_id = p.entity_id AND a."key" = '_contains' AND a.deleted_at_version IS NULL
				WHERE p.name IN ('production', 'web') AND p.deleted_at_version IS NULL
				GROUP BY a.relation_id HAVING count(*) = 2) b
			CROSS JOIN entities e ON e.entity_id = b.relation_id`)),
}

func mergedOneOurs(ctx context.Context, inv *clusto.Inventory, i int) error {
	server, err := inv.Object(ctx, fleet.Name(i))
	if err != nil {
		return err
	}
	attrs, err := server.MergedAttrs(ctx, clusto.AttrMatch{Visible: true})
	if err == nil && len(attrs) < 20 {
		err = fmt.Errorf("%d merged attributes", len(attrs))
	}
	return err
}

var mergedOne = &measure{
	name: "merged-1", what: "merged attributes of a server", classicMS: 129,
	run: reading(5,
		mergedOneOurs,
		selects(func(i int) []any { return []any{fleet.Name(i)} }, mergedSQL(`name = ?`))),
}

// mergedSQL reads the attributes in sight of entities and of all that they are
// in.
func mergedSQL(which string) string {
	return `WITH RECURSIVE above(id) AS (
			SELECT entity_id FROM entities WHERE ` + which + ` AND deleted_at_version IS NULL
			UNION SELECT a.entity_id FROM above CROSS JOIN entity_attrs a INDEXED BY clusto_attr_rel
			ON a.relation_id = above.id AND a."key" = '_contains' AND a.deleted_at_version IS NULL)
		SELECT ` + attrColumns + ` FROM above CROSS JOIN entity_attrs a INDEXED BY clusto_attr_entkey
			ON a.entity_id = above.id AND a."key" <> '_contains' AND a.deleted_at_version IS NULL`
}

// many is how many servers are asked about at once.
const many = 1000

func mergedManyOurs(ctx context.Context, inv *clusto.Inventory, _ int) error {
	names := make([]string, 0, many)
	for i := range many {
		if !fleet.Scrapped(i) {
			names = append(names, fleet.NewName(i))
		}
	}
	servers, err := inv.FindObjects(ctx, clusto.Match{Names: names})
	if err != nil {
		return err
	}
	attrs, err := inv.MergedAttrs(ctx, servers, clusto.AttrMatch{Visible: true})
	if err == nil && (len(attrs) != len(names) || len(attrs[0]) < 20) {
		err = fmt.Errorf("merged attributes of %d servers, %d of the first", len(attrs), len(attrs[0]))
	}
	return err
}

var mergedMany = &measure{
	name: "merged-1000", what: "merged attributes of a thousand servers",
	run: reading(1,
		mergedManyOurs,
		selects(func(int) []any { return []any{fleet.Name(0), fleet.Name(many - 1)} }, mergedSQL(`name BETWEEN ? AND ?`))),
}

// inLog and inDiff are how many versions a log shows and lie between two that
// are compared.
const (
	inLog  = 10
	inDiff = 10
)

func logOurs(ctx context.Context, inv *clusto.Inventory, _ int) error {
	h, err := clusto.Past(inv.Reader)
	if err != nil {
		return err
	}
	_, err = history.Log(ctx, h, clusto.VersionMatch{NewestFirst: true, Limit: inLog})
	return err
}

var theLog = &measure{
	name: "log", what: "log of the last ten versions",
	run: reading(1,
		logOurs,
		func(b *testing.B, w *world) func(int) error {
			last := []any{int64(w.newest) - inLog}
			return selects(func(int) []any { return last },
				`SELECT version, timestamp, "user", description FROM clustoversioning WHERE version > ?`, madeSQL)(b, w)
		}),
}

// What versions made and ended.
const madeSQL = `SELECT ` + attrColumns + ` FROM entity_attrs a WHERE a.version > ? ORDER BY a.version, a.attr_id`

func diffOurs(ctx context.Context, inv *clusto.Inventory, _ int) error {
	h, err := clusto.Past(inv.Reader)
	if err != nil {
		return err
	}
	newest, err := h.Version(ctx)
	if err != nil {
		return err
	}
	_, err = history.Between(ctx, h, newest-inDiff, clusto.Live, nil)
	return err
}

var theDiff = &measure{
	name: "diff", what: "what ten versions changed",
	run: reading(1,
		diffOurs,
		func(b *testing.B, w *world) func(int) error {
			last := []any{int64(w.newest) - inDiff}
			return selects(func(int) []any { return last }, madeSQL,
				`SELECT `+attrColumns+` FROM entity_attrs a WHERE a.deleted_at_version > ?`)(b, w)
		}),
}
