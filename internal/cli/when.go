package cli

import (
	"strings"
	"time"

	"github.com/clusto/clusto/history"
)

// moment returns a version or time, as a person wrote it, as a server in another
// time zone understands it: what is a time becomes an exact one.
func moment(text string) string { return exact(text, history.ParseTime) }

// momentUntil is moment for the end of a span of time: a day means its end.
func momentUntil(text string) string { return exact(text, history.ParseUntil) }

func exact(text string, parse func(string, time.Time) (time.Time, error)) string {
	base, steps, back := strings.Cut(text, "~")
	at, err := parse(base, time.Now())
	if base == "now" || err != nil {
		return text // a version, or something that the server explains
	}
	base = at.Format(time.RFC3339Nano)
	if back {
		base += "~" + steps
	}
	return base
}
