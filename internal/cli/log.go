package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
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
			return r.viewPast(cmd, func(ctx context.Context, h clusto.History) error {
				m, err := want.match(ctx, h, args)
				if err != nil {
					return err
				}
				entries, err := history.Log(ctx, h, m)
				if err != nil {
					return fmt.Errorf("log: %w", err)
				}
				more := want.limit > 0 && len(entries) > want.limit
				if more {
					entries = entries[:want.limit]
				}
				if asJSON {
					return writeJSON(r.Stdout, slices.Concat([]history.Entry{}, entries))
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

// match returns what the flags, and the name if there is one, select: one
// version more than is to be shown, to know whether there are more.
func (f *logFilter) match(ctx context.Context, h clusto.History, names []string) (clusto.VersionMatch, error) {
	m := clusto.VersionMatch{User: f.user, Grep: f.grep, NewestFirst: true}
	if f.limit < 0 {
		return m, usagef("-n %d is less than nothing", f.limit)
	}
	if f.limit > 0 {
		m.Limit = f.limit + 1
	}
	if err := history.Limit(&m, f.since, f.until, time.Now()); err != nil {
		return m, err
	}
	if len(names) == 1 {
		lives, err := history.Find(ctx, h, names[0])
		if err != nil {
			return m, err
		}
		m.About = history.IDs(lives)
	}
	return m, nil
}
