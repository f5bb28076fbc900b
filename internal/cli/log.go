package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/history"
)

func logCommand(r *run) *cobra.Command {
	var want logFilter
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "log [NAME]",
		Short: "show what was changed, by whom, when and why",
		Long: `Shows the versions of the inventory, the newest first: number, time, user, the
reason that was given, and in short what was changed. With a name only those that
changed what is or was called so, its attributes, or what others have of it.

--since and --until take a version or a time, in the time zone of this machine:
"2026-11-20 14:00", 2026-11-20, yesterday, "2 days ago", "3h ago". A day counts from
its beginning for --since and up to its end for --until.`,
		Example: `  clusto log
  clusto log web7
  clusto log --since yesterday --user jdoe
  clusto log --grep "rack 12" -n 0
  clusto log --json web7 | jq -r '.[].user'`,
		Annotations: exits(databaseExits, pastExits, []exit{{statusNotFound, "nothing is or was called so"}}),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("%s takes one NAME at most, and got %d", cmd.CommandPath(), len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				entries, more, err := want.entries(ctx, c, args)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, entries)
				}
				if err := history.WriteLog(r.Stdout, entries, time.Local); err != nil || !more {
					return err
				}
				_, err = fmt.Fprintf(r.Stderr, "there is more: -n %d shows twice as much, -n 0 all\n", 2*want.limit)
				return err
			})
		},
		ValidArgsFunction: r.completeEntities(clusto.Match{}, 1),
	}
	want.flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// shownVersions is how many versions the log shows unless asked for more.
const shownVersions = 50

// logFilter is what the flags say about the versions to show.
type logFilter struct {
	since, until, user, grep string
	limit                    int
}

func (f *logFilter) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.since, "since", "", "only from this version or time on")
	flags.StringVar(&f.until, "until", "", "only up to this version or time")
	flags.StringVar(&f.user, "user", "", "only by this user")
	flags.StringVar(&f.grep, "grep", "", "only those with this text in the reason, in any case")
	flags.IntVarP(&f.limit, "limit", "n", shownVersions, "at most so many; 0 is all")
}

// entries returns the versions that the flags, and the name if there is one,
// select, and whether there are more than are to be shown.
func (f *logFilter) entries(ctx context.Context, c *client.Client, names []string) (entries []history.Entry, more bool, err error) {
	if f.limit < 0 {
		return nil, false, usagef("-n %d is less than nothing", f.limit)
	}
	want := client.LogFilter{User: f.user, Grep: f.grep, About: names, Since: moment(f.since), Until: momentUntil(f.until)}
	if f.limit > 0 {
		want.Limit = min(f.limit+1, logPage)
	}
	entries = []history.Entry{}
	for e, err := range c.Log(ctx, want) {
		if err != nil {
			return nil, false, fmt.Errorf("log: %w", err)
		}
		if f.limit > 0 && len(entries) == f.limit {
			return entries, true, nil
		}
		entries = append(entries, e)
	}
	return entries, false, nil
}

// logPage is how many versions are asked for at once at most.
const logPage = 1000
