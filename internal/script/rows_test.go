package script_test

import (
	"bytes"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

var update = flag.Bool("update", false, "rewrite testdata/rows.txt")

// TestRows runs a script of every operation that writes on a copy of classic's
// database and compares each row that it left with testdata/rows.txt, which was
// checked by hand against what classic writes (behaviour: section 1, and the
// rows of testdata/classic/small.db). Each line there is a row: the statement
// that wrote it, whether it is live, and its columns.
func TestRows(t *testing.T) {
	dsn := classictest.Copy(t)
	store := dbtest.Open(t, dsn, sqlstore.Options{})
	if dbtest.Chosen(t) != dbtest.SQLite { // its columns are too narrow for one of the numbers
		if _, err := store.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w := &world{t: t, store: store, out: &bytes.Buffer{}}
	w.start(nil)
	before := w.version()
	src, err := os.ReadFile(filepath.Join("testdata", "rows.clusto"))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.session.Run(t.Context(), "rows.clusto", string(src)); err != nil {
		t.Fatal(render(err))
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	got := rowsAfter(t, dsn, before)
	golden := filepath.Join("testdata", "rows.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// rowsAfter returns the rows of classic's tables that versions after since
// made or ended, a line each, by the statement that did.
func rowsAfter(t *testing.T, dsn string, since clusto.Version) string {
	t.Helper()
	db := dbtest.SQL(t, dsn)
	var out strings.Builder
	for _, v := range table(t, db, fmt.Sprintf(versionRows, since)) {
		version, user, description := v[0], v[1], v[2]
		fmt.Fprintf(&out, "%s: %s\n", user.String, description.String)
		for _, e := range table(t, db, fmt.Sprintf(entityRows, version.String)) {
			fmt.Fprintf(&out, "  %s entity %s %s %s\n", e[0].String, e[1].String, e[2].String, e[3].String)
		}
		for _, a := range table(t, db, fmt.Sprintf(attrRows, version.String)) {
			fmt.Fprintf(&out, "  %s %s | %s | %s | %s | %s | int %s | string %s | datetime %s | relation %s\n", a[0].String, a[1].String, a[2].String,
				bare(a[3]), quoted(a[4]), a[5].String, bare(a[6]), quoted(a[7]), quoted(a[8]), bare(a[9]))
		}
	}
	return out.String()
}

const (
	versionRows = `SELECT version, "user", description FROM clustoversioning WHERE version > %d ORDER BY version`
	entityRows  = `SELECT CASE WHEN version = %[1]s THEN '+' ELSE '-' END, name, type, driver
		FROM entities WHERE %[1]s IN (version, deleted_at_version) ORDER BY entity_id`
	attrRows = `SELECT CASE WHEN a.version = %[1]s THEN '+' ELSE '-' END, e.name, a."key", a.number, a.subkey, a.datatype,
		a.int_value, a.string_value, a.datetime_value, r.name
		FROM entity_attrs a JOIN entities e ON e.entity_id = a.entity_id LEFT JOIN entities r ON r.entity_id = a.relation_id
		WHERE %[1]s IN (a.version, a.deleted_at_version) ORDER BY a.version DESC, a.attr_id`
)

// bare returns a number or name, quoted a text.
func bare(v sql.NullString) string {
	if !v.Valid {
		return "NULL"
	}
	return v.String
}

func quoted(v sql.NullString) string {
	if !v.Valid {
		return "NULL"
	}
	return "'" + v.String + "'"
}

// table returns the rows of an answer.
func table(t *testing.T, db *sql.DB, query string) [][]sql.NullString {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all [][]sql.NullString
	for rows.Next() {
		row := make([]sql.NullString, len(columns))
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
