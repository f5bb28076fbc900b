package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
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
			return r.applyPlan(cmd, flags, asJSON, why, func(ctx context.Context, h clusto.History) (*history.Plan, error) {
				var versions []clusto.Version
				for _, arg := range args {
					v, err := version(ctx, h, arg)
					if err != nil {
						return nil, err
					}
					versions = append(versions, v)
				}
				return history.PlanRevert(ctx, h, versions...)
			})
		},
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// applyPlan makes the change that fn plans, unless it is only to be shown, and
// prints it.
func (r *run) applyPlan(cmd *cobra.Command, flags changeFlags, asJSON bool, why string, fn func(context.Context, clusto.History) (*history.Plan, error)) error {
	var plan *history.Plan
	made, err := r.update(cmd, flags, why, func(ctx context.Context, tx clusto.Tx) (err error) {
		if plan, err = fn(ctx, tx); err != nil || flags.dryRun {
			return err
		}
		return plan.Apply(ctx, tx)
	})
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(r.Stdout, struct {
			Version *clusto.Version `json:"version"` // null if none was made
			Plan    *history.Plan   `json:"changes"`
		}{orNone(made), plan})
	}
	if err := plan.WriteText(r.Stdout); err != nil {
		return err
	}
	switch {
	case flags.dryRun:
	case made == 0:
		fmt.Fprintln(r.Stdout, "nothing to do: all is so already")
	default:
		fmt.Fprintf(r.Stdout, "version %d\n", made)
	}
	return nil
}

func orNone(v clusto.Version) *clusto.Version {
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
