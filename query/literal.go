package query

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// literal is a value as it stands in a query: a text that may also be read as a
// number and as a time.
type literal struct {
	text   string
	quoted bool
	start  int // in the query, in bytes
	end    int

	number number
	when   moment
}

// print writes the literal so that it is read again as the same.
func (l *literal) print(b *strings.Builder) {
	if l.quoted || !isWord(l.text) && !l.when.ago() {
		b.WriteString(quoted(l.text))
		return
	}
	b.WriteString(l.text)
}

// newLiteral returns what a word or a quoted text means. In quotes, nothing is
// a number; a time is one when it is compared with a time.
func newLiteral(text string, quoted bool, start, end int) literal {
	l := literal{text: text, quoted: quoted, start: start, end: end, when: parseMoment(text)}
	if !quoted {
		l.number = parseNumber(text)
	}
	return l
}

// number is a whole number, or a fraction.
type number struct {
	ok       bool
	whole    bool
	integer  int64   // if it is whole
	fraction float64 // the same, perhaps not exactly, or the fraction
}

// numberForm is a number, perhaps with the unit of a size. The unit counts in
// 1024s, also as MB or MiB.
var numberForm = regexp.MustCompile(`^(-?[0-9]+)(\.[0-9]+)?(?:([KMGTP])(?:i?B)?)?$`)

// perMegabyte are the units of sizes in megabytes: what attributes such as
// system.memory count in.
var perMegabyte = map[string]float64{"K": 1.0 / 1024, "M": 1, "G": 1024, "T": 1024 * 1024, "P": 1024 * 1024 * 1024}

// parseNumber reads a number; a size is the number of megabytes.
func parseNumber(s string) number {
	m := numberForm.FindStringSubmatch(s)
	if m == nil {
		return number{}
	}
	if m[2] == "" && m[3] == "" {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return wholeNumber(n)
		}
	}
	f, err := strconv.ParseFloat(m[1]+m[2], 64)
	if err != nil {
		return number{}
	}
	if m[3] != "" {
		f *= perMegabyte[m[3]]
	}
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return wholeNumber(int64(f))
	}
	return number{ok: true, fraction: f}
}

func wholeNumber(n int64) number {
	return number{ok: true, whole: true, integer: n, fraction: float64(n)}
}

// compare orders numbers.
func (n number) compare(o number) int {
	switch {
	case n.whole && o.whole && n.integer < o.integer, n.fraction < o.fraction:
		return -1
	case n.whole && o.whole && n.integer > o.integer, n.fraction > o.fraction:
		return 1
	}
	return 0
}

// text returns the usual spelling of the number.
func (n number) text() string {
	if n.whole {
		return strconv.FormatInt(n.integer, 10)
	}
	return strconv.FormatFloat(n.fraction, 'f', -1, 64)
}

// moment is a time as people write it: a day, a minute, a second or an instant,
// absolute or counted from now.
type moment struct {
	ok     bool
	from   time.Time     // of an absolute one, in UTC
	length time.Duration // how long it lasts; 0 is an instant

	day   int // of "today" and "yesterday": 0 or -1
	isDay bool
	count int // of "2 days ago"
	unit  string
	isNow bool
	isAgo bool
}

// ago reports whether the moment is written in several words.
func (m *moment) ago() bool { return m.ok && m.isAgo }

// relative reports whether the moment depends on the time at which the query runs.
func (m *moment) relative() bool { return m.isDay || m.isNow || m.isAgo }

// agoForm is a time counted back from now.
var agoForm = regexp.MustCompile(`^([0-9]{1,6}) (second|minute|hour|day|week|month|year)s? ago$`)

// layouts are the forms of absolute times and how long each lasts.
var layouts = []struct {
	form   string
	length time.Duration
}{
	{"2006-01-02", 24 * time.Hour},
	{"2006-01-02T15:04", time.Minute},
	{"2006-01-02T15:04:05", time.Second},
}

// parseMoment reads a time: 2012-02-29, 2012-02-29T23:59, 2012-02-29T23:59:58,
// with a fraction or a zone (UTC without one) or a blank for the T; now, today,
// yesterday; 2 days ago.
func parseMoment(s string) moment {
	switch s {
	case "now":
		return moment{ok: true, isNow: true}
	case "today":
		return moment{ok: true, isDay: true}
	case "yesterday":
		return moment{ok: true, isDay: true, day: -1}
	}
	if m := agoForm.FindStringSubmatch(s); m != nil {
		n, err := strconv.Atoi(m[1])
		return moment{ok: err == nil, isAgo: true, count: n, unit: m[2]}
	}
	if len(s) < len("2006-01-02") || s[0] < '0' || s[0] > '9' {
		return moment{}
	}
	return parseAbsolute(s)
}

func parseAbsolute(s string) moment {
	if len(s) > 10 && s[10] == ' ' {
		s = s[:10] + "T" + s[11:]
	}
	for _, l := range layouts {
		for _, zone := range []string{"", "Z07:00"} {
			t, err := time.Parse(l.form+zone, s)
			if err != nil {
				continue
			}
			if t.Nanosecond() != 0 || strings.Contains(s, ".") {
				return moment{ok: true, from: t.UTC().Truncate(time.Microsecond)}
			}
			return moment{ok: true, from: t.UTC(), length: l.length}
		}
	}
	return moment{}
}

// at returns the moment as an absolute one, seen at now.
func (m moment) at(now time.Time) moment {
	now = now.UTC()
	switch {
	case m.isNow:
		return moment{ok: true, from: now}
	case m.isDay:
		midnight := time.Date(now.Year(), now.Month(), now.Day()+m.day, 0, 0, 0, 0, time.UTC)
		return moment{ok: true, from: midnight, length: 24 * time.Hour}
	case m.isAgo:
		return moment{ok: true, from: before(now, m.count, m.unit)}
	}
	return m
}

func before(now time.Time, n int, unit string) time.Time {
	switch unit {
	case "day":
		return now.AddDate(0, 0, -n)
	case "week":
		return now.AddDate(0, 0, -7*n)
	case "month":
		return now.AddDate(0, -n, 0)
	case "year":
		return now.AddDate(-n, 0, 0)
	}
	length := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour}[unit]
	return now.Add(-time.Duration(n) * length)
}

// compare tells whether t is before the moment, in it, or after it.
func (m moment) compare(t time.Time) int {
	switch {
	case t.Before(m.from):
		return -1
	case t.Equal(m.from), t.Before(m.from.Add(m.length)):
		return 0
	}
	return 1
}
