package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
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
			return r.withStore(cmd, func(ctx context.Context, store clusto.Store) error {
				var upTo clusto.Version
				err := past(ctx, store, func(ctx context.Context, h clusto.History) (err error) {
					upTo, err = version(ctx, h, before)
					return err
				})
				if err != nil {
					return err
				}
				p := pruning{store: store, upTo: upTo}
				return p.run(ctx, r, yes, dryRun, asJSON)
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

// pruning is the removal of the history before a version.
type pruning struct {
	store clusto.Store
	upTo  clusto.Version
}

// pruned is what was removed as JSON has it.
type pruned struct {
	Before   clusto.Version `json:"before"`
	Done     bool           `json:"done"`
	Versions int            `json:"versions"`
	Entities int            `json:"entities"`
	Attrs    int            `json:"attrs"`
	Changes  int            `json:"changes"`
}

func (p pruning) run(ctx context.Context, r *run, yes, dryRun, asJSON bool) error {
	n, err := history.Prune(ctx, p.store, p.upTo, true)
	if err != nil {
		return err
	}
	if !asJSON {
		if err := p.announce(ctx, r, n); err != nil {
			return err
		}
	}
	nothing := n == clusto.Pruned{}
	if !dryRun && !nothing {
		if !yes {
			if err := r.confirm("Remove this for ever?"); err != nil {
				return err
			}
		}
		if n, err = history.Prune(ctx, p.store, p.upTo, false); err != nil {
			return err
		}
	}
	done := !dryRun && !nothing
	switch {
	case asJSON:
		return writeJSON(r.Stdout, pruned{p.upTo, done, n.Versions, n.Entities, n.Attrs, n.Changes})
	case done:
		_, err = fmt.Fprintln(r.Stdout, "removed")
	}
	return err
}

// announce says what will be removed.
func (p pruning) announce(ctx context.Context, r *run, n clusto.Pruned) error {
	when := ""
	err := past(ctx, p.store, func(ctx context.Context, h clusto.History) error {
		info, found, err := clusto.First(h.FindVersions(ctx, clusto.VersionMatch{Only: []clusto.Version{p.upTo}}))
		if found && !info.Time.IsZero() {
			when = " of " + info.Time.In(time.Local).Format(classicTime)
		}
		return err
	})
	if err != nil {
		return err
	}
	if n == (clusto.Pruned{}) {
		_, err = fmt.Fprintf(r.Stdout, "there is nothing older than version %d%s\n", p.upTo, when)
		return err
	}
	_, err = fmt.Fprintf(r.Stdout, `older than version %d%s:
  versions of which nothing is left:  %d
  entities that were deleted:         %d
  attributes deleted or changed:      %d
  names and drivers changed:          %d
`, p.upTo, when, n.Versions, n.Entities, n.Attrs, n.Changes)
	return err
}
