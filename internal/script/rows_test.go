package script_test

import (
	"bytes"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

var update = flag.Bool("update", false, "rewrite testdata/rows.txt")

// TestRows runs a script of every operation that writes on a copy of classic's
// database and compares each row that it left with testdata/rows.txt, which was
// checked by hand against what classic writes (behaviour: section 1, and the
// rows of testdata/classic/small.db). Each line there is a row: the statement
// that wrote it, whether it is live, and its columns.
func TestRows(t *testing.T) {
	path := classictest.Copy(t)
	store, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
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
	got := rowsAfter(t, path, int64(before))
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
func rowsAfter(t *testing.T, path string, since int64) string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var out strings.Builder
	versions := lines(t, db, `SELECT version || '|' || coalesce("user", 'nobody') || ': ' || description FROM clustoversioning WHERE version > ? ORDER BY version`, since)
	for _, line := range versions {
		number, about, _ := strings.Cut(line, "|")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s\n", about)
		for _, row := range lines(t, db, entityRows, version, version) {
			fmt.Fprintf(&out, "  %s\n", row)
		}
		for _, row := range lines(t, db, attrRows, version, version) {
			fmt.Fprintf(&out, "  %s\n", row)
		}
	}
	return out.String()
}

const (
	entityRows = `SELECT CASE WHEN version = ? THEN '+ ' ELSE '- ' END || 'entity ' || name || ' ' || type || ' ' || driver
		FROM entities WHERE ? IN (version, deleted_at_version) ORDER BY entity_id`
	attrRows = `SELECT CASE WHEN a.version = ? THEN '+ ' ELSE '- ' END || e.name || ' | ' || a."key" || ' | ' ||
		coalesce(a.number, 'NULL') || ' | ' || CASE WHEN a.subkey IS NULL THEN 'NULL' ELSE quote(a.subkey) END || ' | ' || a.datatype ||
		' | int ' || coalesce(a.int_value, 'NULL') || ' | string ' || quote(a.string_value) ||
		' | datetime ' || quote(CAST(a.datetime_value AS TEXT)) || ' | relation ' || coalesce((SELECT name FROM entities r WHERE r.entity_id = a.relation_id), 'NULL')
		FROM entity_attrs a JOIN entities e ON e.entity_id = a.entity_id
		WHERE ? IN (a.version, a.deleted_at_version) ORDER BY a.version DESC, a.attr_id`
)

// lines returns the one column of an answer.
func lines(t *testing.T, db *sql.DB, query string, args ...any) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		all = append(all, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
