package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/storetest"
	"github.com/clusto/clusto/internal/testenv"
)

// loadClassic makes a database as classic clusto left one, and returns its DSN
// and what runs statements in it.
func loadClassic(t *testing.T) (dsn string, exec func(statements string) string) {
	t.Helper()
	server := testenv.PostgreSQL(t)
	dsn = server.NewDatabase(t)
	exec = func(statements string) string {
		t.Helper()
		return server.ExecIn(t, dsn, statements)
	}
	exec(classictest.PostgreSQL(t))
	return dsn, exec
}

// TestClassic opens a database of classic clusto as it is, at each of its
// versions, and migrated, and finds what is found in its SQLite database.
func TestClassic(t *testing.T) {
	racetest.OneAtATime(t)
	original := classictest.OpenFile(t)
	dsn, _ := loadClassic(t)
	s := openAt(t, dsn, postgres.Options{})
	for _, migrated := range []bool{false, true} {
		if migrated {
			if report, err := s.Migrate(t.Context()); err != nil || len(report.Applied) < 3 || report.Doubled != nil {
				t.Fatalf("Migrate: %+v, %v", report, err)
			}
		}
		for at := clusto.Live; at <= 269; at += 9 {
			want := classictest.Dump(t, original, at)
			for i := range want {
				want[i] = strings.ReplaceAll(want[i], classictest.Wide, classictest.Narrow)
			}
			if diff := cmp.Diff(classictest.Dump(t, s, at), want); diff != "" {
				t.Fatalf("migrated %v, at %d (-got +want):\n%s", migrated, at, diff)
			}
		}
	}
	if report, err := s.Migrate(t.Context()); err != nil || report.Applied != nil {
		t.Errorf("Migrate again: %+v, %v", report, err)
	}
}

// TestWriteUnmigrated changes a database of classic clusto that was never
// migrated: it must work and leave rows as classic clusto writes them.
func TestWriteUnmigrated(t *testing.T) {
	ctx := t.Context()
	dsn, exec := loadClassic(t)
	s := openAt(t, dsn, postgres.Options{})
	v, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		storetest.AskHot(t, tx)
		e, err := tx.Create(ctx, "added", "server", "basicserver")
		if err != nil {
			return err
		}
		attr := func(v clusto.Value) clusto.Attr { return clusto.Attr{Entity: e.ID, Key: "k", Value: v} }
		when := clusto.Time(time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC))
		err = tx.AddAttrs(ctx, attr(clusto.Int(1)), attr(clusto.String("")), attr(clusto.Value{}), attr(when), attr(clusto.RelationTo(e.ID)))
		return errors.Join(err, tx.SetCounter(ctx, e.ID, "k", 1), tx.Rename(ctx, 13, "renamed"), tx.Delete(ctx, 17))
	})
	if v != 270 || err != nil {
		t.Fatalf("version %d, %v, want 270", v, err)
	}
	_, err = s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		return tx.AddAttrs(ctx, clusto.Attr{Entity: 13, Key: "large", Value: clusto.Int(1 << 40)})
	})
	if !errors.Is(err, clusto.ErrInvalid) || !strings.Contains(clusto.Hint(err), "clusto initdb") {
		t.Errorf("a number of 41 bits in a column of 32: %v (%s), want ErrInvalid", err, clusto.Hint(err))
	}
	for query, want := range map[string]string{
		`SELECT "user" IS NULL, description IS NULL, timestamp > now() AT TIME ZONE 'UTC' - interval '1 hour' FROM clustoversioning WHERE version = 270`:                "t\tt\tt",
		`SELECT type, driver, version, deleted_at_version IS NULL FROM entities WHERE name = 'added'`:                                                                   "server\tbasicserver\t270\tt",
		`SELECT string_agg(datatype || num_nonnulls(int_value, string_value, datetime_value, relation_id), ' ' ORDER BY attr_id) FROM entity_attrs WHERE version = 270`: "int1 string1 string0 datetime1 relation1",
		`SELECT datetime_value FROM entity_attrs WHERE version = 270 AND datatype = 'datetime'`:                                                                         "2026-01-02 03:04:05.000006",
		`SELECT deleted_at_version FROM entities WHERE entity_id = 17`:                                                                                                  "270",
		`SELECT name, driver FROM clusto_entity_log`:                                                                                                                    "node001\tbasicserver",
	} {
		if got := exec(query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

// TestBesideClassic has classic's statements between ours: both number their
// rows from the same sequences, and each sees what the other made.
func TestBesideClassic(t *testing.T) {
	for _, migrated := range []bool{false, true} {
		t.Run(fmt.Sprintf("migrated=%v", migrated), func(t *testing.T) {
			ctx := t.Context()
			dsn, exec := loadClassic(t)
			s := openAt(t, dsn, postgres.Options{})
			if migrated {
				if _, err := s.Migrate(ctx); err != nil {
					t.Fatal(err)
				}
			}
			var last clusto.Version
			for i := range 5 {
				exec(fmt.Sprintf(classicChange, i))
				v, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
					before, err := tx.Entity(ctx, fmt.Sprint("classic", i))
					if err != nil {
						return err
					}
					e, err := tx.Create(ctx, fmt.Sprint("ours", i), "server", "basicserver")
					if err != nil {
						return err
					}
					last = before.Version
					return tx.AddAttrs(ctx, clusto.Attr{Entity: before.ID, Key: "peer", Value: clusto.RelationTo(e.ID)}, clusto.Attr{Entity: e.ID, Key: "k", Value: clusto.Int(1)})
				})
				if v != last+1 || err != nil {
					t.Fatalf("version %d after classic's %d, %v", v, last, err)
				}
			}
			if got := exec(`SELECT count(*), count(DISTINCT attr_id), max(version) - 269 FROM entity_attrs WHERE version > 269`); got != "15\t15\t10" {
				t.Errorf("attributes made by both, their numbers, versions: %q", got)
			}
		})
	}
}

