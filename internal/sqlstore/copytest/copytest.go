// Package copytest checks that the whole history of one database gets into
// another. [Run] is called for each pair of kinds of database.
package copytest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
)

// Opener returns a new database, which it closes at the end of the test.
type Opener func(t *testing.T) *sqlstore.Store

// Run copies a database with a history that was made at random and compares
// every version of the two. Both openers return new, migrated databases.
func Run(t *testing.T, source, destination Opener) {
	from, to := source(t), destination(t)
	Fill(t, from, 60)
	report, err := sqlstore.Copy(t.Context(), from, to, sqlstore.CopyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Lost) != 0 || len(report.Tables) == 0 {
		t.Errorf("the report of the copy is %+v", report)
	}
	Compare(t, from, to)

	_, err = sqlstore.Copy(t.Context(), from, to, sqlstore.CopyOptions{})
	if !errors.Is(err, clusto.ErrExists) {
		t.Errorf("a second copy to the same place: got error %v, want ErrExists", err)
	}

	// Both go on alike: new rows get numbers that nothing has.
	for _, s := range []*sqlstore.Store{from, to} {
		_, err := s.Update(t.Context(), clusto.Change{User: "later"}, func(tx clusto.Tx) error {
			e, err := tx.Create(t.Context(), "later", "server", "basicserver")
			if err != nil {
				return err
			}
			return tx.AddAttrs(t.Context(), clusto.Attr{Entity: e.ID, Key: "k", Value: clusto.RelationTo(e.ID)})
		})
		if err != nil {
			t.Fatalf("Update after the copy: %v", err)
		}
	}
	// A second may have passed between the two.
	got, want := madeAt.ReplaceAllString(state(t, to, clusto.Live), ""), madeAt.ReplaceAllString(state(t, from, clusto.Live), "")
	if got != want {
		t.Errorf("after one more change to both:\n%s\nwant\n%s", got, want)
	}
}

// madeAt finds the times of versions in what state returns.
var madeAt = regexp.MustCompile(` Time:.* User:`)

// Compare compares every version of two databases.
func Compare(t *testing.T, want, got clusto.Store) {
	t.Helper()
	newest := newest(t, want)
	if got, want := accounts(t, got), accounts(t, want); got != want {
		t.Fatalf("accounts:\n%s\nwant\n%s", got, want)
	}
	if got, want := sightings(t, got), sightings(t, want); got != want {
		t.Fatalf("sightings:\n%s\nwant\n%s", got, want)
	}
	for at := clusto.Live; at <= newest; at++ {
		if got, want := state(t, got, at), state(t, want, at); got != want {
			t.Fatalf("at version %d:\n%s\nwant\n%s", at, got, want)
		}
	}
}

func newest(t *testing.T, s clusto.Store) (v clusto.Version) {
	t.Helper()
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		var err error
		v, err = r.Version(t.Context())
		return err
	})
	return v
}

func view(t *testing.T, s clusto.Store, at clusto.Version, fn func(clusto.Reader) error) {
	t.Helper()
	if err := s.View(t.Context(), at, fn); err != nil {
		t.Fatal(err)
	}
}

// counterKey is the key of the counters that Fill sets.
const counterKey = "count"

// state returns all that a database shows at a version, as text.
func state(t *testing.T, s clusto.Store, at clusto.Version) string {
	t.Helper()
	var b strings.Builder
	view(t, s, at, func(r clusto.Reader) error {
		entities, err := clusto.Collect(r.Find(t.Context(), clusto.Match{}))
		if err != nil {
			return err
		}
		for _, e := range entities {
			n, found, err := r.Counter(t.Context(), e.ID, counterKey)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "%+v counter %d %t\n", e, n, found)
		}
		for a, err := range r.Attrs(t.Context(), clusto.AttrMatch{}) {
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "%d %d %s %s %q version %d\n", a.ID, a.Entity, a.Name(), a.Value.Kind(), a.Value.Text(), a.Version)
		}
		for v, err := range r.Versions(t.Context(), 0) {
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "%+v\n", v)
		}
		return nil
	})
	return b.String()
}

// Fill changes a new database at random in so many transactions. It uses
// nothing that some database cannot hold.
func Fill(t *testing.T, s clusto.Store, transactions int) {
	t.Helper()
	p := player{ctx: t.Context(), rnd: rand.New(rand.NewPCG(7, 11))}
	fillAccounts(t, s)
	fillSightings(t, s)
	for i := range transactions {
		change := clusto.Change{User: fmt.Sprintf("user%d", i%3), Description: strings.Repeat("why ", i%4), Origin: strings.Repeat("::1", i%2)}
		if _, err := s.Update(t.Context(), change, p.play); err != nil {
			t.Fatal(err)
		}
	}
}

// player changes a database at random.
type player struct {
	ctx  context.Context
	rnd  *rand.Rand
	made int
}

func (p *player) play(tx clusto.Tx) error {
	for range 5 {
		live, err := clusto.Collect(tx.Find(p.ctx, clusto.Match{Types: []string{"server", "rack"}}))
		if err != nil {
			return err
		}
		if err := p.step(tx, live); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) step(tx clusto.Tx, live []clusto.Entity) error {
	if len(live) < 3 || p.rnd.IntN(6) == 0 {
		p.made++
		name := []string{"s%04d", "Größe-%d", "a'b\"%d\\"}[p.rnd.IntN(3)]
		_, err := tx.Create(p.ctx, fmt.Sprintf(name, p.made), "server", "basicserver")
		return err
	}
	e, other := live[p.rnd.IntN(len(live))], live[p.rnd.IntN(len(live))]
	switch p.rnd.IntN(12) {
	case 0:
		return tx.Delete(p.ctx, e.ID)
	case 1:
		p.made++
		return tx.Rename(p.ctx, e.ID, fmt.Sprintf("renamed-%d", p.made))
	case 2:
		return tx.ChangeDriver(p.ctx, e.ID, "rack", "basicrack")
	case 3, 4:
		_, err := tx.DelAttrs(p.ctx, clusto.AttrMatch{Entities: []clusto.EntityID{e.ID}, Key: clusto.Is(p.key())})
		return err
	case 5:
		return tx.SetCounter(p.ctx, e.ID, counterKey, p.rnd.Int64N(1<<40))
	}
	a := clusto.Attr{Entity: e.ID, Key: p.key(), Value: p.value(other.ID)}
	if p.rnd.IntN(2) == 0 {
		a.Number = clusto.Num(p.rnd.IntN(50))
	}
	if p.rnd.IntN(2) == 0 {
		a.Subkey = clusto.Sub([]string{"", "mac", "Sub_key"}[p.rnd.IntN(3)])
	}
	return tx.AddAttrs(p.ctx, a)
}

func (p *player) key() string {
	return []string{"k", "_hidden", clusto.KeyContains, "port-nic-eth"}[p.rnd.IntN(4)]
}

func (p *player) value(other clusto.EntityID) clusto.Value {
	switch p.rnd.IntN(6) {
	case 0:
		return clusto.Int(p.rnd.Int64() - p.rnd.Int64())
	case 1:
		return clusto.Time(time.UnixMicro(p.rnd.Int64N(1 << 51)))
	case 2:
		return clusto.RelationTo(other)
	case 3:
		return clusto.StoredJSON(`{"b": [1, null, "\u00e9"], "a": "'\\"}`)
	case 4:
		return clusto.Value{}
	}
	return clusto.String([]string{"", "text ", "Ärger 😀\n", strings.Repeat("long", 1000)}[p.rnd.IntN(4)])
}
