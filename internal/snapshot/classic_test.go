package snapshot_test

import (
	"math/rand/v2"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/snapshot"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// TestClassic compares a snapshot of what classic clusto wrote with the database.
func TestClassic(t *testing.T) {
	store := classictest.OpenFile(t)
	s := load(t, store)
	err := store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		compare(t, rand.New(rand.NewPCG(1, 2)), r, s, 60)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestClassicHistory builds what classic clusto wrote from its history alone.
func TestClassicHistory(t *testing.T) {
	store := classictest.OpenFile(t)
	empty, err := snapshot.NewBuilder().Build(0)
	if err != nil {
		t.Fatal(err)
	}
	w := &writer{t: t, rnd: rand.New(rand.NewPCG(1, 2)), store: store}
	w.check(w.apply(empty, 0))
}

// TestRemains compares what racing writers of classic clusto can leave: names
// that several entities have, attributes of dead entities and relations to
// them, and containers that are gone.
func TestRemains(t *testing.T) {
	dbtest.SQLiteOnly(t, "it writes to a file of SQLite")
	path := classictest.File(t)
	dsn := "sqlite:///" + path
	db := dbtest.SQL(t, dsn)
	for _, statement := range []string{
		`INSERT INTO clustoversioning (version, user, description) VALUES (900, 'x', 'y')`,
		`INSERT INTO entities (entity_id, name, type, driver, version) VALUES (901, 'twin', 'server', 'basicserver', 900)`,
		`INSERT INTO entities (entity_id, name, type, driver, version) VALUES (902, 'twin', 'pool', 'pool', 900)`,
		`INSERT INTO entities (entity_id, name, type, driver, version) VALUES (903, 'inside', 'pool', 'pool', 900)`,
		`INSERT INTO entities (entity_id, name, type, driver, version, deleted_at_version) VALUES (904, 'dead', 'pool', 'pool', 900, 901)`,
		`INSERT INTO entity_attrs (attr_id, entity_id, "key", datatype, string_value, version) VALUES (9001, 904, 'left', 'string', 'x', 900)`,
		`INSERT INTO entity_attrs (attr_id, entity_id, "key", datatype, relation_id, version) VALUES (9002, 901, '_contains', 'relation', 904, 900)`,
		`INSERT INTO entity_attrs (attr_id, entity_id, "key", datatype, relation_id, version) VALUES (9003, 904, '_contains', 'relation', 903, 900)`,
		`INSERT INTO entity_attrs (attr_id, entity_id, "key", datatype, relation_id, version) VALUES (9004, 902, '_contains', 'relation', 902, 900)`,
		`INSERT INTO entity_attrs (attr_id, entity_id, "key", datatype, relation_id, version) VALUES (9005, 902, 'peer', 'relation', 7777, 900)`,
		`INSERT INTO entity_attrs (attr_id, entity_id, "key", datatype, version) VALUES (9006, 902, 'nothing', 'int', 900)`,
		`INSERT INTO entity_attrs (attr_id, entity_id, "key", subkey, datatype, string_value, version) VALUES (9007, 902, 'k', '', 'string', '', 900)`,
		`INSERT INTO clustoversioning (version, user, description) VALUES (901, 'x', 'y')`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	store, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	s := load(t, store)
	if got, err := s.InEach(t.Context(), []clusto.EntityID{901}, true); err != nil || len(got) != 1 || got[0].Name != "inside" {
		t.Errorf("InEach passes over what is gone: %v, %v", got, err)
	}
	if got, err := s.Entity(t.Context(), "twin"); err != nil || got.ID != 901 {
		t.Errorf("of two entities called twin number %d is found, %v", got.ID, err)
	}
	err = store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		compare(t, rand.New(rand.NewPCG(1, 2)), r, s, 60)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