// classicChange is what classic clusto runs to make an entity with an
// attribute: its SQLAlchemy leaves numbers to the columns' defaults.
const classicChange = `
BEGIN;
INSERT INTO clustoversioning (timestamp, "user", description) VALUES (CURRENT_TIMESTAMP, NULL, NULL);
INSERT INTO entities (name, type, driver, version, deleted_at_version)
	VALUES ('classic%[1]d', 'server', 'basicserver', (SELECT coalesce(max(version), 0) FROM clustoversioning), NULL);
INSERT INTO entity_attrs (entity_id, key, subkey, number, datatype, int_value, string_value, datetime_value, relation_id, version, deleted_at_version)
	VALUES ((SELECT entity_id FROM entities WHERE name = 'classic%[1]d'), 'owner', NULL, NULL, 'string', NULL, 'x', NULL, NULL,
		(SELECT coalesce(max(version), 0) FROM clustoversioning), NULL);
COMMIT;
`

// TestSequenceBehind makes rows where rows were copied into tables whose
// sequences do not know of them, and where sequences have other names.
func TestSequenceBehind(t *testing.T) {
	ctx := t.Context()
	dsn, exec := loadClassic(t)
	exec(`SELECT setval('clustoversioning_version_seq', 1), setval('entities_entity_id_seq', 1), setval('entity_attrs_attr_id_seq', 1);
		ALTER SEQUENCE entities_entity_id_seq RENAME TO other;
		ALTER SEQUENCE entity_attrs_attr_id_seq OWNED BY NONE`)
	s := openAt(t, dsn, postgres.Options{})
	for want := clusto.Version(270); want < 273; want++ {
		v, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
			e, err := tx.Create(ctx, fmt.Sprint("added", want), "server", "basicserver")
			if err != nil {
				return err
			}
			return tx.AddAttrs(ctx, clusto.Attr{Entity: e.ID, Key: "k", Value: clusto.Int(1)})
		})
		if v != want || err != nil {
			t.Fatalf("version %d, %v, want %d", v, err, want)
		}
	}
}

// TestDoubled reports names that several entities have, and makes names unique
// when they have none.
func TestDoubled(t *testing.T) {
	ctx := t.Context()
	dsn, exec := loadClassic(t)
	exec(`UPDATE entities SET name = 'node002' WHERE entity_id = 15`)
	s := openAt(t, dsn, postgres.Options{})
	report, err := s.Migrate(ctx)
	if err != nil || len(report.Doubled) != 1 || report.Doubled[0].Name != "node002" {
		t.Fatalf("Migrate: %+v, %v", report, err)
	}
	_, err = s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error { return tx.Rename(ctx, 15, "other") })
	if err != nil {
		t.Fatal(err)
	}
	if report, err := s.Migrate(ctx); err != nil || report.Doubled != nil {
		t.Errorf("Migrate again: %+v, %v", report, err)
	}
	if got := exec(`SELECT indexdef FROM pg_indexes WHERE indexname = 'clusto_live_name'`); !strings.Contains(got, "UNIQUE") {
		t.Errorf("the index of names: %q", got)
	}
}
