package mysql_test

import (
	"context"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/mysql"
	"github.com/clusto/clusto/internal/testenv"
)

// classicOptions are options of tables that classic clusto is found with.
var classicOptions = map[string]string{
	"latin1":    "CHARSET=latin1",
	"utf8":      "CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci",
	"compact":   "CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci ROW_FORMAT=COMPACT",
	"redundant": "CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci ROW_FORMAT=REDUNDANT",
	"binary":    "CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
}

// loadClassic makes a database of classic clusto and returns its DSN.
func loadClassic(t *testing.T, server *testenv.Server, options string) string {
	t.Helper()
	dsn := server.NewDatabase(t)
	server.ExecIn(t, dsn, classictest.MySQL(t, options))
	return dsn
}

// TestClassic opens a database of classic clusto as it is, at several of its
// versions, migrated, and migrated again, and finds what classic clusto found.
func TestClassic(t *testing.T) {
	racetest.OneAtATime(t)
	server := testenv.MariaDB(t)
	original := classictest.OpenFile(t)
	dump := func(t *testing.T, at clusto.Version) []string { // as the columns can hold it
		lines := classictest.Dump(t, original, at)
		for i := range lines {
			lines[i] = strings.ReplaceAll(strings.ReplaceAll(lines[i], classictest.Wide, classictest.Narrow), classictest.Fraction, "")
		}
		return lines
	}
	for name, options := range classicOptions {
		t.Run(name, func(t *testing.T) {
			s := open(t, loadClassic(t, server, options), mysql.Options{})
			for _, migrations := range []int{0, 3, 0} {
				if migrations > 0 {
					if report, err := s.Migrate(t.Context()); err != nil || len(report.Applied) < migrations || report.Doubled != nil {
						t.Fatalf("Migrate: %+v, %v", report, err)
					}
				}
				for _, at := range []clusto.Version{clusto.Live, 1, 50, 137, 209, 269} {
					if diff := cmp.Diff(classictest.Dump(t, s, at), dump(t, at)); diff != "" {
						t.Errorf("at %d (-got +want):\n%s", at, diff)
					}
				}
				checkTexts(t, s)
			}
			if report, err := s.Migrate(t.Context()); err != nil || report.Applied != nil {
				t.Errorf("Migrate again: %+v, %v", report, err)
			}
		})
	}
}

