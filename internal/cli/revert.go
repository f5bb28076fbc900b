package cli

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/history"
)

func revertCommand(r *run) *cobra.Command {
	var flags changeFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "revert VERSION...",
		Short: "undo what versions changed",
		Long: `Makes a new version that undoes what one or several versions did together, and shows
what it changes. Nothing is taken out of the history: a revert can be reverted.

Where later changes stand in the way nothing is done, and all of them are listed: an
attribute that was changed again, a name, port, rack unit or address that somebody
else has by now.`,
		Example: `  clusto revert 120
  clusto revert --dry-run 118 119 120
  clusto revert -m "wrong rack" 120`,
		Annotations: exits(databaseExits, []exit{
			{statusNotFound, "there is no such version"},
			{statusInvalid, "a version is not written as one"},
			{statusConflict, "later changes stand in the way"},
			{statusUnsupported, "the database keeps no history"},
		}),
		Args:              someArgs("VERSION"),
		ValidArgsFunction: r.completeVersions(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			why := "revert " + strings.Join(args, ", ")
			return r.undo(cmd, flags, asJSON, why, func(ctx context.Context, c *client.Client, ch client.Change) (*api.Changed, error) {
				versions, err := versionNumbers(ctx, c, args)
				if err != nil {
					return nil, err
				}
				return c.Revert(ctx, versions, ch)
			})
		},
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// versionNumbers returns the versions that texts name.
func versionNumbers(ctx context.Context, c *client.Client, texts []string) ([]int64, error) {
	var versions []int64
	for _, text := range texts {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			versions = append(versions, n)
			continue
		}
		shown, err := c.Show(ctx, moment(text))
		if err != nil {
			return nil, err
		}
		versions = append(versions, int64(shown.Version))
	}
	return versions, nil
}

// undo makes a change to the past, unless it is only to be shown, and prints it.
func (r *run) undo(cmd *cobra.Command, flags changeFlags, asJSON bool, why string, fn func(context.Context, *client.Client, client.Change) (*api.Changed, error)) error {
	return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
		done, err := fn(ctx, c, client.Change{Description: cmp.Or(flags.message, why), DryRun: flags.dryRun})
		if err != nil {
			return err
		}
		return r.printUndone(done, asJSON)
	})
}

func (r *run) printUndone(done *api.Changed, asJSON bool) error {
	plan := history.Plan{Diff: &done.Diff}
	for _, result := range done.Results {
		for _, o := range result.Left {
			plan.Left = append(plan.Left, history.Obstacle{Entity: o.Entity, What: o.What, Why: o.Why})
		}
	}
	if asJSON {
		return writeJSON(r.Stdout, struct {
			Version *int64        `json:"version"` // null if none was made
			Plan    *history.Plan `json:"changes"`
		}{orNone(done.Version), &plan})
	}
	if err := plan.WriteText(r.Stdout); err != nil {
		return err
	}
	switch {
	case done.DryRun:
	case done.Version == 0:
		fmt.Fprintln(r.Stdout, "nothing to do: all is so already")
	default:
		fmt.Fprintf(r.Stdout, "version %d\n", done.Version)
	}
	return nil
}

func orNone(v int64) *int64 {
	if v == 0 {
		return nil
	}
	return &v
}

func versionText(v clusto.Version) string { return strconv.FormatInt(int64(v), 10) }

// firstLine returns the first line of a text.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
