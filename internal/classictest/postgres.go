package classictest

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/clusto/clusto"
)

// postgresSchema makes classic's tables as its SQLAlchemy does in PostgreSQL.
const postgresSchema = `
CREATE TABLE clustoversioning (version SERIAL NOT NULL, timestamp TIMESTAMP WITHOUT TIME ZONE, "user" VARCHAR(64), description TEXT,
	PRIMARY KEY (version));
CREATE INDEX ix_clustoversioning_timestamp ON clustoversioning (timestamp);
CREATE TABLE entities (entity_id SERIAL NOT NULL, name VARCHAR(128) NOT NULL, type VARCHAR(32) NOT NULL, driver VARCHAR(32) NOT NULL,
	version INTEGER NOT NULL, deleted_at_version INTEGER, PRIMARY KEY (entity_id));
CREATE INDEX idx_entity_name_version ON entities (name, version, deleted_at_version);
CREATE TABLE entity_attrs (attr_id SERIAL NOT NULL, entity_id INTEGER NOT NULL, key VARCHAR(256), subkey VARCHAR(256), number INTEGER,
	datatype VARCHAR(32) NOT NULL, int_value INTEGER, string_value TEXT, datetime_value TIMESTAMP WITHOUT TIME ZONE, relation_id INTEGER,
	version INTEGER NOT NULL, deleted_at_version INTEGER, PRIMARY KEY (attr_id),
	FOREIGN KEY(entity_id) REFERENCES entities (entity_id), FOREIGN KEY(relation_id) REFERENCES entities (entity_id));
CREATE INDEX idx_attrs_subkey ON entity_attrs (subkey);
CREATE INDEX idx_attrs_entity_version ON entity_attrs (entity_id, version, deleted_at_version);
CREATE INDEX idx_attrs_key ON entity_attrs (key);
CREATE INDEX idx_attrs_str_value ON entity_attrs ((substring(string_value,0,20)));
CREATE TABLE counters (counter_id SERIAL NOT NULL, entity_id INTEGER NOT NULL, attr_key VARCHAR(256), value INTEGER,
	PRIMARY KEY (counter_id), FOREIGN KEY(entity_id) REFERENCES entities (entity_id));
CREATE INDEX idx_counter_entity_attr ON counters (entity_id, attr_key);
`

// Classic's database has one number, Wide, that its columns in PostgreSQL cannot
// hold. [PostgreSQL] has Narrow there.
const (
	Wide   = "4294967296123"
	Narrow = "2147483647"
)

// Fraction is what the times in classic's database have behind the second, which
// its columns in MySQL cannot hold.
const Fraction = ".456789"

// PostgreSQL returns the statements that make classic's database in PostgreSQL,
// where its sequences go on from the rows.
func PostgreSQL(tb testing.TB) string {
	tb.Helper()
	db, err := sql.Open("sqlite", File(tb))
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	script := postgresSchema
	for _, table := range []struct{ name, number string }{
		{"clustoversioning", "version"}, {"entities", "entity_id"}, {"entity_attrs", "attr_id"}, {"counters", "counter_id"},
	} {
		inserts, err := inserts(tb.Context(), db, table.name)
		if err != nil {
			tb.Fatal(err)
		}
		script += inserts + fmt.Sprintf("SELECT setval('%[1]s_%[2]s_seq', max(%[2]s)) FROM %[1]s;\n", table.name, table.number)
	}
	return strings.ReplaceAll(script, "'"+Wide+"'", Narrow)
}

// inserts returns statements that insert the rows of a table.
func inserts(ctx context.Context, db *sql.DB, table string) (string, error) {
	rows, err := db.QueryContext(ctx, `SELECT * FROM `+table)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return "", err
		}
		literals := make([]string, len(values))
		for i, v := range values {
			literals[i] = "NULL"
			if v.Valid {
				literals[i] = "'" + strings.ReplaceAll(v.String, "'", "''") + "'"
			}
		}
		fmt.Fprintf(&all, "INSERT INTO %s (\"%s\") VALUES (%s);\n", table, strings.Join(columns, `", "`), strings.Join(literals, ", "))
	}
	return all.String(), rows.Err()
}

// Dump returns all that a reader shows, a line for each thing, so that two
// stores can be compared.
func Dump(tb testing.TB, store clusto.Store, at clusto.Version) []string {
	tb.Helper()
	ctx := tb.Context()
	var all []string
	err := store.View(ctx, at, func(r clusto.Reader) error {
		entities, err := clusto.Collect(r.Find(ctx, clusto.Match{}))
		if err != nil {
			return err
		}
		for _, e := range entities {
			all = append(all, fmt.Sprintf("%+v", e))
			for _, key := range []string{clusto.KeyContains, "ip", "name", "nextnum"} {
				if n, ok, err := r.Counter(ctx, e.ID, key); err != nil {
					return err
				} else if ok {
					all = append(all, fmt.Sprint("counter ", key, n))
				}
			}
		}
		for a, err := range r.Attrs(ctx, clusto.AttrMatch{}) {
			if err != nil {
				return err
			}
			all = append(all, fmt.Sprintf("%d of %d: %s = %s, made %d", a.ID, a.Entity, a.Name(), Canonical(tb, a.Value.Text()), a.Version))
		}
		for v, err := range r.Versions(ctx, 0) {
			if err != nil {
				return err
			}
			all = append(all, fmt.Sprintf("%+v", v))
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return all
}