// checkTexts asks for texts that only a collation takes for the same.
func checkTexts(t *testing.T, s *sqlstore.Store) {
	t.Helper()
	ctx := t.Context()
	err := s.View(ctx, clusto.Live, func(r clusto.Reader) error {
		for name, want := range map[string]error{
			"node001": nil, "Node001": clusto.ErrNotFound, "node001 ": clusto.ErrNotFound, "nöde001": clusto.ErrNotFound, "☃\U0001F600": clusto.ErrNotFound,
		} {
			if _, err := r.Entity(ctx, name); !errors.Is(err, want) {
				t.Errorf("Entity(%q): %v, want %v", name, err, want)
			}
		}
		for _, c := range []struct {
			m    clusto.AttrMatch
			want int
		}{
			{clusto.AttrMatch{Values: []clusto.Value{clusto.String("grüß")}}, 1},
			{clusto.AttrMatch{Values: []clusto.Value{clusto.String("grüß"), clusto.String("☃")}}, 1},
			{clusto.AttrMatch{Values: []clusto.Value{clusto.String("GRÜß"), clusto.String("gruß")}}, 0},
			{clusto.AttrMatch{Key: clusto.Is("Seen")}, 0},
			{clusto.AttrMatch{Key: clusto.Is("seen ")}, 0},
			{clusto.AttrMatch{Key: clusto.Is("seen")}, 1},
			{clusto.AttrMatch{Key: clusto.Like("see*")}, 2},
			{clusto.AttrMatch{Key: clusto.Like("See*")}, 0},
			{clusto.AttrMatch{Value: clusto.Is(clusto.Time(time.Date(2012, 2, 29, 23, 59, 58, 0, time.UTC)))}, 1},
		} {
			found, err := clusto.Collect(r.Attrs(ctx, c.m))
			if len(found) != c.want || err != nil {
				t.Errorf("Attrs(%+v): %v, %v, want %d", c.m, found, err, c.want)
			}
		}
		all, err := clusto.Collect(r.Find(ctx, clusto.Match{Names: []string{"node002", "NODE001", "node003", "☃"}}))
		if len(all) != 2 || err != nil {
			t.Errorf("Find by names: %v, %v", all, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestWriteClassic changes a database of classic clusto, before and after it is
// migrated, while classic clusto writes too: rows are as classic writes them.
func TestWriteClassic(t *testing.T) {
	server := testenv.MariaDB(t)
	dsn := loadClassic(t, server, classicOptions["latin1"])
	s := open(t, dsn, mysql.Options{})
	for i, name := range []string{"unmigrated", "migrated"} {
		id := writeClassic(t, s, name)
		for query, want := range map[string]string{
			`SELECT count(*), sum(deleted_at_version IS NULL) FROM entity_attrs WHERE entity_id = ` + id:                                                                  "7\t7",
			`SELECT count(*) FROM entity_attrs WHERE (int_value IS NOT NULL) + (string_value IS NOT NULL) + (datetime_value IS NOT NULL) + (relation_id IS NOT NULL) > 1`: "0",
			`SELECT date_format(datetime_value, '%Y-%m-%d %T') FROM entity_attrs WHERE datatype = 'datetime' AND entity_id = ` + id:                                       "2026-01-02 03:04:05",
			`SELECT number, subkey FROM entity_attrs WHERE number IS NOT NULL AND entity_id = ` + id:                                                                      "0\ts",
			`SELECT user, description FROM clustoversioning ORDER BY version DESC LIMIT 1`:                                                                                "NULL\tNULL",
		} {
			if got := strings.TrimSpace(server.ExecIn(t, dsn, query)); got != want {
				t.Errorf("%s: %s\n got %s\nwant %s", name, query, got, want)
			}
		}
		// Classic takes its numbers from AUTO_INCREMENT.
		server.ExecIn(t, dsn, `INSERT INTO clustoversioning (timestamp) VALUES (now()); SET @v = LAST_INSERT_ID();
			INSERT INTO entities (name, type, driver, version) VALUES ('classic-`+name+`', 'server', 'basicserver', @v);
			INSERT INTO entity_attrs (entity_id, `+"`key`"+`, datatype, string_value, version) VALUES (LAST_INSERT_ID(), 'k', 'string', 'v', @v)`)
		if i == 0 {
			if report, err := s.Migrate(t.Context()); err != nil || report.Doubled != nil {
				t.Fatalf("Migrate: %+v, %v", report, err)
			}
		}
	}
	writeClassic(t, s, "last")
	checkRenamed(t, s)
	for query, want := range map[string]string{
		`SELECT count(*), max(version) - 269 FROM clustoversioning`:                     "277\t8",
		`SELECT count(*) FROM entities WHERE deleted_at_version IS NULL AND name <> ''`: strings.TrimSpace(server.ExecIn(t, dsn, `SELECT count(DISTINCT name) FROM entities WHERE deleted_at_version IS NULL`)),
	} {
		if got := strings.TrimSpace(server.ExecIn(t, dsn, query)); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
}

// checkRenamed renames an entity, deletes it and looks for its old names: our
// tables compare texts as classic's do.
func checkRenamed(t *testing.T, s *sqlstore.Store) {
	t.Helper()
	ctx := t.Context()
	var id clusto.EntityID
	for _, change := range []func(clusto.Tx) error{
		func(tx clusto.Tx) error {
			e, err := tx.Entity(ctx, "unmigrated")
			id = e.ID
			return errors.Join(err, tx.Rename(ctx, id, "Réné"), tx.(clusto.Receipts).KeepReceipt(ctx, "Key", "☃"))
		},
		func(tx clusto.Tx) error { return tx.Rename(ctx, id, "rene") },
		func(tx clusto.Tx) error { return tx.Delete(ctx, id) },
	} {
		if _, err := s.Update(ctx, clusto.Change{}, change); err != nil {
			t.Fatal(err)
		}
	}
	err := s.View(ctx, clusto.Live, func(r clusto.Reader) error {
		for names, want := range map[string]int{"unmigrated": 1, "Réné": 1, "rene": 1, "Rene": 0, "unmigrated ": 0, "☃": 0, "rene|Réné|☃": 1} {
			lives, err := clusto.Collect(r.(clusto.History).Lives(ctx, clusto.LifeMatch{Names: strings.Split(names, "|")}))
			if len(lives) != want || err != nil {
				t.Errorf("lives of %s: %v, %v, want %d", names, lives, err, want)
			}
		}
		edits, err := clusto.Collect(r.(clusto.History).Edits(ctx, clusto.EditMatch{About: []clusto.EntityID{id}}))
		if n := len(edits); n < 10 || err != nil {
			t.Errorf("edits: %v, %v", edits, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	_, err = s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		text, found, err := tx.(clusto.Receipts).Receipt(ctx, "Key")
		if _, other, err := tx.(clusto.Receipts).Receipt(ctx, "key"); text != "☃" || !found || other || err != nil {
			t.Errorf("receipt: %q, %v, of another key %v, %v", text, found, other, err)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// writeClassic makes an entity with a value of each kind and returns its number.
func writeClassic(t *testing.T, s *sqlstore.Store, name string) (id string) {
	t.Helper()
	ctx := t.Context()
	list, err := clusto.JSON([]byte(`[1]`))
	if err != nil {
		t.Fatal(err)
	}
	var e clusto.Entity
	_, err = s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		var err error
		if e, err = tx.Create(ctx, name, "server", "basicserver"); err != nil {
			return err
		}
		attr := func(v clusto.Value) clusto.Attr { return clusto.Attr{Entity: e.ID, Key: "k", Value: v} }
		when := clusto.Time(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
		numbered := clusto.Attr{Entity: e.ID, Key: "k", Number: clusto.Num(0), Subkey: clusto.Sub("s"), Value: clusto.String("x")}
		err = tx.AddAttrs(ctx, attr(clusto.Int(1)), attr(clusto.String("")), attr(clusto.Value{}), attr(when), attr(list), attr(clusto.RelationTo(e.ID)), numbered)
		return errors.Join(err, tx.SetCounter(ctx, e.ID, "k", 1))
	})
	if err != nil {
		t.Fatal(err)
	}
	return clusto.Int(int64(e.ID)).Text()
}

// TestNames makes names and texts that most collations take for the same.
func TestNames(t *testing.T) {
	server := testenv.MariaDB(t)
	names := []string{"web", "Web", "wéb", "web!", "Straße", "Strasse"}
	for kind, dsn := range map[string]string{
		"ours":    server.NewDatabase(t),
		"classic": loadClassic(t, server, classicOptions["latin1"]),
	} {
		t.Run(kind, func(t *testing.T) {
			ctx := t.Context()
			s := create(t, dsn, mysql.Options{})
			for _, name := range names {
				if _, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
					e, err := tx.Create(ctx, name, "server", "basicserver")
					if err != nil {
						return err
					}
					return errors.Join(
						tx.AddAttrs(ctx, clusto.Attr{Entity: e.ID, Key: "k", Subkey: clusto.Sub("s"), Value: clusto.String(name + " ")}),
						tx.SetCounter(ctx, e.ID, name, 1), tx.SetCounter(ctx, e.ID, name+" ", 2))
				}); err != nil {
					t.Fatal(err)
				}
			}
			var found []string
			err := s.View(ctx, clusto.Live, func(r clusto.Reader) error {
				for _, name := range names {
					e, err := r.Entity(ctx, name)
					n, _, err2 := r.Counter(ctx, e.ID, name)
					attrs, err3 := clusto.Collect(r.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is("k"), Subkey: clusto.Is("s"), Value: clusto.Is(clusto.String(name + " "))}))
					none, err4 := clusto.Collect(r.Attrs(ctx, clusto.AttrMatch{Value: clusto.Is(clusto.String(name))}))
					if err := errors.Join(err, err2, err3, err4); err != nil {
						return err
					}
					if n != 1 || len(attrs) != 1 || len(none) != 0 {
						t.Errorf("%s: counter %d, attributes %v, without blank %v", name, n, attrs, none)
					}
					found = append(found, e.Name)
				}
				return nil
			})
			if diff := cmp.Diff(found, names); diff != "" || err != nil {
				t.Errorf("names, %v (-got +want):\n%s", err, diff)
			}
		})
	}
}

// TestDoubledNames migrates a database in which classic clusto's race has left
// two entities of one name.
func TestDoubledNames(t *testing.T) {
	ctx := t.Context()
	server := testenv.MariaDB(t)
	dsn := loadClassic(t, server, classicOptions["latin1"])
	server.ExecIn(t, dsn, `UPDATE entities SET name = 'node002' WHERE name = 'node003'; UPDATE entities SET name = 'Node001' WHERE name = 'node005'`)
	s := open(t, dsn, mysql.Options{})
	report, err := s.Migrate(ctx)
	want := []sqlstore.Doubled{{Name: "node002", Entities: []clusto.EntityID{14, 15}}}
	if diff := cmp.Diff(report.Doubled, want); diff != "" || err != nil {
		t.Fatalf("Migrate: %+v, %v\n%s", report, err, diff)
	}
	rename := func(tx clusto.Tx) error { return tx.Rename(ctx, 15, "node003") }
	if _, err = s.Update(ctx, clusto.Change{}, rename); err != nil {
		t.Fatal(err)
	}
	if report, err := s.Migrate(ctx); err != nil || report.Doubled != nil || report.Applied != nil {
		t.Errorf("Migrate again: %+v, %v", report, err)
	}
	insert := `SET sql_mode = ''; INSERT IGNORE INTO entities (name, type, driver, version) VALUES ('node003', 'server', 'basicserver', 271); SELECT row_count()`
	if got := strings.TrimSpace(server.ExecIn(t, dsn, insert)); got != "0" {
		t.Errorf("the database took a doubled name after the migration: %s rows", got)
	}
}

// TestConverted changes the collation of classic clusto's tables as
// docs/databases.md says, after which they are like ours.
func TestConverted(t *testing.T) {
	server := testenv.MariaDB(t)
	dsn := loadClassic(t, server, classicOptions["latin1"])
	create(t, dsn, mysql.Options{})
	page, err := os.ReadFile("../../../docs/databases.md")
	if err != nil {
		t.Fatal(err)
	}
	statements := regexp.MustCompile(`(?m)^ALTER TABLE .*;$`).FindAllString(string(page), -1)
	if len(statements) < 6 {
		t.Fatalf("docs/databases.md has %d statements", len(statements))
	}
	server.ExecIn(t, dsn, strings.Join(statements, "\n"))
	s := open(t, dsn, mysql.Options{})
	checkTexts(t, s)
	writeClassic(t, s, "unmigrated")
	checkRenamed(t, s)
	long := clusto.String(strings.Repeat("☃", 70_000))
	_, err = s.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		return tx.AddAttrs(t.Context(), clusto.Attr{Entity: 2, Key: "long", Value: long})
	})
	if err != nil {
		t.Errorf("a long text: %v", err)
	}
	if report, err := s.Migrate(t.Context()); err != nil || report.Applied != nil {
		t.Errorf("Migrate: %+v, %v", report, err)
	}
}

// TestRenamesUnmigrated keeps the names that entities had in a database that is
// not migrated, in a table with its collation.
func TestRenamesUnmigrated(t *testing.T) {
	racetest.OneAtATime(t)
	server := testenv.MariaDB(t)
	for name, options := range classicOptions {
		t.Run(name, func(t *testing.T) {
			s := open(t, loadClassic(t, server, options), mysql.Options{})
			writeClassic(t, s, "unmigrated")
			checkRenamed(t, s)
		})
	}
}

// TestInterruptedMigration runs a migration again of which a part was done.
func TestInterruptedMigration(t *testing.T) {
	server := testenv.MariaDB(t)
	dsn := server.NewDatabase(t)
	first := create(t, dsn, mysql.Options{})
	server.ExecIn(t, dsn, `DELETE FROM clusto_migration WHERE version_id > 0; DROP INDEX clusto_attr_ver ON entity_attrs; DROP TABLE clusto_free_range`)
	again, report, err := mysql.Create(t.Context(), dsn, mysql.Options{})
	if err != nil || len(report.Applied) < 3 {
		t.Fatalf("Create: %+v, %v", report, err)
	}
	closeAtEnd(t, again)
	if n := strings.Count(server.ExecIn(t, dsn, `SHOW INDEX FROM entity_attrs; SHOW TABLES`), "clusto_attr_ver"); n != 1 {
		t.Errorf("%d indexes clusto_attr_ver, want 1", n)
	}
	if err := first.View(t.Context(), clusto.Live, func(r clusto.Reader) error { _, err := r.Version(context.Background()); return err }); err != nil {
		t.Error(err)
	}
}
