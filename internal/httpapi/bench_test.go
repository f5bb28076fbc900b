package httpapi_test

import (
	"testing"

	"github.com/clusto/clusto/bench/fleet"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/httpapi"
	"github.com/clusto/clusto/internal/sqlstore"
)

// BenchmarkEntities: lists of expanded entities, as they are written.
func BenchmarkEntities(b *testing.B) {
	benchmark(b, "/entities?type=server&limit=1000", "", "attrs", "attrs,parents", "merged", "attrs,parents,ports,addresses,resources")
}

func benchmark(b *testing.B, target string, expansions ...string) {
	h := fleetServer(b)
	for _, expand := range expansions {
		b.Run("expand="+expand, func(b *testing.B) {
			b.ReportAllocs()
			t := target
			if expand != "" {
				t += "&expand=" + expand
			}
			size := 0
			for b.Loop() {
				answer := ask(b, h, "GET", t, "", nil)
				if size = len(bodyOf(b, answer)); answer.StatusCode != 200 {
					b.Fatal(answer.Status)
				}
			}
			b.SetBytes(int64(size))
		})
	}
}

// BenchmarkEntity: one entity.
func BenchmarkEntity(b *testing.B) {
	benchmark(b, "/entities/"+fleet.Name(123)+"?fields=type,driver", "", "attrs", "parents")
}

// fleetServer returns the API over a fleet.
func fleetServer(b *testing.B) *httpapi.Server {
	store := dbtest.New(b, sqlstore.Options{})
	if _, err := fleet.Load(b.Context(), store, fleet.Options{Servers: 2000, Seed: 1}); err != nil {
		b.Fatal(err)
	}
	return newServer(store)
}
