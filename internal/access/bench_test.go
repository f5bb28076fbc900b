package access

import (
	"context"
	"testing"
)

// BenchmarkPassword is one sign-in's worth of hashing.
func BenchmarkPassword(b *testing.B) {
	b.ReportAllocs()
	h := newHasher(Hashing{}, 0)
	hash, err := h.hash(context.Background(), "ann", "correct horse")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if ok, stale, err := h.verify(b.Context(), hash, "correct horse"); !ok || stale || err != nil {
			b.Fatal(ok, stale, err)
		}
	}
}
