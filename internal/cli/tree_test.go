package cli_test

import (
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/dbtest"
)

// TestTreeOfACycle walks what no driver would make, but a database may hold.
func TestTreeOfACycle(t *testing.T) {
	t.Parallel()
	dsn := smallDB(t)
	_, err := dbtest.SQL(t, dsn).Exec(`INSERT INTO entity_attrs (entity_id, "key", number, datatype, relation_id, version)
		SELECT cage.entity_id, '_contains', 7, 'relation', dc.entity_id, 1
		FROM entities AS cage, entities AS dc WHERE cage.name = 'cage-7' AND dc.name = 'dc-east'`)
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"tree", "-c", "dc-east"}, {"tree", "-p", "dc-east"}, {"tree", "-c", "--json", "dc-east"}} {
		got := clustoOn(t, dsn, args...)
		if got.status != 0 {
			t.Errorf("%v: got status %d: %s", args, got.status, got.stderr)
		}
		if n := strings.Count(got.stdout, "cage-7"); n != 1 {
			t.Errorf("%v shows cage-7 %d times, want once:\n%s", args, n, got.stdout)
		}
		if n := strings.Count(got.stdout, "dc-east"); n != 1 {
			t.Errorf("%v shows dc-east %d times, want once:\n%s", args, n, got.stdout)
		}
	}
}
