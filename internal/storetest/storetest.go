// Package storetest is what every clusto.Store must pass, and what everything
// that answers as a clusto.Reader must pass with its reading half. A database's
// own test calls [Run] with a function that opens a new store; a snapshot's
// calls [RunReading]. [CheckEdits] and [CheckPast] look at the history of a
// store that is there, such as a database of classic clusto.
//
// The tests are in files by subject. What to expect is spelled out, except in
// random.go, which compares a long random use of the store with a model in
// memory, and in match.go, where [clusto.AttrMatch.Matches] is the definition.
package storetest

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/racetest"
)

// Strictness is the test that what must not be asked is refused.
const Strictness = "Misuse"

// Long returns the tests that take long and do one thing at a time, so that the race
// detector has nothing to find in them.
func Long() []string {
	return []string{"Edits", "History", "Past", "Prune", "Random", "Repeated", "Strange"}
}

// Viewer is the reading half of a store.
type Viewer interface {
	View(ctx context.Context, at clusto.Version, fn func(clusto.Reader) error) error
}

// Run tests a store. Each call of open returns a new one that holds no more
// than classic clusto leaves in a new database; it is closed by open's t.Cleanup.
// The tests named by except are left out: [Strictness] where a store is more
// lenient than it must be.
func Run(t *testing.T, open func(t *testing.T) clusto.Store, except ...string) {
	t.Run("Reading", func(t *testing.T) {
		RunReading(t, func(t *testing.T, fill func(*testing.T, clusto.Store)) Viewer {
			s := open(t)
			fill(t, s)
			return s
		})
	})
	for name, test := range map[string]func(*testing.T, clusto.Store){
		"Entities":          testEntities,
		"Names":             testNames,
		"Values":            testValues,
		"Attributes":        testAttributes,
		"TxMatches":         testTxMatches,
		"Memory":            testMemory,
		"Conditions":        testFindByManyConditions,
		"Pages":             testPages,
		"Containers":        testTxContainers,
		"Versions":          testVersions,
		"Follow":            testFollow,
		"FollowPruned":      testFollowPruned,
		"FollowWriters":     testFollowWriters,
		"History":           testHistory,
		"Origin":            testOrigin,
		"Edits":             testEdits,
		"Past":              testPast,
		"Revive":            testRevive,
		"Redact":            testRedact,
		"RedactDescription": testRedactDescription,
		"Receipts":          testReceipts,
		"Prune":             testPrune,
		"Counters":          testCounters,
		"FreeRanges":        testFreeRanges,
		"LowestRanges":      testLowestFreeRanges,
		"Freed":             testFreed,
		"Now":               testNow,
		"Transactions":      testTransactions,
		"Nesting":           testNesting,
		"OnCommit":          testOnCommit,
		"Restart":           testRestart,
		"ActOutside":        testActOutside,
		"Writers":           testWriters,
		"Joint":             testJoint,
		"JointPanic":        testJointPanic,
		Strictness:          testMisuse,
		"Context":           testContext,
		"Random":            testRandom,
		"Repeated":          testRepeated,
		"Audit":             testAudit,
		"Strange":           testStrange,
	} {
		if !slices.Contains(except, name) {
			t.Run(name, func(t *testing.T) {
				if slices.Contains(Long(), name) {
					racetest.OneAtATime(t)
				}
				test(t, open(t))
			})
		}
	}
	t.Run("Accounts", func(t *testing.T) {
		if _, keeps := open(t).(clusto.AccountKeeper); keeps {
			RunAccounts(t, open)
		}
	})
	t.Run("Sightings", func(t *testing.T) {
		if _, keeps := open(t).(clusto.SightingKeeper); keeps {
			RunSightings(t, open)
		}
	})
	t.Run("Views", func(t *testing.T) {
		if _, keeps := open(t).(clusto.ViewKeeper); keeps {
			RunViews(t, open)
		}
	})
}

// RunReading tests what answers as a reader. Each call of open makes a store,
// calls fill with it, and returns what shows the store's content.
func RunReading(t *testing.T, open func(t *testing.T, fill func(*testing.T, clusto.Store)) Viewer) {
	t.Run("Match", func(t *testing.T) { testMatches(t, open(t, fillWorld)) })
	t.Run("Find", func(t *testing.T) { testFind(t, open(t, fillWorld)) })
	t.Run("Lookup", func(t *testing.T) { testLookup(t, open(t, fillWorld)) })
	t.Run("Containers", func(t *testing.T) { testContainers(t, open(t, fillTree)) })
}

// update changes s and returns the version, or ends the test.
func update(t *testing.T, s clusto.Store, fn func(tx clusto.Tx) error) clusto.Version {
	t.Helper()
	v, err := s.Update(t.Context(), clusto.Change{User: "tester", Description: t.Name()}, fn)
	if err != nil {
		t.Fatalf("Update: %v", err)
	}
	return v
}

// view reads from s, or ends the test.
func view(t *testing.T, s Viewer, at clusto.Version, fn func(r clusto.Reader) error) {
	t.Helper()
	if err := s.View(t.Context(), at, fn); err != nil {
		t.Fatalf("View at %d: %v", at, err)
	}
}

// create makes an entity, or ends the test.
func create(t *testing.T, tx clusto.Tx, name, typ, driver string) clusto.EntityID {
	t.Helper()
	e, err := tx.Create(t.Context(), name, typ, driver)
	if err != nil {
		t.Fatalf("Create %s: %v", name, err)
	}
	return e.ID
}

// add adds attributes, or ends the test.
func add(t *testing.T, tx clusto.Tx, attrs ...clusto.Attr) {
	t.Helper()
	if err := tx.AddAttrs(t.Context(), attrs...); err != nil {
		t.Fatalf("AddAttrs: %v", err)
	}
}

// contains returns the attribute that puts content into container.
func contains(container, content clusto.EntityID) clusto.Attr {
	return clusto.Attr{Entity: container, Key: clusto.KeyContains, Value: clusto.RelationTo(content)}
}

// attrsOf returns what r says about attributes, or ends the test.
func attrsOf(t *testing.T, r clusto.Reader, m clusto.AttrMatch) []clusto.Attr {
	t.Helper()
	attrs, err := clusto.Collect(r.Attrs(t.Context(), m))
	if err != nil {
		t.Fatalf("Attrs(%+v): %v", m, err)
	}
	return attrs
}

// find returns the names of the entities that r finds, or ends the test.
func find(t *testing.T, r clusto.Reader, m clusto.Match) []string {
	t.Helper()
	entities, err := clusto.Collect(r.Find(t.Context(), m))
	if err != nil {
		t.Fatalf("Find(%+v): %v", m, err)
	}
	return names(entities)
}

func names(entities []clusto.Entity) []string {
	out := []string{}
	for _, e := range entities {
		out = append(out, e.Name)
	}
	return out
}

// id returns the number of the entity called name, or ends the test.
func id(t *testing.T, r clusto.Reader, name string) clusto.EntityID {
	t.Helper()
	e, err := r.Entity(t.Context(), name)
	if err != nil {
		t.Fatalf("Entity(%q): %v", name, err)
	}
	return e.ID
}

// same lets cmp compare the fields of attributes.
var same = cmp.Options{
	cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b clusto.Number) bool { return a == b }),
	cmp.Comparer(func(a, b clusto.Subkey) bool { return a == b }),
}

// wantSame reports an error unless got is want.
func wantSame(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(got, want, same); diff != "" {
		t.Errorf("%s (-got +want):\n%s", what, diff)
	}
}
