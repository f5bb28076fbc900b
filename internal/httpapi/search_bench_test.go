package httpapi_test

import (
	"testing"

	"github.com/clusto/clusto/bench/fleet"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/snapshot"
	"github.com/clusto/clusto/internal/sqlstore"
)

// BenchmarkSearch: what somebody waits for who types. A name, a part of one, one with a
// typing mistake, and a part of an address, from memory as a server answers.
func BenchmarkSearch(b *testing.B) {
	store := dbtest.New(b, sqlstore.Options{})
	if _, err := fleet.Load(b.Context(), store, fleet.Options{Servers: 10_000, Seed: 1}); err != nil {
		b.Fatal(err)
	}
	memory, err := snapshot.New(b.Context(), store, snapshot.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = memory.Close() })
	h := newServer(memory)
	name := fleet.Name(123)
	for kind, word := range map[string]string{"name": name, "part": name[:4], "mistake": "x" + name, "address": "10.0."} {
		b.Run(kind, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if answer := ask(b, h, "GET", "/search?limit=12&q="+word, "", nil); answer.StatusCode != 200 {
					b.Fatal(answer.Status)
				}
			}
		})
	}
}
