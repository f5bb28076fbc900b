package nearest

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestWord(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		word, name string
		want       int // -1: not near
	}{
		{"sv3-001-s3", "sv3-001-s3", 0},
		{"sv3-001-s3", "SV3-001-S3", 0},
		{"sv3-01-s3", "sv3-001-s3", 2},
		{"sv3-0001-s3", "sv3-001-s3", 2},
		{"vs3-001-s3", "sv3-001-s3", 2},
		{"sv3 001 s3", "sv3-001-s3", 4},
		{"dataecnt", "datacenter1", 3},
		{"swich", "switch-17-of-many", 3},
		{"web", "wed", 2},
		{"web", "wedding", 3},
		{"web", "dog", -1},
		{"we", "wa", -1},
		{"", "wa", -1},
		{"sv3-001-s3", "sv", -1},
		{"sv3-001-s3", "qq3-001-qq", -1},
		{"ärgre", "Ärger", 2},
		{"node001", "", -1},
	} {
		got, near := NewWord(row.word).Cost(row.name)
		if !near {
			got = -1
		}
		if got != row.want {
			t.Errorf("Cost of %q for %q: %d, want %d", row.name, row.word, got, row.want)
		}
	}
}

// TestWordAsWhole compares with the whole table of distances.
func TestWordAsWhole(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	some := func() string {
		text := make([]byte, random.IntN(12))
		for i := range text {
			text[i] = "abc"[random.IntN(3)]
		}
		return string(text)
	}
	near := 0
	for range 50_000 {
		text, name := some(), some()
		w := NewWord(text)
		want := -1
		for end := range len(name) + 1 {
			cost := distance([]rune(text), []rune(name[:end]), 100)
			if cost > w.limit || w.limit == 0 {
				continue
			}
			if cost *= 2; end < len(name) {
				cost++
			}
			if want < 0 || cost < want {
				want = cost
			}
		}
		got, ok := w.Cost(name)
		if !ok {
			got = -1
		} else {
			near++
		}
		if got != want {
			t.Fatalf("Cost of %q for %q: %d, want %d", name, text, got, want)
		}
	}
	if near < 1000 {
		t.Errorf("%d pairs were near, so little was compared", near)
	}
}

func BenchmarkWord(b *testing.B) {
	names := make([]string, 100_000)
	for i := range names {
		names[i] = fmt.Sprintf("sv3-%03d-s%d", i/100, i%100)
	}
	w := NewWord("sv3-0x1-s3")
	b.ReportAllocs()
	for b.Loop() {
		for _, name := range names {
			w.Cost(name)
		}
	}
}
