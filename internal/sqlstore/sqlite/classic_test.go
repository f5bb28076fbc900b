package sqlite_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	"github.com/clusto/clusto/internal/storetest"
)

// classicData is the directory of what classic clusto has left us.
const classicData = "../../../testdata/classic"

// copyClassic copies a database that classic clusto wrote.
func copyClassic(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(classicData, "small.db"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "small.db")
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func openAt(t testing.TB, path string, o sqlite.Options) *sqlstore.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// rawTables are all rows of the database as classic clusto saw them.
type rawTables struct {
	Raw map[string]struct {
		Columns []string
		Rows    [][]any
	}
}

func readRaw(t *testing.T) rawTables {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(classicData, "small.expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var tables rawTables
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	if err := decoder.Decode(&tables); err != nil {
		t.Fatal(err)
	}
	return tables
}

// TestClassic opens a database of classic clusto as it is, at each of its
// versions, and migrated, and finds what classic clusto found.
func TestClassic(t *testing.T) {
	racetest.OneAtATime(t)
	tables := readRaw(t)
	for _, migrated := range []bool{false, true} {
		t.Run(fmt.Sprintf("migrated=%v", migrated), func(t *testing.T) {
			s := openAt(t, copyClassic(t), sqlite.Options{})
			if migrated {
				if report, err := s.Migrate(t.Context()); err != nil || len(report.Applied) != 8 || report.Doubled != nil {
					t.Fatalf("Migrate: %+v, %v", report, err)
				}
			}
			newest := len(tables.Raw["clustoversioning"].Rows)
			for v := 0; v <= newest; v++ {
				checkClassicRows(t, s, tables, clusto.Version(v))
			}
			checkClassicVersions(t, s, tables)
			checkClassicCounters(t, s, tables)
			storetest.CheckEdits(t, s)
			storetest.CheckPast(t, s, clusto.Live, rand.New(rand.NewPCG(1, 2)))
			storetest.CheckPast(t, s, 200, rand.New(rand.NewPCG(1, 2)))
		})
	}
}

// number returns a column of a raw row, 0 for null.
func number(v any) int64 {
	n, _ := v.(json.Number)
	i, _ := n.Int64()
	return i
}

// valid reports whether a row with these two columns is valid at v, or live if v is 0.
func valid(made, ended any, v clusto.Version) bool {
	return v == clusto.Live && ended == nil || v != clusto.Live && number(made) <= int64(v) && (ended == nil || number(ended) > int64(v))
}

func checkClassicRows(t *testing.T, s *sqlstore.Store, tables rawTables, at clusto.Version) {
	t.Helper()
	want, got := []string{}, []string{}
	for _, r := range tables.Raw["entities"].Rows {
		if valid(r[4], r[5], at) {
			want = append(want, fmt.Sprint(r[:5]...))
		}
	}
	for _, r := range tables.Raw["entity_attrs"].Rows {
		if valid(r[10], r[11], at) {
			want = append(want, rawAttr(r))
		}
	}
	err := s.View(t.Context(), at, func(r clusto.Reader) error {
		for e, err := range r.Find(t.Context(), clusto.Match{}) {
			if err != nil {
				return err
			}
			got = append(got, fmt.Sprint(json.Number(fmt.Sprint(e.ID)), e.Name, e.Type, e.Driver, json.Number(fmt.Sprint(e.Version))))
		}
		for a, err := range r.Attrs(t.Context(), clusto.AttrMatch{}) {
			if err != nil {
				return err
			}
			got = append(got, ourAttr(a))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("at %d (-got +want):\n%s", at, diff)
	}
}

func rawAttr(r []any) string {
	value := r[6]
	for _, column := range r[7:10] {
		if value == nil {
			value = column
		}
	}
	return fmt.Sprintf("attr %v of %v: %v . %v # %v = %v %v made %v", r[0], r[1], r[2], r[3], r[4], r[5], value, r[10])
}

func ourAttr(a clusto.Attr) string {
	var subkey, number, value any
	if v, ok := a.Subkey.Get(); ok {
		subkey = v
	}
	if v, ok := a.Number.Get(); ok {
		number = v
	}
	switch {
	case a.Value.IsNone():
	case a.Value.Kind() == clusto.KindInt:
		value = a.Value.Int64()
	case a.Value.Kind() == clusto.KindRelation:
		value = int64(a.Value.Relation())
	case a.Value.Kind() == clusto.KindTime:
		value = a.Value.Time().Format("2006-01-02 15:04:05.000000")
	default:
		value = a.Value.Str()
	}
	return fmt.Sprintf("attr %v of %v: %v . %v # %v = %v %v made %v", a.ID, a.Entity, a.Key, subkey, number, a.Value.Kind(), value, a.Version)
}

func checkClassicVersions(t *testing.T, s *sqlstore.Store, tables rawTables) {
	t.Helper()
	var want, got []string
	for _, r := range tables.Raw["clustoversioning"].Rows {
		want = append(want, strings.ReplaceAll(fmt.Sprint(number(r[0]), r[1], r[2], r[3]), "<nil>", ""))
	}
	err := s.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		for v, err := range r.Versions(t.Context(), 0) {
			if err != nil {
				return err
			}
			got = append(got, fmt.Sprint(int64(v.Version), v.Time.Format(time.DateTime), v.User, v.Description))
		}
		return nil
	})
	if diff := cmp.Diff(spaceless(got), spaceless(want)); diff != "" || err != nil {
		t.Errorf("versions, %v (-got +want):\n%s", err, diff)
	}
}

// spaceless removes blanks, of which fmt.Sprint adds some between certain arguments.
func spaceless(all []string) []string {
	out := slices.Clone(all)
	for i := range out {
		out[i] = strings.ReplaceAll(out[i], " ", "")
	}
	return out
}

func checkClassicCounters(t *testing.T, s *sqlstore.Store, tables rawTables) {
	t.Helper()
	err := s.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		for _, row := range tables.Raw["counters"].Rows {
			n, ok, err := r.Counter(t.Context(), clusto.EntityID(number(row[1])), row[2].(string))
			if n != number(row[3]) || !ok || err != nil {
				t.Errorf("counter %v: %d, %v, %v", row, n, ok, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestWriteUnmigrated changes a database of classic clusto that was never
// migrated: it must work and leave rows as classic clusto writes them.
func TestWriteUnmigrated(t *testing.T) {
	ctx := t.Context()
	path := copyClassic(t)
	s := openAt(t, path, sqlite.Options{})
	list, err := clusto.JSON([]byte(`[1]`))
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		storetest.AskHot(t, tx)
		e, err := tx.Create(ctx, "added", "server", "basicserver")
		if err != nil {
			return err
		}
		attr := func(v clusto.Value) clusto.Attr { return clusto.Attr{Entity: e.ID, Key: "k", Value: v} }
		when := clusto.Time(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
		numbered := clusto.Attr{Entity: e.ID, Key: "k", Number: clusto.Num(0), Subkey: clusto.Sub("s"), Value: clusto.String("x")}
		err = tx.AddAttrs(ctx, attr(clusto.Int(1)), attr(clusto.String("")), attr(clusto.Value{}), attr(when), attr(list), attr(clusto.RelationTo(e.ID)), numbered)
		_, err2 := tx.DelAttrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{13}, Key: clusto.Is("note")})
		return errors.Join(err, err2, tx.SetCounter(ctx, e.ID, "k", 1), tx.SetCounter(ctx, 2, "_contains", 2), tx.Rename(ctx, 13, "renamed"), tx.Delete(ctx, 17))
	})
	if v != 270 || err != nil {
		t.Fatalf("version %d, %v, want 270", v, err)
	}
	db := openDB(t, path)
	for query, want := range map[string]string{
		`SELECT user, description, timestamp LIKE '____-__-__ __:__:__' FROM clustoversioning WHERE version = 270`:                                                                       "<nil> <nil> 1",
		`SELECT count(*), min(version), max(version), sum(deleted_at_version IS NULL) FROM entity_attrs WHERE entity_id = 40`:                                                            "7 270 270 7",
		`SELECT count(*) FROM entity_attrs WHERE (int_value IS NOT NULL) + (string_value IS NOT NULL) + (datetime_value IS NOT NULL) + (relation_id IS NOT NULL) > 1`:                    "0",
		`SELECT group_concat(datatype || ':' || typeof(int_value) || typeof(string_value) || typeof(datetime_value) || typeof(relation_id), ' ') FROM entity_attrs WHERE entity_id = 40`: "int:integernullnullnull string:nulltextnullnull string:nullnullnullnull datetime:nullnulltextnull json:nulltextnullnull relation:nullnullnullinteger string:nulltextnullnull",
		`SELECT CAST(datetime_value AS TEXT) FROM entity_attrs WHERE entity_id = 40 AND datatype = 'datetime'`:                                                                           "2026-01-02 03:04:05.000000",
		`SELECT count(*) FROM entity_attrs WHERE entity_id = 40 AND number IS NULL AND subkey IS NULL`:                                                                                   "6",
		`SELECT number, subkey FROM entity_attrs WHERE entity_id = 40 AND number IS NOT NULL`:                                                                                            "0 s",
		`SELECT count(*) FROM entity_attrs WHERE entity_id = 13 AND key = 'note' AND deleted_at_version = 270`:                                                                           "2",
		`SELECT count(*) FROM entity_attrs WHERE (entity_id = 17 OR relation_id = 17) AND deleted_at_version IS NULL`:                                                                    "0",
		`SELECT deleted_at_version FROM entities WHERE entity_id = 17`:                                                                                                                   "270",
		`SELECT count(*) FROM counters WHERE entity_id = 17`:                                                                                                                             "0",
		`SELECT group_concat(value) FROM counters WHERE entity_id IN (2, 40)`:                                                                                                            "2,1",
		`SELECT name, version, (SELECT name FROM clusto_entity_log WHERE entity_id = 13 AND version = 270) FROM entities WHERE entity_id = 13`:                                           "renamed 41 node001",
		`SELECT seq FROM clusto_meta`: "1",
		`PRAGMA integrity_check`:      "ok",
	} {
		if got := one(t, db, query); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
	// The old versions are as they were, and a migration finds nothing amiss.
	tables := readRaw(t)
	for _, at := range []clusto.Version{100, 200, 269} {
		checkClassicRows(t, s, tables, at)
	}
	if err := s.KeepSightings(ctx, clusto.Sighting{Family: 4, Client: "02:00:00:00:00:01", At: time.Now()}); !errors.Is(err, clusto.ErrUnsupported) || clusto.Hint(err) == "" {
		t.Errorf("KeepSightings: %v, want ErrUnsupported with a hint", err)
	}
	if seen, err := s.Sightings(ctx, clusto.SightingMatch{}); err != nil || seen != nil {
		t.Errorf("Sightings: %v, %v", seen, err)
	}
	if report, err := s.Migrate(ctx); err != nil || len(report.Applied) != 8 {
		t.Errorf("Migrate: %+v, %v", report, err)
	}
}

// one returns the columns of the one row that query yields.
func one(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatalf("%v in %s", err, query)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil || !rows.Next() {
		t.Fatalf("no answer, %v, to %s", err, query)
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range into {
		into[i] = &values[i]
	}
	if err := rows.Scan(into...); err != nil {
		t.Fatal(err)
	}
	var text []string
	for _, v := range values {
		text = append(text, fmt.Sprint(v))
	}
	return strings.Join(text, " ")
}

// TestNewDatabase compares a new database with one of classic clusto.
func TestNewDatabase(t *testing.T) {
	s, path := createAt(t, sqlite.Options{})
	db := openDB(t, path)
	classic, err := os.ReadFile(filepath.Join(classicData, "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for statement := range strings.SplitSeq(strings.TrimSpace(string(classic)), ";\n") {
		var n int
		statement = strings.TrimSuffix(statement, ";")
		if err := db.QueryRow(`SELECT count(*) FROM sqlite_schema WHERE sql = ?`, statement).Scan(&n); err != nil || n != 1 {
			t.Errorf("the schema lacks, %v:\n%s", err, statement)
		}
	}
	for query, want := range map[string]string{
		`SELECT * FROM entities`: "1 clustometa clustometa clustometa 1 <nil>",
		`SELECT attr_id, entity_id, key, subkey, number, datatype, int_value, version FROM entity_attrs`: "1 1 schemaversion property <nil> int 3 2",
		`SELECT group_concat(version), max(user), max(description) FROM clustoversioning`:                "1,2 <nil> <nil>",
		`PRAGMA journal_mode`: "wal",
		`SELECT count(*) FROM sqlite_schema WHERE name = 'clusto_live_name'`: "1",
	} {
		if got := one(t, db, query); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
	again, report, err := sqlite.Create(t.Context(), path, sqlite.Options{})
	if err != nil || len(report.Applied) != 0 {
		t.Fatalf("Create again: %+v, %v", report, err)
	}
	defer again.Close()
	err = s.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		v, err := r.Version(context.Background())
		if v != 2 {
			t.Errorf("version %d after creating again, want 2", v)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestDoubledNames migrates a database in which classic clusto's race has left
// two entities of one name.
func TestDoubledNames(t *testing.T) {
	ctx := t.Context()
	path := copyClassic(t)
	db := openDB(t, path)
	mustExec(t, db, `UPDATE entities SET name = 'node002' WHERE name = 'node003'`)
	s := openAt(t, path, sqlite.Options{})
	report, err := s.Migrate(ctx)
	want := []sqlstore.Doubled{{Name: "node002", Entities: []clusto.EntityID{14, 15}}}
	if diff := cmp.Diff(report.Doubled, want); diff != "" || err != nil || len(report.Applied) != 8 {
		t.Fatalf("Migrate: %+v, %v\n%s", report, err, diff)
	}
	if got := one(t, db, `SELECT count(*), sum(name = 'clusto_attr_rel') FROM sqlite_schema WHERE name LIKE 'clusto_attr_%' OR name = 'clusto_live_name'`); got != "6 1" {
		t.Errorf("indexes: %s", got)
	}
	_, err = s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		if e, err := tx.Entity(ctx, "node002"); e.ID != 14 || err != nil {
			t.Errorf("Entity: %v, %v, want the older", e, err)
		}
		if _, err := tx.Create(ctx, "node002", "server", "basicserver"); !errors.Is(err, clusto.ErrExists) {
			t.Errorf("Create: %v, want ErrExists", err)
		}
		return tx.Rename(ctx, 15, "node003")
	})
	if err != nil {
		t.Fatal(err)
	}
	if report, err := s.Migrate(ctx); err != nil || report.Doubled != nil || report.Applied != nil {
		t.Errorf("Migrate again: %+v, %v", report, err)
	}
	if _, err := db.Exec(`INSERT INTO entities (name, type, driver, version) VALUES ('node003', 'server', 'basicserver', 271)`); err == nil {
		t.Error("the database took a doubled name after the migration")
	}
}
