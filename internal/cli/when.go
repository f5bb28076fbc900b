package cli

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/history"
)

// moment returns a version or time, as a person wrote it, as a server in another
// time zone understands it: what is a time becomes an exact one.
func moment(text string) string { return exact(text, history.ParseTime) }

// momentUntil is moment for the end of a span of time: a day means its end.
func momentUntil(text string) string { return exact(text, history.ParseUntil) }

// sentMoment is what an error begins with that is about an exact time.
var sentMoment = regexp.MustCompile(`^"\d{4}-\d\d-\d\dT[^"]*": `)

// asTyped returns err with the time that --at of cmd names as it was typed, if the
// error is about the exact time that was sent instead.
func asTyped(cmd *cobra.Command, err error) error {
	flag := cmd.Flags().Lookup("at")
	if err == nil || flag == nil || !flag.Changed {
		return err
	}
	if sent := sentMoment.FindString(err.Error()); sent != "" {
		return &reworded{err, strconv.Quote(flag.Value.String()) + ": " + err.Error()[len(sent):]}
	}
	return err
}

// reworded is an error in other words.
type reworded struct {
	error
	text string
}

func (e *reworded) Error() string { return e.text }
func (e *reworded) Unwrap() error { return e.error }

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
