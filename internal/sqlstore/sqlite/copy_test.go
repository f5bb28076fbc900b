package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/copytest"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

func newStore(t *testing.T) *sqlstore.Store { return create(t, sqlite.Options{}) }

func TestCopy(t *testing.T) {
	t.Parallel()
	copytest.Run(t, newStore, newStore)
}

// TestCopiedTables checks that a copy leaves out no table and no column that a
// migration has made.
func TestCopiedTables(t *testing.T) {
	t.Parallel()
	_, path := createAt(t, sqlite.Options{})
	db := openDB(t, path)
	rows, err := db.Query(`SELECT m.name || '.' || p.name FROM sqlite_schema m JOIN pragma_table_info(m.name) p
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT IN ('clusto_migration', 'clusto_session') ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var want []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		want = append(want, name)
	}
	if diff := cmp.Diff(want, sqlstore.CopiedColumns()); diff != "" {
		t.Errorf("the database (-) has other columns than those that are copied (+); see copy_tables.go\n%s", diff)
	}
}

// TestCopyClassic copies a database that classic clusto wrote, as it is and
// migrated, and finds every row in the copy.
func TestCopyClassic(t *testing.T) {
	racetest.OneAtATime(t)
	t.Parallel()
	for _, migrated := range []bool{false, true} {
		path := copyClassic(t)
		if migrated {
			s, _, err := sqlite.Create(t.Context(), path, sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		from := openAt(t, path, sqlite.Options{})
		to, copied := createAt(t, sqlite.Options{})
		if _, err := sqlstore.Copy(t.Context(), from, to, sqlstore.CopyOptions{}); err != nil {
			t.Fatal(err)
		}
		copytest.Compare(t, from, to)
		before, after := openDB(t, path), openDB(t, copied)
		for _, table := range []string{"clustoversioning", "entities", "entity_attrs", "counters"} {
			all := `SELECT json_group_array(json_array(` + one(t, before, `SELECT group_concat('"' || name || '"') FROM pragma_table_info('`+table+`')`) + `)) FROM ` + table
			if diff := cmp.Diff(one(t, before, all), one(t, after, all)); diff != "" {
				t.Errorf("migrated %t: %s: want -, got +\n%s", migrated, table, diff)
			}
		}
	}
}

// TestCopyWhileWriting copies while others write, and finds one state.
func TestCopyWhileWriting(t *testing.T) {
	t.Parallel()
	from, to := newStore(t), newStore(t)
	copytest.Fill(t, from, 20)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	writing := make(chan struct{})
	wg.Go(func() {
		defer sync.OnceFunc(func() { close(writing) })()
		for n := 0; ctx.Err() == nil; n++ {
			_, err := from.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
				e, err := tx.Create(t.Context(), fmt.Sprintf("w%d", n), "server", "basicserver")
				if err != nil {
					return err
				}
				return tx.AddAttrs(t.Context(), clusto.Attr{Entity: e.ID, Key: "k", Value: clusto.Int(int64(n))})
			})
			if err != nil {
				t.Error(err)
				return
			}
			if n == 3 {
				writing <- struct{}{}
			}
		}
	})
	<-writing
	report, err := sqlstore.Copy(t.Context(), from, to, sqlstore.CopyOptions{})
	stop()
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	err = to.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		v, err := r.Version(t.Context())
		if v != report.Version {
			t.Errorf("the copy is of version %d, and the report says %d", v, report.Version)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The rules of databases that hold less than SQLite, made of its means.
const (
	narrowName = `CREATE TRIGGER narrow BEFORE INSERT ON entities WHEN length(NEW.name) > 128 BEGIN SELECT RAISE(ABORT, 'too long'); END`
	shortText  = `CREATE TRIGGER short AFTER INSERT ON entity_attrs WHEN length(NEW.string_value) > 65535
		BEGIN UPDATE entity_attrs SET string_value = substr(NEW.string_value, 1, 65535) WHERE attr_id = NEW.attr_id; END`
	smallNumbers = `CREATE TRIGGER small BEFORE INSERT ON entity_attrs WHEN typeof(NEW.int_value) NOT IN ('integer', 'null')
		OR NEW.int_value NOT BETWEEN -2147483648 AND 2147483647 BEGIN SELECT RAISE(ABORT, 'out of range'); END`
	seconds = `CREATE TRIGGER seconds AFTER INSERT ON entity_attrs WHEN NEW.datetime_value IS NOT NULL
		BEGIN UPDATE entity_attrs SET datetime_value = substr(NEW.datetime_value, 1, 19) WHERE attr_id = NEW.attr_id; END`
	references = `CREATE TRIGGER refs BEFORE INSERT ON entity_attrs WHEN NEW.relation_id IS NOT NULL AND NEW.relation_id NOT IN (SELECT entity_id FROM entities)
		OR NEW.entity_id NOT IN (SELECT entity_id FROM entities) BEGIN SELECT RAISE(ABORT, 'no such entity'); END`
	noNUL = `CREATE TRIGGER nul BEFORE INSERT ON entity_attrs WHEN instr(CAST(NEW.string_value AS BLOB), x'00') > 0
		BEGIN SELECT RAISE(ABORT, 'NUL'); END`
	noAstral = `CREATE TRIGGER astral BEFORE INSERT ON entity_attrs WHEN instr(CAST(NEW.string_value AS BLOB), x'f09f') > 0
		BEGIN SELECT RAISE(ABORT, 'utf8mb3'); END`
)

// TestCopyLosses copies to databases that cannot hold everything.
func TestCopyLosses(t *testing.T) {
	t.Parallel()
	const row = `INSERT INTO entity_attrs (attr_id, entity_id, "key", datatype, version, int_value, string_value, datetime_value, relation_id) VALUES `
	long := strings.Repeat("ü", 40_000)
	for _, c := range []struct {
		name, rule, put string
		args            []any
		refused         string // by default; "" for what is only said
		lost            sqlstore.CopyLoss
		read, want      string // of the lossy copy
	}{
		{
			name: "fractions", rule: seconds,
			put:  row + `(100, 1, 'k', 'datetime', 2, NULL, NULL, '2012-02-29 23:59:59.750000', NULL)`,
			lost: sqlstore.CopyLoss{Table: "entity_attrs", Column: "datetime_value", What: "fractions of a second", Rows: 1, First: []int64{100}},
			read: `SELECT CAST(datetime_value AS TEXT) FROM entity_attrs WHERE attr_id = 100`, want: "2012-02-29 23:59:59",
		},
		{
			name: "numbers", rule: smallNumbers,
			put:     row + `(100, 1, 'k', 'int', 2, 4294967296, NULL, NULL, NULL)`,
			refused: "cannot hold numbers of more than 32 bits in entity_attrs.int_value (1: row 100)",
			lost:    sqlstore.CopyLoss{Table: "entity_attrs", Column: "int_value", What: "numbers of more than 32 bits", Rows: 1, First: []int64{100}},
			read:    `SELECT count(int_value) FROM entity_attrs WHERE attr_id = 100`, want: "0",
		},
		{
			name: "no numbers", rule: smallNumbers,
			put:     row + `(100, 1, 'k', 'int', 2, 'many', NULL, NULL, NULL)`,
			refused: "cannot hold values that are no numbers in entity_attrs.int_value (1: row 100)",
			lost:    sqlstore.CopyLoss{Table: "entity_attrs", Column: "int_value", What: "values that are no numbers", Rows: 1, First: []int64{100}},
			read:    `SELECT count(*) FROM entity_attrs WHERE attr_id = 100`, want: "1",
		},
		{
			name: "texts", rule: shortText,
			put: row + `(100, 1, 'k', 'string', 2, NULL, ?, NULL, NULL)`, args: []any{long},
			refused: "cannot hold texts of more than 65535 bytes in entity_attrs.string_value (1: row 100)",
			lost:    sqlstore.CopyLoss{Table: "entity_attrs", Column: "string_value", What: "texts of more than 65535 bytes", Rows: 1, First: []int64{100}},
			read:    `SELECT length(string_value) FROM entity_attrs WHERE attr_id = 100`, want: "32767",
		},
		{
			name: "names", rule: narrowName,
			put: `INSERT INTO entities (entity_id, name, type, driver, version) VALUES (50, ?, 'server', 'basicserver', 2)`, args: []any{strings.Repeat("ü", 130)},
			refused: "cannot hold texts of more than 128 characters in entities.name (1: row 50)",
			lost:    sqlstore.CopyLoss{Table: "entities", Column: "name", What: "texts of more than 128 characters", Rows: 1, First: []int64{50}},
			read:    `SELECT length(name) FROM entities WHERE entity_id = 50`, want: "128",
		},
		{
			name: "NUL", rule: noNUL,
			put:     row + `(100, 1, 'k', 'string', 2, NULL, char(97, 0, 98), NULL, NULL)`,
			refused: "texts with characters that are none",
			lost:    sqlstore.CopyLoss{Table: "entity_attrs", Column: "string_value", What: "texts with characters that are none", Rows: 1, First: []int64{100}},
			read:    `SELECT string_value FROM entity_attrs WHERE attr_id = 100`, want: "ab",
		},
		{
			name: "utf8mb3", rule: noAstral,
			put:     row + `(100, 1, 'k', 'string', 2, NULL, 'a😀', NULL, NULL)`,
			refused: "texts with characters beyond U+FFFF",
			lost:    sqlstore.CopyLoss{Table: "entity_attrs", Column: "string_value", What: "texts with characters beyond U+FFFF", Rows: 1, First: []int64{100}},
			read:    `SELECT string_value FROM entity_attrs WHERE attr_id = 100`, want: "a\ufffd",
		},
		{
			name: "relations", rule: references,
			put:     row + `(100, 1, 'k', 'relation', 2, NULL, NULL, NULL, 77)`,
			refused: "cannot hold references to entities that do not exist in entity_attrs.relation_id (1: row 100)",
			lost:    sqlstore.CopyLoss{Table: "entity_attrs", Column: "relation_id", What: "references to entities that do not exist", Rows: 1, First: []int64{100}},
			read:    `SELECT count(relation_id) + count(*) FROM entity_attrs WHERE attr_id = 100`, want: "1",
		},
		{
			name: "owners", rule: references,
			put:     row + `(100, 77, 'k', 'int', 2, 1, NULL, NULL, NULL)`,
			refused: "cannot hold references to entities that do not exist in entity_attrs.entity_id (1: row 100)",
			lost:    sqlstore.CopyLoss{Table: "entity_attrs", Column: "entity_id", What: "references to entities that do not exist", Rows: 1, First: []int64{100}},
			read:    `SELECT count(*) FROM entity_attrs WHERE attr_id = 100`, want: "0",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			from, path := createAt(t, sqlite.Options{})
			mustExec(t, openDB(t, path), c.put, c.args...)
			to, copied := createAt(t, sqlite.Options{})
			db := openDB(t, copied)
			mustExec(t, db, c.rule)
			report, err := sqlstore.Copy(t.Context(), from, to, sqlstore.CopyOptions{})
			if c.refused != "" {
				if !errors.Is(err, clusto.ErrInvalid) || !strings.Contains(err.Error(), c.refused) || !strings.Contains(clusto.Hint(err), "still empty") {
					t.Fatalf("got error %v (%s), want %s", err, clusto.Hint(err), c.refused)
				}
				report, err = sqlstore.Copy(t.Context(), from, to, sqlstore.CopyOptions{Lossy: true})
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]sqlstore.CopyLoss{c.lost}, report.Lost); diff != "" {
				t.Errorf("losses: want -, got +\n%s", diff)
			}
			if got := one(t, db, c.read); got != c.want {
				t.Errorf("%s: %s, want %s", c.read, got, c.want)
			}
			// Nothing is lost where everything fits.
			whole, err := sqlstore.Copy(t.Context(), from, newStore(t), sqlstore.CopyOptions{})
			if err != nil || whole.Lost != nil {
				t.Errorf("a copy to SQLite as it is: lost %v, error %v", whole.Lost, err)
			}
		})
	}
}

// TestCopyDoubled copies names that classic clusto has let two entities have.
func TestCopyDoubled(t *testing.T) {
	t.Parallel()
	path := copyClassic(t)
	mustExec(t, openDB(t, path), `INSERT INTO entities (name, type, driver, version) SELECT name, type, driver, version FROM entities WHERE name = 'clustometa'`)
	from, to := openAt(t, path, sqlite.Options{}), newStore(t)
	report, err := sqlstore.Copy(t.Context(), from, to, sqlstore.CopyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Doubled) != 1 || report.Doubled[0].Name != "clustometa" || len(report.Doubled[0].Entities) != 2 {
		t.Errorf("doubled: %v", report.Doubled)
	}
	copytest.Compare(t, from, to)
}

// TestCopyFails has copies end half-way; the next succeeds.
func TestCopyFails(t *testing.T) {
	t.Parallel()
	from := newStore(t)
	copytest.Fill(t, from, 30)
	path := filepath.Join(t.TempDir(), "to.db")
	to, _, err := sqlite.Create(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { to.Close() })
	empty := one(t, openDB(t, path), `SELECT count(*) FROM entity_attrs`)

	full := openAt(t, path, sqlite.Options{MaxPages: 40})
	_, err = sqlstore.Copy(t.Context(), from, full, sqlstore.CopyOptions{})
	if !errors.Is(err, clusto.ErrUnavailable) || !strings.Contains(clusto.Hint(err), "tried again") {
		t.Errorf("copy to a full disk: %v (%s)", err, clusto.Hint(err))
	}

	ctx, cancel := context.WithCancel(t.Context())
	_, err = sqlstore.Copy(ctx, from, to, sqlstore.CopyOptions{Progress: func(p sqlstore.CopyProgress) {
		if p.Verifying {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("copy that is cancelled while it verifies: %v", err)
	}

	if got := one(t, openDB(t, path), `SELECT count(*) FROM entity_attrs`); got != empty {
		t.Errorf("%s attributes are left of copies that failed, want %s", got, empty)
	}
	if _, err := sqlstore.Copy(t.Context(), from, to, sqlstore.CopyOptions{}); err != nil {
		t.Fatalf("the copy after those that failed: %v", err)
	}
	copytest.Compare(t, from, to)
}

// TestCopyVerifies has the destination spoil a row behind the copy's back.
func TestCopyVerifies(t *testing.T) {
	t.Parallel()
	from := newStore(t)
	copytest.Fill(t, from, 5)
	to, path := createAt(t, sqlite.Options{})
	mustExec(t, openDB(t, path), `CREATE TRIGGER spoil AFTER INSERT ON clustoversioning WHEN NEW.version = 4
		BEGIN UPDATE clustoversioning SET description = 'spoilt' WHERE version = 4; END`)
	_, err := sqlstore.Copy(t.Context(), from, to, sqlstore.CopyOptions{})
	if err == nil || !strings.Contains(err.Error(), "table clustoversioning") || !strings.Contains(err.Error(), "does not hold what was written") {
		t.Errorf("got error %v", err)
	}
}

// TestCopyPruned copies a database of which the older history was removed: it
// cannot be asked of the copy either.
func TestCopyPruned(t *testing.T) {
	t.Parallel()
	from, to := newStore(t), newStore(t)
	copytest.Fill(t, from, 20)
	if _, err := from.Prune(t.Context(), 10, false); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlstore.Copy(t.Context(), from, to, sqlstore.CopyOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*sqlstore.Store{from, to} {
		for at, want := range map[clusto.Version]error{9: clusto.ErrNotFound, 10: nil, 22: nil} {
			err := s.View(t.Context(), at, func(clusto.Reader) error { return nil })
			if !errors.Is(err, want) {
				t.Errorf("at version %d: %v, want %v", at, err, want)
			}
		}
	}
}

// TestCopyProgress checks what is told of a copy's progress.
func TestCopyProgress(t *testing.T) {
	t.Parallel()
	from := newStore(t)
	_, err := from.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		for i := range 2500 {
			if err := tx.AddAttrs(t.Context(), clusto.Attr{Entity: 1, Key: "k", Value: clusto.Int(int64(i))}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []sqlstore.CopyProgress
	_, err = sqlstore.Copy(t.Context(), from, newStore(t), sqlstore.CopyOptions{Progress: func(p sqlstore.CopyProgress) {
		if p.Table == "entity_attrs" {
			got = append(got, p)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	var want []sqlstore.CopyProgress
	for _, verifying := range []bool{false, true} {
		for _, n := range []int64{1000, 2000, 2501} {
			want = append(want, sqlstore.CopyProgress{Table: "entity_attrs", Rows: n, Of: 2501, Verifying: verifying})
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

// TestBackup makes a backup and looks at the file.
func TestBackup(t *testing.T) {
	t.Parallel()
	from := create(t, sqlite.Options{})
	copytest.Fill(t, from, 10)
	path := filepath.Join(t.TempDir(), "backup.db")
	first, err := sqlite.Backup(t.Context(), from, path, false, sqlstore.CopyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	checkBackup(t, from, path)
	if _, err := sqlite.Backup(t.Context(), from, path, false, sqlstore.CopyOptions{}); !errors.Is(err, clusto.ErrExists) {
		t.Errorf("a backup over another: %v", err)
	}
	second, err := sqlite.Backup(t.Context(), from, path, true, sqlstore.CopyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	checkBackup(t, from, path)
	if diff := cmp.Diff(first, second, cmpopts.IgnoreFields(sqlstore.CopyReport{}, "From")); diff != "" {
		t.Errorf("two backups of one state differ:\n%s", diff)
	}
	missing := filepath.Join(t.TempDir(), "nowhere", "backup.db")
	if _, err := sqlite.Backup(t.Context(), from, missing, false, sqlstore.CopyOptions{}); !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("a backup into a directory that does not exist: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), -time.Second)
	defer cancel()
	if _, err := sqlite.Backup(ctx, from, path+"2", false, sqlstore.CopyOptions{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a backup without time: %v", err)
	}
	if left, _ := filepath.Glob(path + "2*"); left != nil {
		t.Errorf("a backup that failed has left %v", left)
	}
}
