package snapshot_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/snapshot"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	"github.com/clusto/clusto/internal/storetest"
)

// around returns a store around another, which it closes.
func around(t testing.TB, under clusto.Store, o snapshot.Options) *snapshot.Store {
	t.Helper()
	s, err := snapshot.New(t.Context(), under, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// loaded is around, when the inventory is in memory.
func loaded(t testing.TB, under clusto.Store, o snapshot.Options) *snapshot.Store {
	t.Helper()
	s := around(t, under, o)
	until(t, "the inventory is in memory", func() bool { return s.Latest() != nil })
	return s
}

// patience is how long what must come may take; nothing waits for it to pass.
const patience = 20 * time.Second

// until waits until something is so.
func until(t testing.TB, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !is(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("it is not so: %s", what)
		}
	}
}

// newFile makes a database and returns its path.
func newFile(t testing.TB) string {
	t.Helper()
	dbtest.SQLiteOnly(t, "it is about a file of SQLite")
	path := filepath.Join(t.TempDir(), "clusto.db")
	s, _, err := sqlite.Create(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// open opens a database, which somebody closes.
func open(t testing.TB, path string, o sqlstore.Options) *sqlstore.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{Options: o})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// other opens a database as another process would.
func other(t testing.TB, path string, o sqlstore.Options) *sqlstore.Store {
	t.Helper()
	s := open(t, path, o)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// makeThing makes an entity and returns the version.
func makeThing(t testing.TB, s clusto.Store, name string) clusto.Version {
	t.Helper()
	v, err := s.Update(t.Context(), clusto.Change{User: "tester"}, func(tx clusto.Tx) error {
		_, err := tx.Create(t.Context(), name, "thing", "generic")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// shows reports whether a store has an entity at a version.
func shows(t testing.TB, s storetest.Viewer, at clusto.Version, name string) bool {
	t.Helper()
	err := s.View(t.Context(), at, func(r clusto.Reader) error {
		_, err := r.Entity(t.Context(), name)
		return err
	})
	if err != nil && !errors.Is(err, clusto.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

// version returns the version in memory.
func version(t testing.TB, s *snapshot.Store) clusto.Version {
	t.Helper()
	v, err := s.Latest().Version(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) clusto.Store {
		return around(t, open(t, newFile(t), sqlstore.Options{}), snapshot.Options{})
	}, storetest.Strictness)
}

// TestStoreReading reads from memory on the database that is chosen.
func TestStoreReading(t *testing.T) {
	storetest.RunReading(t, func(t *testing.T, fill func(*testing.T, clusto.Store)) storetest.Viewer {
		s := loaded(t, dbtest.New(t, sqlstore.Options{}), snapshot.Options{})
		fill(t, s)
		return s
	})
}

// TestAsked asks what memory answers, and counts what the database is asked.
func TestAsked(t *testing.T) {
	under := &watched{Store: open(t, newFile(t), sqlstore.Options{})}
	s := loaded(t, under, snapshot.Options{})
	before := makeThing(t, s, "before")
	makeThing(t, s, "after")
	until(t, "memory has followed", func() bool { return version(t, s) == before+1 })
	under.views.Store(0)
	for _, at := range []clusto.Version{clusto.Live, before} {
		err := s.View(t.Context(), at, func(r clusto.Reader) error {
			_, err := r.Entity(t.Context(), "before")
			all, errFind := clusto.Collect(r.Find(t.Context(), clusto.Match{}))
			if at == before && len(all) != 2 || at == clusto.Live && len(all) != 3 {
				t.Errorf("version %d has %v", at, all)
			}
			_, errAttrs := clusto.Collect(r.Attrs(t.Context(), clusto.AttrMatch{}))
			_, errContents := r.Contents(t.Context(), []clusto.EntityID{1}, true)
			_, errVersion := r.Version(t.Context())
			return errors.Join(err, errFind, errAttrs, errContents, errVersion)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := under.views.Load(); n != 0 {
		t.Errorf("the database was asked %d times, want never", n)
	}
	if err := s.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		_, _, err := r.Counter(t.Context(), 1, "c")
		return err
	}); err != nil || under.views.Load() != 1 {
		t.Errorf("%v, and the database was asked %d times for a counter, want once", err, under.views.Load())
	}
}

// watched is a database of which it is counted how often it is asked, but for
// looking for changes.
type watched struct {
	*sqlstore.Store
	views atomic.Int64
}

func (w *watched) View(ctx context.Context, at clusto.Version, fn func(clusto.Reader) error) error {
	w.views.Add(1)
	return w.Store.View(ctx, at, fn)
}

// TestRecentPast asks for versions that are kept, were never, and are no more.
func TestRecentPast(t *testing.T) {
	s := loaded(t, open(t, newFile(t), sqlstore.Options{}), snapshot.Options{Keep: 3})
	var made []clusto.Version
	for i := range 6 {
		made = append(made, makeThing(t, s, fmt.Sprint("thing", i)))
	}
	for i, v := range made {
		if !shows(t, s, v, fmt.Sprint("thing", i)) || shows(t, s, v, fmt.Sprint("thing", i+1)) {
			t.Errorf("version %d does not show what was made then", v)
		}
	}
	for _, never := range []clusto.Version{-1, made[5] + 1} {
		if err := s.View(t.Context(), never, func(clusto.Reader) error { return nil }); !errors.Is(err, clusto.ErrNotFound) {
			t.Errorf("version %d: %v, want ErrNotFound", never, err)
		}
	}
	if _, err := s.Prune(t.Context(), made[5], false); err != nil {
		t.Fatal(err)
	}
	if err := s.View(t.Context(), made[4], func(clusto.Reader) error { return nil }); !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("a version that was pruned: %v, want ErrNotFound", err)
	}
}

// TestRedacted redacts by another process what versions in memory have.
func TestRedacted(t *testing.T) {
	ctx, path := t.Context(), newFile(t)
	s, away := loaded(t, open(t, path, sqlstore.Options{}), snapshot.Options{}), other(t, path, sqlstore.Options{})
	makeThing(t, s, "safe")
	password := clusto.AttrMatch{Key: clusto.Is("password")}
	set := func(store clusto.Store, fn func(tx clusto.Tx, id clusto.EntityID) error) clusto.Version {
		v, err := store.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
			e, err := tx.Entity(ctx, "safe")
			if err != nil {
				return err
			}
			return fn(tx, e.ID)
		})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	had := set(s, func(tx clusto.Tx, id clusto.EntityID) error {
		return tx.AddAttrs(ctx, clusto.Attr{Entity: id, Key: "password", Value: clusto.String("1234")})
	})
	set(s, func(tx clusto.Tx, _ clusto.EntityID) error { _, err := tx.DelAttrs(ctx, password); return err })
	then := set(away, func(tx clusto.Tx, id clusto.EntityID) error {
		_, err := tx.Redact(ctx, id, "password", clusto.Cond[string]{})
		return err
	})
	until(t, "memory has followed", func() bool { return version(t, s) == then })
	err := s.View(ctx, had, func(r clusto.Reader) error {
		attrs, err := clusto.Collect(r.Attrs(ctx, password))
		if len(attrs) != 1 || attrs[0].Value.Str() != clusto.RedactedValue {
			t.Errorf("version %d has %v", had, attrs)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOnCommit looks at a change where it is committed, also one that many make
// together.
func TestOnCommit(t *testing.T) {
	s := loaded(t, open(t, newFile(t), sqlstore.Options{}), snapshot.Options{})
	for i := range 40 {
		name := fmt.Sprint("thing", i)
		_, err := s.Update(t.Context(), clusto.Change{Joint: i%2 == 0}, func(tx clusto.Tx) error {
			tx.OnCommit(func(context.Context) error {
				if !shows(t, s, clusto.Live, name) {
					t.Errorf("%s is not there when it is committed", name)
				}
				return nil
			})
			_, err := tx.Create(t.Context(), name, "thing", "generic")
			return err
		})
		if err != nil || !shows(t, s, clusto.Live, name) {
			t.Errorf("%s is not there when it was committed: %v", name, err)
		}
	}
}

// TestOtherProcess measures after what time a commit of another process is in memory.
// A busy machine makes some slow, but not all.
func TestOtherProcess(t *testing.T) {
	dsn := dbtest.NewDSN(t)
	away := dbtest.Create(t, dsn, sqlstore.Options{})
	s := loaded(t, dbtest.Open(t, dsn, sqlstore.Options{}), snapshot.Options{})
	var all []time.Duration
	for i := range 10 {
		v := makeThing(t, away, fmt.Sprint("thing", i))
		committed := time.Now()
		until(t, "memory has followed", func() bool { return version(t, s) == v })
		all = append(all, time.Since(committed))
	}
	slices.Sort(all)
	t.Logf("from %v to %v", all[0], all[len(all)-1])
	if all[0] > 100*time.Millisecond {
		t.Errorf("a commit of another process is in memory after %v at least, want 100ms", all[0])
	}
}

// TestRestoredAndChanged changes a database at once after it was restored: the version
// has a number that memory has shown for another one.
func TestRestoredAndChanged(t *testing.T) {
	path := newFile(t)
	s := loaded(t, open(t, path, sqlstore.Options{}), snapshot.Options{})
	makeThing(t, s, "kept")
	lost := makeThing(t, s, "lost")
	tx, err := dbOf(t, path).Begin()
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{`DELETE FROM entities WHERE version = ?`, `DELETE FROM clustoversioning WHERE version = ?`} {
		if _, err := tx.Exec(sql, lost); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if v := makeThing(t, s, "own"); v != lost || !shows(t, s, clusto.Live, "own") || shows(t, s, clusto.Live, "lost") {
		t.Errorf("version %d, again %d, does not show what was made", v, lost)
	}
	until(t, "memory is loaded again", func() bool { _, err := s.Latest().Entity(t.Context(), "own"); return err == nil })
}

// TestStoreRandom has this process and another write by turns, and compares memory
// with the database after each.
func TestStoreRandom(t *testing.T) {
	for seed := range uint64(1 + *long) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			path := newFile(t)
			s, away := loaded(t, open(t, path, sqlstore.Options{}), snapshot.Options{}), other(t, path, sqlstore.Options{})
			rnd := rand.New(rand.NewPCG(seed, 3))
			w := &writer{t: t, rnd: rnd, ids: []clusto.EntityID{1}}
			for range 25 {
				w.store = []clusto.Store{s, away}[rnd.IntN(2)]
				w.change()
				if w.store == clusto.Store(away) {
					if err := s.CatchUp(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				compareViews(t, rnd, away, s)
			}
			if st := s.Status(); st.Loads != 1 || st.Err != nil {
				t.Errorf("it was loaded %d times, want once: %v", st.Loads, st.Err)
			}
		})
	}
}

// compareViews asks two stores the same.
func compareViews(t *testing.T, rnd *rand.Rand, want, got clusto.Store) {
	t.Helper()
	err := want.View(t.Context(), clusto.Live, func(w clusto.Reader) error {
		return got.View(t.Context(), clusto.Live, func(g clusto.Reader) error {
			compare(t, rnd, w, g, 3)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestRestored puts an older copy in the place of a database.
func TestRestored(t *testing.T) {
	path := newFile(t)
	s := loaded(t, open(t, path, sqlstore.Options{}), snapshot.Options{})
	makeThing(t, s, "old")
	copied := filepath.Join(t.TempDir(), "copy.db")
	db := dbOf(t, path)
	if _, err := db.Exec(`VACUUM INTO '` + copied + `'`); err != nil {
		t.Fatal(err)
	}
	makeThing(t, s, "new")
	// As a restore of single rows does it: SQLite holds on to the file itself.
	for _, sql := range []string{
		`DELETE FROM entities WHERE name = 'new'`, `DELETE FROM clustoversioning WHERE version = (SELECT max(version) FROM clustoversioning)`,
	} {
		if _, err := db.Exec(sql); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "what is gone is not shown", func() bool { return !shows(t, s, clusto.Live, "new") })
	until(t, "the inventory was loaded again", func() bool { return s.Status().Loads == 2 && s.Status().Err == nil })
	makeThing(t, s, "newer")
	if !shows(t, s, clusto.Live, "newer") || !shows(t, s, clusto.Live, "old") {
		t.Error("what came after the restore is not shown")
	}
}

// dbOf opens a database to write to it past clusto.
func dbOf(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: path}).String()+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// TestUntold has somebody change rows without a version.
func TestUntold(t *testing.T) {
	path := newFile(t)
	s := loaded(t, open(t, path, sqlstore.Options{}), snapshot.Options{Recheck: 20 * time.Millisecond})
	makeThing(t, s, "gone")
	if _, err := dbOf(t, path).Exec(`DELETE FROM entities WHERE name = 'gone'`); err != nil {
		t.Fatal(err)
	}
	until(t, "what is gone is not shown", func() bool { return !shows(t, s, clusto.Live, "gone") })
	if err := s.CatchUp(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestUnversioned follows a database whose changes make no versions: those of this
// process at once, others when they are noticed.
func TestUnversioned(t *testing.T) {
	path, o := newFile(t), sqlstore.Options{NoVersions: true}
	s := loaded(t, open(t, path, o), snapshot.Options{Unversioned: true, Recheck: 20 * time.Millisecond})
	away := other(t, path, o)
	rnd := rand.New(rand.NewPCG(1, 4))
	w := &writer{t: t, rnd: rnd, store: s, ids: []clusto.EntityID{1}}
	for range 20 {
		w.change()
		compareViews(t, rnd, away, s)
	}
	makeThing(t, away, "elsewhere")
	until(t, "what another process made is shown", func() bool { return shows(t, s, clusto.Live, "elsewhere") })
	until(t, "memory is up to date again", func() bool {
		_, err := s.Latest().Entity(t.Context(), "elsewhere")
		return err == nil && s.Status().Err == nil
	})
}

// TestClassicLoaded reads what classic clusto wrote, before it was migrated.
func TestClassicLoaded(t *testing.T) {
	data, err := os.ReadFile("../../testdata/classic/small.db")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "small.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s, away := loaded(t, open(t, path, sqlstore.Options{}), snapshot.Options{}), other(t, path, sqlstore.Options{})
	rnd := rand.New(rand.NewPCG(1, 5))
	compareViews(t, rnd, away, s)
	makeThing(t, s, "new")
	compareViews(t, rnd, away, s)
}
