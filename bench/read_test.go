package bench_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// fleetSize is the inventory that is read.
const fleetSize = 5000

// readBench is a question to clusto and the same to plain SQL.
type readBench struct {
	name      string
	classicMS float64 // recorded of classic clusto; 0: not recorded
	ours      func(ctx context.Context, inv *clusto.Inventory, i int) error
	// plain is the statement, args its arguments for the server number i. All
	// columns of all rows are read.
	plain string
	args  func(i int) []any
}

// The columns that plain SQL reads.
const (
	entityColumns = `e.entity_id, e.name, e.type, e.driver, e.version`
	attrColumns   = `a.attr_id, a.entity_id, a."key", a.subkey, a.number, a.datatype, a.int_value, a.string_value,
		CAST(a.datetime_value AS TEXT), a.relation_id, a.version`
)

var readBenches = []readBench{
	{
		name: "get_by_name", classicMS: 0.4,
		ours: func(ctx context.Context, inv *clusto.Inventory, i int) error {
			_, err := inv.Object(ctx, serverName(i))
			return err
		},
		plain: `SELECT ` + entityColumns + ` FROM entities e WHERE name = ? AND deleted_at_version IS NULL`,
		args:  func(i int) []any { return []any{serverName(i)} },
	},
	{
		name: "get_by_ip",
		ours: func(ctx context.Context, inv *clusto.Inventory, i int) error {
			return one(resource.Devices(ctx, inv, addrOf(i)))
		},
		plain: `SELECT ` + entityColumns + ` FROM entity_attrs a JOIN entities e ON e.entity_id = a.entity_id
			WHERE a.int_value = ? AND a."key" = 'ip' AND a.deleted_at_version IS NULL AND e.deleted_at_version IS NULL`,
		args: func(i int) []any {
			n, err := resource.IPNumber(addrOf(i))
			if err != nil {
				panic(err)
			}
			return []any{int64(n)}
		},
	},
	{
		name: "get_by_mac",
		ours: func(ctx context.Context, inv *clusto.Inventory, i int) error {
			return one(inv.ByMAC(ctx, macOf(i)))
		},
		plain: `SELECT ` + entityColumns + ` FROM entity_attrs a JOIN entities e ON e.entity_id = a.entity_id
			WHERE a.string_value = ? AND a.subkey = 'mac' AND a.deleted_at_version IS NULL AND e.deleted_at_version IS NULL`,
		args: func(i int) []any { return []any{macOf(i).String()} },
	},
	{
		name: "recursive_contents", classicMS: 2100,
		ours: func(ctx context.Context, inv *clusto.Inventory, _ int) error {
			dc, err := inv.Object(ctx, "dc")
			if err != nil {
				return err
			}
			contents, err := dc.Contents(ctx, true, clusto.Match{})
			if want := fleetSize + fleetSize/perRack; err == nil && len(contents) != want {
				err = fmt.Errorf("%d contents, want %d", len(contents), want)
			}
			return err
		},
		plain: `WITH RECURSIVE inside(id) AS (
				SELECT entity_id FROM entities WHERE name = 'dc' AND deleted_at_version IS NULL
				UNION SELECT relation_id FROM inside CROSS JOIN entity_attrs a INDEXED BY clusto_attr_entkey
				ON a.entity_id = inside.id AND a."key" = '_contains' AND a.deleted_at_version IS NULL)
			SELECT ` + entityColumns + ` FROM inside CROSS JOIN entities e ON e.entity_id = inside.id`,
		args: func(int) []any { return nil },
	},
	{
		name: "merged_attributes", classicMS: 129,
		ours: func(ctx context.Context, inv *clusto.Inventory, i int) error {
			server, err := inv.Object(ctx, serverName(i))
			if err != nil {
				return err
			}
			attrs, err := server.MergedAttrs(ctx, clusto.AttrMatch{Visible: true})
			if err == nil && len(attrs) < 20 {
				err = fmt.Errorf("%d merged attributes", len(attrs))
			}
			return err
		},
		plain: `WITH RECURSIVE above(id) AS (
				SELECT entity_id FROM entities WHERE name = ? AND deleted_at_version IS NULL
				UNION SELECT a.entity_id FROM above CROSS JOIN entity_attrs a INDEXED BY clusto_attr_rel
				ON a.relation_id = above.id AND a."key" = '_contains' AND a.deleted_at_version IS NULL)
			SELECT ` + attrColumns + ` FROM above CROSS JOIN entity_attrs a INDEXED BY clusto_attr_entkey
				ON a.entity_id = above.id AND a."key" < '_' AND a.deleted_at_version IS NULL
			UNION ALL SELECT ` + attrColumns + ` FROM above CROSS JOIN entity_attrs a INDEXED BY clusto_attr_entkey
				ON a.entity_id = above.id AND a."key" >= 'a' AND a.deleted_at_version IS NULL`,
		args: func(i int) []any { return []any{serverName(i)} },
	},
}

// BenchmarkRead measures questions to an inventory of 5,000 servers: ms is
// ours, plain-ms that of a plain SQL statement which reads the same rows,
// x-plain their ratio (lower is better), x-classic how many times faster than
// classic clusto it is.
func BenchmarkRead(b *testing.B) {
	f := newFleet(b, fleetSize)
	db := openPlain(b, f.path)
	for _, bench := range readBenches {
		b.Run(bench.name, func(b *testing.B) { bench.run(b, f, db) })
	}
}

func (r readBench) run(b *testing.B, f *fleet, db *sql.DB) {
	statement, err := db.PrepareContext(b.Context(), r.plain)
	if err != nil {
		b.Fatal(err)
	}
	defer statement.Close()
	random := rand.New(rand.NewPCG(1, 2))
	var ours, theirs time.Duration
	turns := 0
	f.view(b, func(ctx context.Context, inv *clusto.Inventory) error {
		for b.Loop() { // in turns of 20, so that both see the same machine
			turns++
			start := time.Now()
			for range 20 {
				if err := r.ours(ctx, inv, random.IntN(fleetSize)); err != nil {
					return err
				}
			}
			ours += time.Since(start)
			start = time.Now()
			for range 20 {
				if n := readAll(b, statement, r.args(random.IntN(fleetSize))); n == 0 {
					return fmt.Errorf("%s: plain SQL finds nothing", r.name)
				}
			}
			theirs += time.Since(start)
		}
		return nil
	})
	ms := ours.Seconds() * 1000 / float64(20*turns)
	b.ReportMetric(ms, "ms/read")
	b.ReportMetric(theirs.Seconds()*1000/float64(20*turns), "plain-ms/read")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "x-plain")
	if r.classicMS > 0 {
		b.ReportMetric(r.classicMS/ms, "x-classic")
	}
	b.ReportMetric(0, "ns/op")
}

// readAll reads every column of an answer and returns the number of rows.
func readAll(tb testing.TB, statement *sql.Stmt, args []any) int {
	tb.Helper()
	rows, err := statement.QueryContext(tb.Context(), args...)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	row, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range row {
		into[i] = &row[i]
	}
	n := 0
	for ; rows.Next(); n++ {
		if err := rows.Scan(into...); err != nil {
			tb.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return n
}

func serverName(i int) string { return fmt.Sprintf("s%06d", i+1) }

// addrOf returns the address of the server number i: the first one goes to
// 10.1.0.2, behind the gateway.
func addrOf(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, 1, byte((i + 2) >> 8), byte(i + 2)})
}

func one(objects []*clusto.Object, err error) error {
	if err == nil && len(objects) != 1 {
		err = fmt.Errorf("%d entities, want 1", len(objects))
	}
	return err
}
