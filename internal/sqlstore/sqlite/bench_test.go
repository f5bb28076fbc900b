package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// fleet is an inventory with racks, two pools and managers, to put servers in.
type fleet struct {
	ctx         context.Context
	store       *sqlstore.Store
	path        string
	racks       []clusto.EntityID
	pool, other clusto.EntityID
	names, ips  clusto.EntityID
}

// newFleet makes a fleet with as many servers and gathers statistics.
func newFleet(b testing.TB, servers int) *fleet {
	s, path := createAt(b, sqlite.Options{})
	f := &fleet{ctx: b.Context(), store: s, path: path}
	f.fill(b, servers)
	if _, err := s.Migrate(f.ctx); err != nil {
		b.Fatal(err)
	}
	return f
}

// fill makes, in one change, a datacenter, racks, pools, managers and servers.
func (f *fleet) fill(b testing.TB, servers int) {
	f.update(b, func(tx clusto.Tx) error {
		dc := f.create(b, tx, "dc", "datacenter")
		for i := range 100 {
			rack := f.create(b, tx, fmt.Sprintf("rack%03d", i), "rack")
			f.racks = append(f.racks, rack)
			f.add(b, tx, clusto.Attr{Entity: dc, Key: clusto.KeyContains, Number: clusto.Num(i), Value: clusto.RelationTo(rack)})
		}
		f.pool, f.other = f.create(b, tx, "pool", "pool"), f.create(b, tx, "other", "pool")
		f.names, f.ips = f.create(b, tx, "names", "resourcemanager"), f.create(b, tx, "ips", "resourcemanager")
		for range servers {
			f.addServer(b, tx)
		}
		return nil
	})
}

func (f *fleet) update(b testing.TB, fn func(tx clusto.Tx) error) {
	if _, err := f.store.Update(f.ctx, clusto.Change{User: "bench"}, fn); err != nil {
		b.Fatal(err)
	}
}

func (f *fleet) create(b testing.TB, tx clusto.Tx, name, typ string) clusto.EntityID {
	e, err := tx.Create(f.ctx, name, typ, "basic"+typ)
	if err != nil {
		b.Fatal(err)
	}
	return e.ID
}

func (f *fleet) add(b testing.TB, tx clusto.Tx, attrs ...clusto.Attr) {
	if err := tx.AddAttrs(f.ctx, attrs...); err != nil {
		b.Fatal(err)
	}
}

// addServers adds servers in one change.
func (f *fleet) addServers(b testing.TB, n int) {
	f.update(b, func(tx clusto.Tx) error {
		for range n {
			f.addServer(b, tx)
		}
		return nil
	})
}

