package snapshot_test

import (
	"log/slog"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/snapshot"
	"github.com/clusto/clusto/internal/sqlstore"
)

// TestUnreadable has an attribute of a kind that nobody knows: memory has all the
// others, and goes on following.
func TestUnreadable(t *testing.T) {
	path := newFile(t)
	s := open(t, path, sqlstore.Options{})
	makeThing(t, s, "web1")
	if _, err := dbOf(t, path).Exec(`INSERT INTO entity_attrs (entity_id, "key", datatype, string_value, version) ` +
		`SELECT entity_id, 'k', 'colour', 'red', version FROM entities WHERE name = 'web1'`); err != nil {
		t.Fatal(err)
	}
	var log journal
	memory := loaded(t, s, snapshot.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if !log.has("an attribute that cannot be read is not in memory") || !log.has("colour") {
		t.Error("the log does not say that an attribute is missing")
	}
	makeThing(t, memory, "web2")
	for _, name := range []string{"web1", "web2"} {
		if _, err := memory.Latest().Entity(t.Context(), name); err != nil {
			t.Error(err)
		}
	}
	attrs, err := clusto.Collect(memory.Latest().Attrs(t.Context(), clusto.AttrMatch{Key: clusto.Is("k")}))
	if err != nil || len(attrs) != 0 {
		t.Errorf("got %v, %v", attrs, err)
	}
}
