package fsck_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/fsck"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// TestClassic: what classic clusto wrote has one thing wrong, the number of a
// port that it left when the other device was deleted.
func TestClassic(t *testing.T) {
	w := &world{t, classictest.Copy(t)}
	want := []string{"warning connections: sw-01 nic-eth/30 is connected to nothing, and says that to be port 1 => removes the number of the port"}
	if diff := cmp.Diff(want, lines(w.check().Findings)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestNothingWrong(t *testing.T) {
	w := newWorld(t)
	before := w.rows()
	report, version := w.repair()
	if len(report.Findings) > 0 || len(report.Repaired) > 0 || version != 0 {
		t.Errorf("got version %d and %+v", version, report)
	}
	if report.Entities != 13 || report.Attributes == 0 {
		t.Errorf("looked at %d entities and %d attributes", report.Entities, report.Attributes)
	}
	if diff := cmp.Diff(before, w.rows()); diff != "" {
		t.Errorf("-before +after\n%s", diff)
	}
}

// damaged is a way to break the world and what is to be found then; what ends
// in "person" no repair touches.
type damaged struct {
	name         string
	damage, want []string
}

// damages reads testdata/damage.txt.
func damages(t *testing.T) []damaged {
	t.Helper()
	text, err := os.ReadFile("testdata/damage.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []damaged
	for _, part := range strings.Split(string(text), "\n### ")[1:] {
		name, rest, _ := strings.Cut(part, "\n")
		damage, want, ok := strings.Cut(strings.TrimSpace(rest), "\n--\n")
		if !ok {
			t.Fatalf("%s: there is no --", name)
		}
		all = append(all, damaged{name, strings.Split(damage, "\n"), strings.Split(want, "\n")})
	}
	return all
}

// TestChecks breaks the world in one way at a time. After the repair only what
// needs a person is left.
func TestChecks(t *testing.T) {
	t.Parallel()
	for _, test := range damages(t) {
		t.Run(test.name, func(t *testing.T) {
			if strings.HasSuffix(test.name, "(SQLite)") {
				dbtest.SQLiteOnly(t, "its columns do not hold such values")
			}
			t.Parallel()
			w := newWorld(t)
			w.damage(test.damage...)
			if diff := cmp.Diff(test.want, lines(w.check().Findings)); diff != "" {
				t.Fatalf("-want +got\n%s", diff)
			}
			left := []string{}
			for _, line := range test.want {
				if strings.HasSuffix(line, " => person") {
					left = append(left, line)
				}
			}
			w.repair()
			// Two entities of one bad name are one when the other was renamed.
			if diff := cmp.Diff(slices.Compact(left), lines(w.check().Findings)); diff != "" {
				t.Errorf("after the repair: -want +got\n%s", diff)
			}
			if report, version := w.repair(); version != 0 || len(report.Repaired) > 0 {
				t.Errorf("a second repair makes version %d and repairs %q", version, lines(report.Repaired))
			}
		})
	}
}

// TestStatements: how many statements a check needs does not depend on how much
// there is.
func TestStatements(t *testing.T) {
	racetest.OneAtATime(t)
	count := func(more int) int {
		w := newWorld(t)
		w.damage(`INSERT INTO entities (name, type, driver, version) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) ` +
			`SELECT 'gone' || i, 'server', 'basicserver', 1 FROM n`)
		for range more {
			w.damage(`INSERT INTO entity_attrs (entity_id, "key", datatype, relation_id, version) SELECT entity_id, 'friend', 'relation', 9000 + entity_id, 1 FROM entities`)
		}
		n := 0
		w.counted(&n, func(store clusto.Store) error {
			return store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
				_, err := fsck.Check(t.Context(), r, fsck.Options{Drivers: all.Drivers()})
				return err
			})
		})
		return n
	}
	few, many := count(1), count(5)
	if few != many || few > 10 {
		t.Errorf("%d statements for few findings, %d for many; want the same, at most 10", few, many)
	}
}

// TestManyFindings: what is beyond the number of findings that are kept is
// counted, and repaired all the same.
func TestManyFindings(t *testing.T) {
	racetest.OneAtATime(t)
	w := newWorld(t)
	w.damage(`INSERT INTO entity_attrs (entity_id, "key", datatype, relation_id, version) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10100) ` +
		`SELECT 2, 'friend', 'relation', 9000, 1 FROM n`)
	report := w.check()
	if len(report.Findings) != fsck.MaxFindings || report.More["dangling"] != 100 {
		t.Errorf("got %d findings and %v more", len(report.Findings), report.More)
	}
	if report, _ := w.repair(); len(report.Repaired) != 10100 || len(report.Findings) > 0 {
		t.Errorf("%d repaired, left: %v", len(report.Repaired), report.Findings)
	}
}

func TestOnly(t *testing.T) {
	w := newWorld(t)
	w.damage(`<web1> friend - - = relation 9000`, `<web3> port-nic-eth 1 otherportnum = int 7`)
	if got := w.check("connections").Findings; len(got) != 1 || got[0].Check != "connections" {
		t.Errorf("got %+v", got)
	}
	w.repair("connections")
	if got := w.check().Findings; len(got) != 1 || got[0].Check != "dangling" {
		t.Errorf("after the repair of connections: %+v", got)
	}
	w.open(func(store clusto.Store) error {
		err := store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
			_, err := fsck.Check(t.Context(), r, fsck.Options{Drivers: all.Drivers(), Only: []string{"cable"}})
			return err
		})
		if !errors.Is(err, clusto.ErrNotFound) {
			t.Errorf("an unknown check: %v, want ErrNotFound", err)
		}
		return nil
	})
}

// TestWithoutHistory: a store that keeps no history is repaired, without a
// version.
func TestWithoutHistory(t *testing.T) {
	w := newWorld(t)
	w.damage(`<web1> friend - - = relation 9000`, `<web3> port-nic-eth 1 otherportnum = int 7`, `<web2> size - - = decimal 12`)
	store := dbtest.Open(t, w.dsn, sqlstore.Options{NoVersions: true})
	var report fsck.Report
	_, err := store.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		var err error
		report, err = fsck.Repair(t.Context(), tx, fsck.Options{Drivers: all.Drivers()})
		return err
	})
	if err != nil || len(report.Repaired) != 3 {
		t.Errorf("%d repaired, %v", len(report.Repaired), err)
	}
	if left := w.check().Findings; len(left) > 0 {
		t.Errorf("left: %q", lines(left))
	}
}

// plainReader hides all but the methods of a Reader.
type plainReader struct{ clusto.Reader }

func TestUnsupported(t *testing.T) {
	newWorld(t).open(func(store clusto.Store) error {
		return store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
			_, err := fsck.Check(t.Context(), plainReader{r}, fsck.Options{Drivers: all.Drivers()})
			if !errors.Is(err, clusto.ErrUnsupported) {
				t.Errorf("got %v, want ErrUnsupported", err)
			}
			return nil
		})
	})
}

// TestDescription: the version says what was repaired.
func TestDescription(t *testing.T) {
	w := newWorld(t)
	w.damage(`<web3> port-nic-eth 1 otherportnum = int 7`)
	_, version := w.repair()
	w.open(func(store clusto.Store) error {
		return store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
			info, _, err := clusto.First(r.Versions(context.Background(), version-1))
			want := "fsck: 1 thing repaired\nconnections: web3 nic-eth/1 is connected to nothing, and says that to be port 7: removes the number of the port"
			if info.Description != want {
				t.Errorf("got %q, want %q", info.Description, want)
			}
			return err
		})
	})
}
