package fsck_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/fsck"
	"github.com/clusto/clusto/internal/racetest"
)

// harm is statements that harm a database at random; %d is a random row.
var harm = []string{
	`DELETE FROM entity_attrs WHERE attr_id = (SELECT attr_id FROM entity_attrs WHERE deleted_at_version IS NULL ORDER BY attr_id LIMIT 1 OFFSET %d)`,
	`DELETE FROM entity_attrs WHERE attr_id = (SELECT attr_id FROM entity_attrs WHERE deleted_at_version IS NULL AND "key" LIKE 'port-%%' ORDER BY attr_id LIMIT 1 OFFSET %d)`,
	`UPDATE entity_attrs SET relation_id = (SELECT entity_id FROM entities ORDER BY entity_id LIMIT 1 OFFSET %d) WHERE relation_id IS NOT NULL AND attr_id %% 11 = 3`,
	`UPDATE entity_attrs SET int_value = %d WHERE subkey = 'otherportnum' AND attr_id %% 5 = 3`,
	`UPDATE entity_attrs SET number = %d WHERE number IS NOT NULL AND attr_id %% 13 = 7`,
	`UPDATE entity_attrs SET datatype = 'float' WHERE attr_id = %d`,
	`UPDATE entity_attrs SET datatype = 'datetime' WHERE attr_id = %d`,
	`INSERT INTO entity_attrs (entity_id, "key", subkey, number, datatype, int_value, string_value, relation_id, version)
		SELECT entity_id, "key", subkey, number, datatype, int_value, string_value, relation_id, 1 FROM entity_attrs WHERE attr_id = %d AND deleted_at_version IS NULL`,
	`UPDATE entities SET deleted_at_version = version + 1 WHERE entity_id = %d`,
	`DELETE FROM entities WHERE entity_id = %d`,
	`UPDATE entities SET name = (SELECT name FROM entities WHERE deleted_at_version IS NULL ORDER BY entity_id DESC LIMIT 1) WHERE entity_id = %d`,
	`UPDATE counters SET value = 0 WHERE counter_id = %d`,
	`INSERT INTO counters (entity_id, attr_key, value) SELECT entity_id, attr_key, value + 5 FROM counters WHERE counter_id = %d`,
	`UPDATE entities SET driver = 'pool', type = 'pool' WHERE entity_id = %d`,
}

// TestRandom harms databases at random: after a repair there is nothing to
// repair, and nothing has changed but what the repairs name.
func TestRandom(t *testing.T) {
	racetest.OneAtATime(t)
	t.Parallel()
	seeds := uint64(60)
	if dbtest.Chosen(t) != dbtest.SQLite { // where making a database takes long
		seeds = 12
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if seed%2 == 0 {
				w = &world{t, classictest.Copy(t)}
			}
			random := rand.New(rand.NewPCG(seed, 1))
			w.damage(`DROP INDEX IF EXISTS clusto_live_name`)
			for range 1 + random.IntN(5) {
				w.damage(fmt.Sprintf(harm[random.IntN(len(harm))], random.IntN(40)))
			}
			w.examine()
		})
	}
}

// examine repairs the database and looks at what that did.
func (w *world) examine() {
	w.Helper()
	before := w.rows()
	report, _ := w.repair()
	after := w.rows()
	for _, f := range append(report.Findings, w.check().Findings...) {
		if f.Repairable {
			w.Errorf("left to be repaired: %s: %s", f.Check, f.Problem)
		}
	}
	if again, version := w.repair(); version != 0 || len(again.Repaired) > 0 {
		w.Errorf("a second repair makes version %d and repairs %q", version, lines(again.Repaired))
	}
	if diff := slices.Compare(after, w.rows()); diff != 0 {
		w.Error("a second repair changes rows")
	}
	touched := named(slices.Concat(before, after), report.Repaired)
	for _, rows := range [][2][]string{{before, after}, {after, before}} {
		for _, row := range rows[0] {
			if owner := ownerOf.FindStringSubmatch(row); !slices.Contains(rows[1], row) && !touched[owner[1]] {
				w.Errorf("changed, and no repair names it: %s\nrepairs: %q", row, lines(report.Repaired))
			}
		}
	}
}

var (
	ownerOf  = regexp.MustCompile(` entity_id="(\d+)"`)
	entityIs = regexp.MustCompile(`^entity entity_id="(\d+)" name="([^"]*)"`)
	numberIn = regexp.MustCompile(`entity (\d+)\)?$`)
)

// named returns the numbers of the entities that findings are about.
func named(rows []string, findings []fsck.Finding) map[string]bool {
	touched := map[string]bool{}
	numbers := map[string]string{}
	for _, row := range rows {
		if m := entityIs.FindStringSubmatch(row); m != nil {
			numbers[m[2]] = m[1]
		}
	}
	for _, f := range findings {
		if f.Check == "meta" { // which makes one that no finding can be about
			touched[numbers[clusto.MetaEntity]] = true
		}
		for _, thing := range f.Things {
			if m := numberIn.FindStringSubmatch(thing); m != nil {
				touched[m[1]] = true
			}
			touched[numbers[strings.TrimSpace(thing)]] = true
		}
	}
	return touched
}
