package sqlite_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	"github.com/clusto/clusto/internal/storetest"
)

// TestHistoryUnmigrated does all that history can be asked for with a database
// that classic clusto has left, before it is migrated and after.
func TestHistoryUnmigrated(t *testing.T) {
	racetest.OneAtATime(t)
	ctx := t.Context()
	path := copyClassic(t)
	s := openAt(t, path, sqlite.Options{})
	check := func(from clusto.Version) {
		t.Helper()
		if from == 0 {
			storetest.CheckEdits(t, s)
		}
		storetest.CheckPast(t, s, clusto.Live, rand.New(rand.NewPCG(1, 2)))
		storetest.CheckPast(t, s, 265, rand.New(rand.NewPCG(1, 2)))
	}
	change := func(want clusto.Version, fn func(tx clusto.Tx) error) {
		t.Helper()
		if v, err := s.Update(ctx, clusto.Change{}, fn); v != want || err != nil {
			t.Fatalf("version %d, %v, want %d", v, err, want)
		}
	}
	var dead clusto.Life
	err := s.View(ctx, clusto.Live, func(r clusto.Reader) error {
		for l, err := range r.(clusto.History).Lives(ctx, clusto.LifeMatch{}) {
			if err != nil {
				return err
			}
			if l.Ended != 0 {
				dead = l
			}
		}
		return nil
	})
	if err != nil || dead.ID == 0 {
		t.Fatalf("no dead entity in classic's database, %v", err)
	}
	change(270, func(tx clusto.Tx) error { return tx.Rename(ctx, 13, "renamed") })
	check(0)
	change(271, func(tx clusto.Tx) error { _, err := tx.Revive(ctx, dead.ID, "again"); return err })
	change(272, func(tx clusto.Tx) error {
		n, err := tx.Redact(ctx, dead.ID, "note", clusto.Cond[string]{})
		m, err2 := tx.Redact(ctx, 13, clusto.KeyContains, clusto.Cond[string]{})
		_, err3 := tx.DelAttrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{13}, Key: clusto.Is("note")})
		k, err4 := tx.Redact(ctx, 13, "note", clusto.Cond[string]{})
		err = errors.Join(err, err2, err3, err4)
		if err == nil && n+m+k < 2 { // with an error it runs again
			t.Errorf("redacted %d, %d and %d", n, m, k)
		}
		return err
	})
	change(0, func(tx clusto.Tx) error {
		if _, found, err := tx.Receipt(ctx, "k"); found || err != nil {
			t.Errorf("a receipt that nobody made: %v, %v", found, err)
		}
		return tx.KeepReceipt(ctx, "k", "v")
	})
	check(0)
	mustExec(t, openDB(t, path), fmt.Sprint(`UPDATE entity_attrs SET relation_id = `, dead.ID, ` WHERE attr_id = 1`)) // dangling
	if pruned, err := s.Prune(ctx, 264, false); err != nil || pruned.Attrs == 0 || pruned.Entities != 2 || pruned.Versions == 0 {
		t.Errorf("Prune: %+v, %v", pruned, err)
	}
	check(264)
	if report, err := s.Migrate(ctx); err != nil || len(report.Applied) != 8 {
		t.Errorf("Migrate: %+v, %v", report, err)
	}
	check(264)
}

