package history_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
)

// noon is a Sunday in a zone that is not UTC.
var noon = time.Date(2026, 11, 22, 12, 30, 15, 0, time.FixedZone("CET", 3600))

func TestParseTime(t *testing.T) {
	for _, row := range []struct {
		text string
		want string // in the zone of noon; "" is an error
	}{
		{"2026-11-20", "2026-11-20 00:00:00"},
		{"2026-11-20 14:00", "2026-11-20 14:00:00"},
		{"2026-11-20 14:00:05", "2026-11-20 14:00:05"},
		{"2026-11-20T14:00", "2026-11-20 14:00:00"},
		{"2026-11-20T14:00:05Z", "2026-11-20 15:00:05"},
		{"2026-11-20T14:00:05+02:00", "2026-11-20 13:00:05"},
		{"2 days ago", "2026-11-20 12:30:15"},
		{"3h ago", "2026-11-22 09:30:15"},
		{"90 minutes ago", "2026-11-22 11:00:15"},
		{"1 week", "2026-11-15 12:30:15"},
		{"1 month ago", "2026-10-22 12:30:15"},
		{"today", "2026-11-22 00:00:00"},
		{"yesterday", "2026-11-21 00:00:00"},
		{"Yesterday 14:00", "2026-11-21 14:00:00"},
		{"tuesday", "2026-11-17 00:00:00"},
		{"sunday 9:00:01", "2026-11-15 09:00:01"},
		{" 2026-11-20 ", "2026-11-20 00:00:00"},
		{"2026-13-20", ""},
		{"tuesday noon", ""},
		{"2 fortnights ago", ""},
		{"", ""},
		{"soon", ""},
	} {
		got, err := history.ParseTime(row.text, noon)
		if row.want == "" {
			if !errors.Is(err, clusto.ErrInvalid) {
				t.Errorf("%q: got %v, %v, want ErrInvalid", row.text, got, err)
			}
			continue
		}
		if text := got.In(noon.Location()).Format("2006-01-02 15:04:05"); err != nil || text != row.want {
			t.Errorf("%q: got %s, %v, want %s", row.text, text, err, row.want)
		}
	}
}

func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{"2026-11-20", "2 days ago", "yesterday 14:00", "999999 years ago", "tuesday"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if at, err := history.ParseTime(text, noon); err != nil && !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%q: got %v, %v", text, at, err)
		}
	})
}

func TestResolve(t *testing.T) {
	w := newWorld(t)
	first := w.do("one", func(h hands) { h.make("basicserver", "web1", nil) })
	last := w.do("two", func(h hands) { h.make("basicserver", "web2", nil) })
	w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
		// Both were made in one second, which is how exactly times are kept.
		info, _, err := clusto.First(h.FindVersions(ctx, clusto.VersionMatch{Only: []clusto.Version{last}}))
		w.check(err)
		for _, row := range []struct {
			text string
			want clusto.Version
			err  error
		}{
			{text: fmt.Sprint(first), want: first},
			{text: "live", want: clusto.Live},
			{text: "now", want: clusto.Live},
			{text: "live~0", want: clusto.Live},
			{text: "live~1", want: first},
			{text: "live~", want: first},
			{text: fmt.Sprintf("%d~1", last), want: first},
			{text: info.Time.Format(time.RFC3339), want: last},
			{text: "2100-01-01", want: last},
			{text: fmt.Sprint(last + 1), err: clusto.ErrNotFound},
			{text: "0", err: clusto.ErrInvalid},
			{text: "-1", err: clusto.ErrInvalid},
			{text: "3~9", err: clusto.ErrNotFound},
			{text: "3~x", err: clusto.ErrInvalid},
			{text: "1999-01-01", err: clusto.ErrNotFound},
			{text: "0001-01-01T00:00:00Z", err: clusto.ErrInvalid}, // the zero time
			{text: "soon", err: clusto.ErrInvalid},
		} {
			got, err := history.Resolve(ctx, h, row.text, time.Now())
			if got != row.want || !errors.Is(err, row.err) || (err == nil) != (row.err == nil) {
				t.Errorf("%q: got %d, %v, want %d, %v", row.text, got, err, row.want, row.err)
			}
		}
		_, err = history.Resolve(ctx, h, "soon", time.Now())
		if clusto.Hint(err) != "write "+history.Examples {
			t.Errorf("the hint is %q", clusto.Hint(err))
		}
	})
}
