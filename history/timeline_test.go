package history_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
)

// log is a history that has nothing but versions, in their order.
type log struct {
	clusto.History
	versions []clusto.VersionInfo
	asked    int
}

func (l *log) Version(context.Context) (clusto.Version, error) {
	if len(l.versions) == 0 {
		return 0, nil
	}
	return l.versions[len(l.versions)-1].Version, nil
}

func (l *log) FindVersions(_ context.Context, m clusto.VersionMatch) iter.Seq2[clusto.VersionInfo, error] {
	l.asked++
	only := map[clusto.Version]bool{}
	for _, v := range m.Only {
		only[v] = true
	}
	return func(yield func(clusto.VersionInfo, error) bool) {
		n := 0
		all := slices.Clone(l.versions)
		if m.NewestFirst {
			slices.Reverse(all)
		}
		for _, v := range all {
			if m.Only != nil && !only[v.Version] || m.User != "" && v.User != m.User || v.Time.Before(m.Since) || !m.Until.IsZero() && v.Time.After(m.Until) {
				continue
			}
			if n++; !yield(v, nil) || n == m.Limit {
				return
			}
		}
	}
}

// day is a day of a year that has no other.
func day(n float64) time.Time {
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n * float64(24*time.Hour)))
}

func made(version clusto.Version, at float64, user string) clusto.VersionInfo {
	return clusto.VersionInfo{Version: version, Time: day(at), User: user}
}

func TestTimeline(t *testing.T) {
	t.Parallel()
	some := []clusto.VersionInfo{made(1, 0, "ann"), made(2, 0.5, "ann"), made(3, 0.5, "bob"), made(4, 3.2, "ann"), made(5, 3.9, "bob")}
	without := slices.Clone(some)
	without[1].Time = time.Time{}
	for _, row := range []struct {
		name     string
		versions []clusto.VersionInfo
		o        history.TimelineOptions
		want     string // count and last version of each bucket
	}{
		{"all", some, history.TimelineOptions{}, "3:3 0:3 0:3 2:5"},
		{"since", some, history.TimelineOptions{Since: day(2)}, "0:3 0:3 1:4 1:5"},
		{"before everything", some, history.TimelineOptions{Since: day(-4)}, "0:0 0:0 3:3 2:5"},
		{"until", some, history.TimelineOptions{Until: day(2)}, "1:1 2:3 0:3 0:3"},
		{"of one", some, history.TimelineOptions{User: "ann"}, "2:2 0:2 0:2 1:4"},
		{"of nobody", some, history.TimelineOptions{User: "eve"}, "0:0 0:0 0:0 0:0"},
		{"none", nil, history.TimelineOptions{}, "0:0 0:0 0:0 0:0"},
		{"one without time", without, history.TimelineOptions{}, "3:3 0:3 0:3 2:5"},
		{"one at the end", []clusto.VersionInfo{made(1, 4, "")}, history.TimelineOptions{}, "0:0 0:0 0:0 1:1"},
	} {
		o := row.o
		o.Buckets = 4
		if o.Until.IsZero() {
			o.Until = day(4)
		}
		got, err := history.TimelineOf(t.Context(), &log{versions: row.versions}, o)
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		if diff := cmp.Diff(row.want, counts(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, diff)
		}
	}
}

func TestTimelineEndsBeforeItBegins(t *testing.T) {
	t.Parallel()
	_, err := history.TimelineOf(t.Context(), &log{}, history.TimelineOptions{Since: day(2), Until: day(1), Buckets: 1})
	if err == nil {
		t.Error("no error")
	}
}

func counts(l *history.Timeline) string {
	text := ""
	for i, b := range l.Buckets {
		if i > 0 {
			text += " "
		}
		text += fmt.Sprintf("%d:%d", b.Count, b.Last)
	}
	return text
}

// TestTimelineLooksAtFew: of a long history few questions tell as much as a look at
// each version.
func TestTimelineLooksAtFew(t *testing.T) {
	t.Parallel()
	const n = 200_000
	l := &log{versions: make([]clusto.VersionInfo, n)}
	at := 0.0
	for i := range l.versions {
		at += float64(i*7919%1000) / 1e6
		if i%50_000 == 0 {
			at += 20 // a quiet time
		}
		l.versions[i] = made(clusto.Version(i+1), at, "ann")
	}
	o := history.TimelineOptions{Until: day(at + 1), Buckets: 120}
	got, err := history.TimelineOf(t.Context(), l, o)
	if err != nil {
		t.Fatal(err)
	}
	if l.asked > 10 {
		t.Errorf("%d questions, want few", l.asked)
	}
	want := make([]int, len(got.Buckets))
	for _, v := range l.versions {
		i := slices.IndexFunc(got.Buckets, func(b history.Bucket) bool { return v.Time.Before(b.End) })
		want[i]++
	}
	for i, b := range got.Buckets {
		if b.Count != want[i] {
			t.Errorf("bucket %d has %d versions, want %d", i, b.Count, want[i])
		}
	}
	if got.Total != n {
		t.Errorf("%d versions in all, want %d", got.Total, n)
	}
}