// TestVersionTimes looks for versions by time, among them one whose time has a
// fraction and one without time.
func TestVersionTimes(t *testing.T) {
	base := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	now := base
	s, path := createAt(t, sqlite.Options{Options: sqlstore.Options{Now: func() time.Time { return now }}})
	for i := range 4 { // versions 3 to 6
		now = base.Add(time.Duration(i) * time.Second)
		_, err := s.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
			_, err := tx.Create(t.Context(), fmt.Sprint("n", i), "thing", "generic")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	db := openDB(t, path)
	mustExec(t, db, `UPDATE clustoversioning SET timestamp = '2026-01-02 03:04:06.500000' WHERE version = 4`)
	mustExec(t, db, `UPDATE clustoversioning SET timestamp = NULL WHERE version = 5`)
	mustExec(t, db, `UPDATE clustoversioning SET timestamp = '2001-01-01 00:00:00' WHERE version < 3`)
	at := func(d time.Duration) time.Time { return base.Add(d).In(time.FixedZone("", 3600)) }
	for _, c := range []struct {
		since, until time.Time
		want         string
	}{
		{time.Time{}, time.Time{}, "1 2 3 4 5 6"},
		{at(0), time.Time{}, "3 4 5 6"},
		{at(1), time.Time{}, "4 5 6"},
		{at(1500 * time.Millisecond), time.Time{}, "4 5 6"},
		{at(1500*time.Millisecond + 1), time.Time{}, "5 6"},
		{at(3 * time.Second), time.Time{}, "5 6"},
		{at(3*time.Second + 1), time.Time{}, "5"},
		{time.Time{}, at(0), "1 2 3 5"},
		{time.Time{}, at(-1), "1 2 5"},
		{time.Time{}, at(1500 * time.Millisecond), "1 2 3 4 5"},
		{time.Time{}, at(1500*time.Millisecond - 1), "1 2 3 5"},
		{at(1), at(2 * time.Second), "4 5"},
	} {
		err := s.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
			var got []string
			for v, err := range r.(clusto.History).FindVersions(t.Context(), clusto.VersionMatch{Since: c.since, Until: c.until}) {
				if err != nil {
					return err
				}
				got = append(got, fmt.Sprint(v.Version))
			}
			if diff := cmp.Diff(strings.Join(got, " "), c.want); diff != "" {
				t.Errorf("since %v until %v (-got +want):\n%s", c.since, c.until, diff)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestUnreadablePast: values that contradict their datatype are in the history as
// texts, and can be redacted.
func TestUnreadablePast(t *testing.T) {
	ctx := t.Context()
	s, path := createAt(t, sqlite.Options{})
	var id clusto.EntityID
	change := func(fn func(tx clusto.Tx) error) clusto.Version {
		t.Helper()
		v, err := s.Update(ctx, clusto.Change{}, fn)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	made := change(func(tx clusto.Tx) error {
		e, err := tx.Create(ctx, "web", "server", "basicserver")
		id = e.ID
		return errors.Join(err, tx.AddAttrs(ctx,
			clusto.Attr{Entity: id, Key: "a", Value: clusto.String("one")}, clusto.Attr{Entity: id, Key: "b", Value: clusto.String("two")}))
	})
	db := openDB(t, path)
	mustExec(t, db, `UPDATE entity_attrs SET datatype = 'odd' WHERE "key" = 'a'`)
	mustExec(t, db, `UPDATE entity_attrs SET datatype = 'datetime', string_value = NULL, datetime_value = 'noon' WHERE "key" = 'b'`)
	values := func() []string {
		var all []string
		err := s.View(ctx, clusto.Live, func(r clusto.Reader) error {
			h, err := clusto.Past(r)
			if err != nil {
				return err
			}
			for e, err := range h.Edits(ctx, clusto.EditMatch{Only: []clusto.Version{made}, Kinds: []clusto.EditKind{clusto.AttrMade}}) {
				if err != nil {
					return err
				}
				all = append(all, e.Attr.Key+" "+e.Attr.Value.Text())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if diff := cmp.Diff([]string{"a one", "b noon"}, values()); diff != "" {
		t.Error(diff)
	}
	change(func(tx clusto.Tx) error { return tx.Delete(ctx, id) })
	change(func(tx clusto.Tx) error {
		_, err := tx.Redact(ctx, id, "a", clusto.Cond[string]{})
		return err
	})
	if diff := cmp.Diff([]string{"a [redacted]", "b noon"}, values()); diff != "" {
		t.Error(diff)
	}
}
