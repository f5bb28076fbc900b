package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/history"
)

func pruneCommand(r *run) *cobra.Command {
	var before string
	var yes, dryRun, asJSON bool
	cmd := &cobra.Command{
		Use:   "prune --before VERSION",
		Short: "remove old history",
		Long: `Removes for ever what the inventory was before a version or time: what had been
deleted or changed by then, and the record of the versions that left nothing that
is still there. What is there now stays, and who made it. What was at that
version itself can still be asked for, and all that came after.

It says what it will remove and asks first. Without a terminal it wants --yes.`,
		Example: `  clusto prune --before "2 years ago" --dry-run
  clusto prune --before 2025-01-01
  clusto prune --before 12000 --yes`,
		Annotations: exits(databaseExits, pastExits),
		Args:        noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if before == "" {
				return clusto.WithHint(usagef("--before says up to where"), "write %s", history.Examples)
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				return r.prune(ctx, c, moment(before), yes, dryRun, asJSON)
			})
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().StringVar(&before, "before", "", "the oldest version or time that shall still be known")
	complete(cmd, "before", r.completeVersions(0))
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be removed, and remove nothing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// pruned is what was removed as JSON has it.
type pruned struct {
	Before   int64 `json:"before"`
	Done     bool  `json:"done"`
	Versions int   `json:"versions"`
	Entities int   `json:"entities"`
	Attrs    int   `json:"attrs"`
	Changes  int   `json:"changes"`
}

// prune says what is older than a version or time, asks, and removes it.
func (r *run) prune(ctx context.Context, c *client.Client, before string, yes, dryRun, asJSON bool) error {
	n, err := c.Prune(ctx, before, true)
	if err != nil {
		return err
	}
	nothing := n.Versions+n.Entities+n.Attrs+n.Changes == 0
	if !asJSON {
		if err := r.announcePrune(ctx, c, n, nothing); err != nil {
			return err
		}
	}
	done := !dryRun && !nothing
	if done {
		if !yes {
			if err := r.confirm("Remove this for ever?"); err != nil {
				return err
			}
		}
		if n, err = c.Prune(ctx, strconv.FormatInt(n.Before, 10), false); err != nil {
			return err
		}
	}
	switch {
	case asJSON:
		return writeJSON(r.Stdout, pruned{n.Before, done, n.Versions, n.Entities, n.Attrs, n.Changes})
	case done:
		_, err = fmt.Fprintln(r.Stdout, "removed")
	}
	return err
}

// announcePrune says what will be removed.
func (r *run) announcePrune(ctx context.Context, c *client.Client, n *api.Pruned, nothing bool) error {
	when := ""
	page, err := c.LogPage(ctx, client.LogFilter{At: strconv.FormatInt(n.Before, 10), Limit: 1})
	if err != nil {
		return err
	}
	for _, v := range page.Versions {
		if int64(v.Version) == n.Before && !v.Time.IsZero() {
			when = " of " + v.Time.In(time.Local).Format(classicTime)
		}
	}
	if nothing {
		_, err = fmt.Fprintf(r.Stdout, "there is nothing older than version %d%s\n", n.Before, when)
		return err
	}
	_, err = fmt.Fprintf(r.Stdout, `older than version %d%s:
  versions of which nothing is left:  %d
  entities that were deleted:         %d
  attributes deleted or changed:      %d
  names and drivers changed:          %d
`, n.Before, when, n.Versions, n.Entities, n.Attrs, n.Changes)
	return err
}