// next takes the next value of a counter.
func (f *fleet) next(b testing.TB, tx clusto.Tx, id clusto.EntityID, key string) int64 {
	n, _, err := tx.Counter(f.ctx, id, key)
	if err == nil {
		err = tx.SetCounter(f.ctx, id, key, n+1)
	}
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// addServer adds a server with what the drivers write for one: a name from a
// counter, its place, two pools, an address, a hardware address and ten more
// attributes. It looks at the place, the address and the name first, as they do.
func (f *fleet) addServer(b testing.TB, tx clusto.Tx) {
	n := f.next(b, tx, f.names, "next")
	id := f.create(b, tx, fmt.Sprintf("s%06d", n), "server")
	rack := f.racks[n/40%int64(len(f.racks))]
	for range tx.Attrs(f.ctx, clusto.AttrMatch{Entities: []clusto.EntityID{rack}, Key: clusto.Is(clusto.KeyContains)}) {
		continue
	}
	if _, err := tx.Parents(f.ctx, []clusto.EntityID{id}, false); err != nil {
		b.Fatal(err)
	}
	address := clusto.Int(n - 1<<31)
	for range tx.Attrs(f.ctx, clusto.AttrMatch{Key: clusto.Is("ip"), Value: clusto.Is(address)}) {
		b.Fatal("address taken")
	}
	f.add(b, tx, clusto.Attr{Entity: rack, Key: clusto.KeyContains, Number: clusto.Num(n%40 + 1), Subkey: clusto.Sub("ru"), Value: clusto.RelationTo(id)})
	f.add(b, tx, clusto.Attr{Entity: f.pool, Key: clusto.KeyContains, Number: clusto.Num(f.next(b, tx, f.pool, clusto.KeyContains)), Value: clusto.RelationTo(id)})
	f.add(b, tx, clusto.Attr{Entity: f.other, Key: clusto.KeyContains, Number: clusto.Num(f.next(b, tx, f.other, clusto.KeyContains)), Value: clusto.RelationTo(id)})
	f.add(b, tx, serverAttrs(id, f.ips, n, f.next(b, tx, 1, "ip"))...)
}

// serverAttrs returns the attributes of the n-th server.
func serverAttrs(id, ips clusto.EntityID, n, number int64) []clusto.Attr {
	ip := func(subkey string, v clusto.Value) clusto.Attr {
		a := clusto.Attr{Entity: id, Key: "ip", Number: clusto.Num(number), Value: v}
		if subkey != "" {
			a.Subkey = clusto.Sub(subkey)
		}
		return a
	}
	port := func(subkey, v string) clusto.Attr {
		return clusto.Attr{Entity: id, Key: "port-nic-eth", Number: clusto.Num(1), Subkey: clusto.Sub(subkey), Value: clusto.String(v)}
	}
	dotted := fmt.Sprintf("10.%d.%d.%d", n>>16, n>>8&255, n&255)
	attrs := []clusto.Attr{
		ip("", clusto.Int(n-1<<31)), ip("manager", clusto.RelationTo(ips)), ip("ipstring", clusto.String(dotted)),
		ip("cidr", clusto.String(dotted+"/8")), ip("osportname", clusto.String("eth0")),
		port("osportname", "eth0"), port("mac", mac(n).String()),
	}
	for i := range 10 {
		attrs = append(attrs, clusto.Attr{Entity: id, Key: "system", Subkey: clusto.Sub(fmt.Sprint("fact", i)), Value: clusto.String(fmt.Sprint("value ", n*10+int64(i)))})
	}
	return attrs
}

func mac(n int64) clusto.MAC {
	return clusto.MAC{0, 0x16, 0x3e, byte(n >> 16), byte(n >> 8), byte(n)}
}

// BenchmarkServer measures what it takes to enter a server, beside the plain
// statements that write the same rows.
func BenchmarkServer(b *testing.B) {
	for _, batch := range []int{1, 1000} {
		b.Run(fmt.Sprintf("how=store/batch=%d", batch), func(b *testing.B) {
			f := newFleet(b, 1000)
			b.ReportAllocs()
			for done := 0; done < b.N; done += batch {
				f.addServers(b, min(batch, b.N-done))
			}
		})
		b.Run(fmt.Sprintf("how=plain/batch=%d", batch), func(b *testing.B) {
			f := newFleet(b, 1000)
			p := openPlain(b, f.path)
			b.ReportAllocs()
			for done := 0; done < b.N; done += batch {
				p.addServers(b, f, min(batch, b.N-done))
			}
		})
	}
}

// plain is a database/sql connection with prepared statements.
type plain struct {
	db                                      *sql.DB
	entity, attr, counter, version, advance *sql.Stmt
	next                                    int64
}

func openPlain(b testing.TB, path string) *plain {
	file := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: "_txlock=immediate&_pragma=synchronous(full)&_pragma=cache_size(-65536)&_pragma=wal_autocheckpoint(8000)"}
	db, err := sql.Open("sqlite", file.String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	p := &plain{db: db, next: 1000}
	for text, st := range map[string]**sql.Stmt{
		`INSERT INTO entities (name, type, driver, version) VALUES (?, ?, ?, ?)`:                                                                                &p.entity,
		`INSERT INTO entity_attrs (entity_id, key, subkey, number, datatype, int_value, string_value, relation_id, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`: &p.attr,
		`UPDATE counters SET value = value + 1 WHERE entity_id = ? AND attr_key = ?`:                                                                            &p.counter,
		`INSERT INTO clustoversioning (timestamp, user) VALUES (CURRENT_TIMESTAMP, ?)`:                                                                          &p.version,
		`UPDATE clusto_meta SET seq = seq + 1`:                                                                                                                  &p.advance,
	} {
		if *st, err = db.Prepare(text); err != nil {
			b.Fatal(err)
		}
	}
	return p
}

func (p *plain) addServers(b testing.TB, f *fleet, n int) {
	tx, err := p.db.BeginTx(f.ctx, nil)
	if err != nil {
		b.Fatal(err)
	}
	exec := func(st *sql.Stmt, args ...any) int64 {
		result, err := tx.Stmt(st).Exec(args...)
		if err != nil {
			b.Fatal(err)
		}
		id, err := result.LastInsertId()
		if err != nil {
			b.Fatal(err)
		}
		return id
	}
	exec(p.advance)
	version := exec(p.version, "bench")
	st := tx.Stmt(p.attr)
	insert := func(attrs ...clusto.Attr) {
		for _, a := range attrs {
			if _, err := st.Exec(plainRow(a, version)...); err != nil {
				b.Fatal(err)
			}
		}
	}
	for range n {
		i := p.next
		p.next++
		id := clusto.EntityID(exec(p.entity, fmt.Sprintf("s%06d", i), "server", "basicserver", version))
		for _, container := range []clusto.EntityID{f.racks[i/40%100], f.pool, f.other} {
			insert(clusto.Attr{Entity: container, Key: clusto.KeyContains, Number: clusto.Num(i), Value: clusto.RelationTo(id)})
		}
		insert(serverAttrs(id, f.ips, i, i)...)
		exec(p.counter, f.names, "next")
		exec(p.counter, f.pool, clusto.KeyContains)
		exec(p.counter, f.other, clusto.KeyContains)
		exec(p.counter, 1, "ip")
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

func plainRow(a clusto.Attr, version int64) []any {
	var subkey, number, integer, text, relation any
	if s, ok := a.Subkey.Get(); ok {
		subkey = s
	}
	if n, ok := a.Number.Get(); ok {
		number = n
	}
	switch a.Value.Kind() {
	case clusto.KindInt:
		integer = a.Value.Int64()
	case clusto.KindRelation:
		relation = int64(a.Value.Relation())
	default:
		text = a.Value.Str()
	}
	return []any{int64(a.Entity), a.Key, subkey, number, string(a.Value.Kind()), integer, text, relation, version}
}

// BenchmarkRead measures questions to 5,000 servers, beside plain statements.
func BenchmarkRead(b *testing.B) {
	f := newFleet(b, 5000)
	p := openPlain(b, f.path)
	dc := clusto.EntityID(2)
	ids := func(id clusto.EntityID) []clusto.EntityID { return []clusto.EntityID{id} }
	const attrs = `SELECT attr_id, entity_id, key, subkey, number, datatype, int_value, string_value, relation_id, version FROM entity_attrs WHERE deleted_at_version IS NULL AND `
	const contents = `WITH RECURSIVE p(id) AS (SELECT ? UNION SELECT a.relation_id FROM p CROSS JOIN entity_attrs a WHERE a.entity_id = p.id AND a.key = '_contains' AND deleted_at_version IS NULL)
		SELECT entity_id, name, type, driver, version FROM entities WHERE entity_id IN (SELECT id FROM p) AND deleted_at_version IS NULL`
	for _, q := range []struct {
		name  string
		ask   func(r clusto.Reader) (int, error)
		plain string
		arg   any
	}{
		{"name", func(r clusto.Reader) (int, error) { _, err := r.Entity(f.ctx, "s002500"); return 1, err },
			`SELECT entity_id, name, type, driver, version FROM entities WHERE name = ? AND deleted_at_version IS NULL`, "s002500"},
		{"attrs", func(r clusto.Reader) (int, error) {
			return seqLen(r.Attrs(f.ctx, clusto.AttrMatch{Entities: ids(2500)}))
		},
			attrs + `entity_id = ? ORDER BY attr_id`, 2500},
		{"mac", func(r clusto.Reader) (int, error) {
			m := mac(2500)
			return seqLen(r.Attrs(f.ctx, clusto.AttrMatch{Subkey: clusto.Is("mac"), MAC: &m}))
		}, attrs + `string_value = ?`, mac(2500).String()},
		{"ip", func(r clusto.Reader) (int, error) {
			return seqLen(r.Attrs(f.ctx, clusto.AttrMatch{Key: clusto.Is("ip"), Value: clusto.Is(clusto.Int(2500 - 1<<31))}))
		}, attrs + `key = 'ip' AND int_value = ?`, 2500 - 1<<31},
		{"parents", func(r clusto.Reader) (int, error) {
			all, err := r.Parents(f.ctx, ids(2500), false)
			return len(all), err
		},
			`SELECT e.entity_id, e.name, e.type, e.driver, e.version FROM entity_attrs a JOIN entities e ON e.entity_id = a.entity_id WHERE a.relation_id = ? AND a.key = '_contains' AND a.deleted_at_version IS NULL`, 2500},
		{"contents", func(r clusto.Reader) (int, error) { all, err := r.Contents(f.ctx, ids(dc), true); return len(all), err }, contents, 2},
	} {
		b.Run("what="+q.name+"/how=store", func(b *testing.B) {
			b.ReportAllocs()
			err := f.store.View(f.ctx, clusto.Live, func(r clusto.Reader) error {
				for b.Loop() {
					if n, err := q.ask(r); n == 0 || err != nil {
						return fmt.Errorf("%d answers, %w", n, err)
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		})
		b.Run("what="+q.name+"/how=plain", func(b *testing.B) {
			b.ReportAllocs()
			st, err := p.db.Prepare(q.plain)
			if err != nil {
				b.Fatal(err)
			}
			defer st.Close()
			for b.Loop() {
				if n := scanAll(b, st, q.arg); n == 0 {
					b.Fatal("no answer")
				}
			}
		})
	}
}

// scanAll runs a statement and reads all columns of its answer.
func scanAll(b *testing.B, st *sql.Stmt, arg any) (n int) {
	rows, err := st.Query(arg)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		b.Fatal(err)
	}
	into := make([]any, len(columns))
	for i := range into {
		into[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			b.Fatal(err)
		}
		n++
	}
	return n
}
