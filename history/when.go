package history

import (
	"cmp"
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// Examples are ways to write a version, for help texts and messages.
const Examples = `123, "2026-11-20 14:00", 2026-11-20, yesterday, "2 days ago", live~1 or live`

// Resolve returns the version that text names: a number; "live" or "now", which
// is [clusto.Live]; a time as [ParseTime] has it, which stands for the newest
// version that was there then; or one of these followed by ~n, the nth version
// before it. It returns ErrInvalid if text is none of these, and ErrNotFound if
// there was no version then.
func Resolve(ctx context.Context, h clusto.History, text string, now time.Time) (clusto.Version, error) {
	text = strings.TrimSpace(text)
	name, back := text, 0
	if base, steps, found := strings.Cut(text, "~"); found {
		n, err := strconv.Atoi(cmp.Or(steps, "1"))
		if err != nil || n < 0 {
			return 0, notAVersion(text)
		}
		name, back = base, n
	}
	v, err := resolve(ctx, h, name, now)
	if err != nil || back == 0 {
		return v, err
	}
	before, err := clusto.Collect(h.FindVersions(ctx, clusto.VersionMatch{To: v, NewestFirst: true, Limit: back + 1}))
	if err != nil {
		return 0, err
	}
	if len(before) <= back {
		return 0, clusto.Errorf(clusto.ErrNotFound, "%s: there are not that many versions", text)
	}
	return before[back].Version, nil
}

func notAVersion(text string) error {
	return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%q is not a version and not a time", text), "write %s", Examples)
}

func resolve(ctx context.Context, h clusto.History, text string, now time.Time) (clusto.Version, error) {
	switch text {
	case "live", "now":
		return clusto.Live, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return numbered(ctx, h, clusto.Version(n))
	}
	t, err := ParseTime(text, now)
	if err != nil {
		return 0, notAVersion(text)
	}
	m := clusto.VersionMatch{Until: t, NewestFirst: true}
	for info, err := range h.FindVersions(ctx, m) {
		if err != nil {
			return 0, err
		}
		if !info.Time.IsZero() {
			return info.Version, nil
		}
	}
	return 0, clusto.Errorf(clusto.ErrNotFound, "there was no version yet at %s", t.Format("2006-01-02 15:04:05 MST"))
}

// numbered returns v, or the newest version as ErrNotFound names it if v is
// later. A number between two versions stands for the earlier one.
func numbered(ctx context.Context, h clusto.History, v clusto.Version) (clusto.Version, error) {
	newest, err := h.Version(ctx)
	switch {
	case err != nil:
		return 0, err
	case v < 1:
		return 0, clusto.Errorf(clusto.ErrInvalid, "%d is not a version: they count from 1", v)
	case v > newest:
		return 0, clusto.Errorf(clusto.ErrNotFound, "there is no version %d; the newest is %d", v, newest)
	}
	return v, nil
}

// agoForm is "2 days ago" or "3h ago", or either without the last word.
var agoForm = regexp.MustCompile(`^(\d{1,6}) ?([a-z]+)(?: ago)?$`)

// daysAndMore are units that need a calendar: a day may have 23 hours.
var daysAndMore = map[string]struct{ years, months, days int }{
	"d": {0, 0, 1}, "day": {0, 0, 1}, "w": {0, 0, 7}, "week": {0, 0, 7}, "month": {0, 1, 0}, "year": {1, 0, 0},
}

// smaller are units of a fixed length.
var smaller = map[string]time.Duration{
	"s": time.Second, "sec": time.Second, "second": time.Second, "m": time.Minute, "min": time.Minute, "minute": time.Minute,
	"h": time.Hour, "hour": time.Hour,
}

// timeForms are the ways to write a day with a time. All but the first are in
// the zone of the one who asks.
var timeForms = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly,
}

// ParseTime returns the time that text names, in the time zone of now:
// "2026-11-20 14:00" with or without seconds, RFC 3339, "2 days ago", "3h ago",
// or a day, which stands for its beginning: "2026-11-20", "today", "yesterday",
// "tuesday", which is the last before today. "yesterday 14:00" works too. It
// returns ErrInvalid for anything else.
func ParseTime(text string, now time.Time) (time.Time, error) {
	t, _, err := parseTime(text, now)
	return t, err
}

// ParseUntil is [ParseTime], but a day stands for its end.
func ParseUntil(text string, now time.Time) (time.Time, error) {
	t, day, err := parseTime(text, now)
	if err == nil && day {
		t = t.AddDate(0, 0, 1).Add(-time.Microsecond)
	}
	return t, err
}

// parseTime returns the time that text names, and whether that is a whole day.
func parseTime(text string, now time.Time) (at time.Time, day bool, err error) {
	text = strings.TrimSpace(text)
	for _, form := range timeForms {
		t, err := time.ParseInLocation(form, text, now.Location())
		if err == nil && !t.IsZero() { // which would mean any time
			return t, form == time.DateOnly, nil
		}
	}
	text = strings.ToLower(text)
	if text == "now" {
		return now, false, nil
	}
	if m := agoForm.FindStringSubmatch(text); m != nil {
		if t, ok := ago(m[1], m[2], now); ok {
			return t, false, nil
		}
	}
	name, clock, _ := strings.Cut(text, " ")
	if d, ok := dayNamed(name, now); ok {
		if at, ok := timeOfDay(clock); ok {
			t := time.Date(d.Year(), d.Month(), d.Day(), at.Hour(), at.Minute(), at.Second(), 0, now.Location())
			return t, clock == "", nil
		}
	}
	return time.Time{}, false, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%q is not a time", text),
		`write "2026-11-20 14:00", 2026-11-20, yesterday, "2 days ago" or "3h ago"`)
}

func ago(count, unit string, now time.Time) (time.Time, bool) {
	n, _ := strconv.Atoi(count) // agoForm has digits only
	if len(unit) > 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	if d, ok := smaller[unit]; ok {
		return now.Add(-time.Duration(n) * d), true
	}
	d, ok := daysAndMore[unit]
	return now.AddDate(-n*d.years, -n*d.months, -n*d.days), ok
}

// dayNamed returns the day that a word names.
func dayNamed(name string, now time.Time) (time.Time, bool) {
	switch name {
	case "today":
		return now, true
	case "yesterday":
		return now.AddDate(0, 0, -1), true
	}
	for back := 1; back <= 7; back++ {
		if day := now.AddDate(0, 0, -back); name == strings.ToLower(day.Weekday().String()) {
			return day, true
		}
	}
	return time.Time{}, false
}

// timeOfDay returns the time that a text such as "14:00" names; "" is the
// beginning of the day.
func timeOfDay(text string) (time.Time, bool) {
	if text == "" {
		return time.Time{}, true
	}
	for _, form := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(form, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
