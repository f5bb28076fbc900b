//go:build unix

package snapshot_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/snapshot"
	"github.com/clusto/clusto/internal/sqlstore"
)

// attrsPerServer is how many attributes each of them has.
const attrsPerServer = 18

// fill makes the servers in a database, some in each change.
func fill(b *testing.B, store clusto.Store) {
	b.Helper()
	const atOnce = 5000
	for first := 0; first < *servers; first += atOnce {
		_, err := store.Update(b.Context(), clusto.Change{}, func(tx clusto.Tx) error {
			for i := first; i < min(first+atOnce, *servers); i++ {
				e, err := tx.Create(b.Context(), fmt.Sprintf("s%07d", i), "server", "basicserver")
				if err != nil {
					return err
				}
				var attrs []clusto.Attr
				for n := range attrsPerServer {
					a := clusto.Attr{Entity: e.ID, Key: fmt.Sprint("key", n), Subkey: clusto.Sub("property"), Value: clusto.String(fmt.Sprintf("value %d of %d", n, i))}
					if n%3 == 0 {
						a.Value = clusto.Int(int64(i * n))
					}
					attrs = append(attrs, a)
				}
				if err := tx.AddAttrs(b.Context(), attrs...); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStoreLoad opens a database, with the inventory in memory at the end of it.
func BenchmarkStoreLoad(b *testing.B) {
	dsn := dbtest.NewDSN(b)
	fill(b, dbtest.Create(b, dsn, sqlstore.Options{}))
	under := dbtest.Open(b, dsn, sqlstore.Options{})
	var spent time.Duration
	for b.Loop() {
		began := cpu(b)
		s, err := snapshot.New(b.Context(), notClosed{under}, snapshot.Options{})
		if err != nil {
			b.Fatal(err)
		}
		until(b, "the inventory is in memory", func() bool { return s.Latest() != nil })
		spent += cpu(b) - began
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(spent.Seconds()/float64(b.N), "cpu-s/op")
}

// notClosed is a database that stays open.
type notClosed struct{ *sqlstore.Store }

func (notClosed) Close() error { return nil }

// BenchmarkStore asks, and changes, the inventory in memory and in the database.
func BenchmarkStore(b *testing.B) {
	dsn := dbtest.NewDSN(b)
	under := dbtest.Create(b, dsn, sqlstore.Options{})
	fill(b, under)
	for _, c := range []struct {
		name  string
		store clusto.Store
	}{
		{"memory", loaded(b, notClosed{under}, snapshot.Options{})}, {"database", under},
	} {
		b.Run("Entity/"+c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				err := c.store.View(b.Context(), clusto.Live, func(r clusto.Reader) error {
					_, err := r.Entity(b.Context(), "s0000077")
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("Update/"+c.name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				n++
				_, err := c.store.Update(b.Context(), clusto.Change{}, func(tx clusto.Tx) error {
					return tx.AddAttrs(b.Context(), clusto.Attr{Entity: 2, Key: c.name, Value: clusto.Int(int64(n))})
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
