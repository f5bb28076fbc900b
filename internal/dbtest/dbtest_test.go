package dbtest_test

import (
	"os"
	"slices"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/testenv"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// TestNew fills a new database, opens it again, and looks at its rows.
func TestNew(t *testing.T) {
	dsn := dbtest.NewDSN(t)
	store := dbtest.Create(t, dsn, sqlstore.Options{})
	_, err := store.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		_, err := tx.Create(t.Context(), "web1", "server", "basicserver")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = dbtest.Open(t, dsn, sqlstore.Options{}).View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		_, err := r.Entity(t.Context(), "web1")
		return err
	})
	if err != nil {
		t.Error(err)
	}
	var row string
	err = dbtest.SQL(t, dsn).QueryRow(`SELECT name || ': ' || type FROM "entities" WHERE name = 'web1'`).Scan(&row)
	if err != nil || row != "web1: server" {
		t.Errorf("got the row %q, %v", row, err)
	}
}

// TestSQL writes what no store would: a reference to nothing.
func TestSQL(t *testing.T) {
	dsn := dbtest.NewDSN(t)
	dbtest.Create(t, dsn, sqlstore.Options{})
	db := dbtest.SQL(t, dsn)
	if _, err := db.Exec(`INSERT INTO entity_attrs (entity_id, "key", datatype, relation_id, version) VALUES (77, 'a\', 'relation', 78, 1)`); err != nil {
		t.Fatal(err)
	}
	var keys []string
	rows, err := db.Query(`SELECT "key" FROM entity_attrs WHERE relation_id = 78`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	if want := []string{`a\`}; rows.Err() != nil || !slices.Equal(keys, want) {
		t.Errorf("got %q, %v; want %q", keys, rows.Err(), want)
	}
}
