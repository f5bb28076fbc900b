package history_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
)

// times are what a log shows of time, which no test can know.
var times = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`)

func TestLog(t *testing.T) {
	w := newWorld(t)
	first := w.do("two servers", func(h hands) {
		h.make("basicserver", "web1", nil)
		h.make("basicserver", "web2", nil)
		h.make("pool", "pool1", nil)
	})
	w.do("fill\nthe pool", func(h hands) {
		h.call("pool1", "insert", "@web1")
		h.set("web1", "memory", 8)
		h.set("web2", "memory", 8)
	})
	w.do("", func(h hands) { h.rename("web1", "www1"); h.set("www1", "memory", 16); h.unset("web2", "memory") })
	w.do("away", func(h hands) { h.delete("www1") })
	want := `
6        TIME  ann
    away
    deleted www1; changed pool1; 2 attributes removed
5        TIME  ann
    renamed web1 to www1; changed web2; 1 attribute removed, 1 changed
4        TIME  ann
    fill
    the pool
    changed pool1, web1, web2; 3 attributes added
3        TIME  ann
    two servers
    made pool1, web1, web2
`
	w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
		entries, err := history.Log(ctx, h, clusto.VersionMatch{After: first - 1, NewestFirst: true})
		w.check(err)
		var b strings.Builder
		w.check(history.WriteLog(&b, entries, time.UTC))
		same(t, "log", want, times.ReplaceAllString(b.String(), "TIME"))
		lives, err := history.Find(ctx, h, "web2")
		w.check(err)
		entries, err = history.Log(ctx, h, clusto.VersionMatch{About: history.IDs(lives)})
		w.check(err)
		var numbers []clusto.Version
		for _, e := range entries {
			numbers = append(numbers, e.Version)
		}
		if diff := cmp.Diff([]clusto.Version{first, first + 1, first + 2}, numbers); diff != "" {
			t.Errorf("about web2:\n%s", diff)
		}
		entries, err = history.Log(ctx, h, clusto.VersionMatch{Grep: "nothing like it"})
		if len(entries) != 0 || err != nil {
			t.Errorf("got %v, %v, want none", entries, err)
		}
	})
}

func TestBlame(t *testing.T) {
	w := newWorld(t)
	made := w.do("make", func(h hands) {
		h.make("basicserver", "web1", nil)
		h.make("pool", "pool1", nil)
		h.set("web1", "disk", 1)
		h.set("web1", "memory", 8)
	})
	placed := w.do("place\nand more", func(h hands) { h.call("pool1", "insert", "@web1"); h.set("web1", "memory", 16) })
	w.do("later", func(h hands) { h.set("web1", "memory", 32) })
	w.past(placed, func(ctx context.Context, h clusto.History) {
		e, err := h.Entity(ctx, "web1")
		w.check(err)
		b, err := history.BlameOf(ctx, h, e)
		w.check(err)
		if b.Made.Version != made || b.Made.User != "ann" {
			t.Errorf("made by %+v", b.Made)
		}
		var text strings.Builder
		w.check(b.WriteText(&text, time.UTC))
		got := regexp.MustCompile(` +`).ReplaceAllString(times.ReplaceAllString(text.String(), "TIME"), " ")
		same(t, "blame", `
3 TIME ann web1 (server, basicserver) make
3 TIME ann disk = 1 make
4 TIME ann memory = 16 place
4 TIME ann pool1: _contains#0 = web1 place
`, got)
	})
}

func TestFind(t *testing.T) {
	w := newWorld(t)
	w.do("a", func(h hands) { h.make("basicserver", "web1", nil); h.make("basicserver", "web9", nil) })
	w.do("b", func(h hands) { h.delete("web1") })
	w.do("c", func(h hands) { h.make("basicserver", "web1", nil); h.rename("web9", "db1") })
	w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
		for name, want := range map[string][]string{"web1": {"web1", "web1"}, "web9": {"db1"}, "db1": {"db1"}, "db2": nil} {
			lives, err := history.Find(ctx, h, name)
			if (err != nil) != (want == nil) || err != nil && !errors.Is(err, clusto.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
			var got []string
			for _, l := range lives {
				got = append(got, l.Name)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s:\n%s", name, diff)
			}
		}
	})
}
