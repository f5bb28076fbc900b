package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
)

func undeleteCommand(r *run) *cobra.Command {
	var flags changeFlags
	var what history.Undeletion
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "undelete NAME",
		Short: "bring back what was deleted",
		Long: `Brings back an entity that was deleted, in a new version: its attributes, what it was
in and what was in it, and its cables on both ends, as far as all that is free. What
others have by now, such as its address or its rack units, stays theirs; it is listed.

Of several entities of that name the one that was deleted last is meant;
--version names another by the version that deleted it.`,
		Example: `  clusto undelete web7
  clusto undelete --dry-run web7
  clusto undelete web7 --as web7-old
  clusto undelete web7 --version 118`,
		Annotations: exits(databaseExits, []exit{
			{statusNotFound, "nothing of that name was deleted"},
			{statusExists, "the name is taken, or it was brought back already"},
			{statusInvalid, "the new name cannot be a name"},
			{statusUnsupported, "the database keeps no history"},
		}),
		Args:              oneArg("NAME"),
		ValidArgsFunction: r.completeDead(),
		RunE: func(cmd *cobra.Command, args []string) error {
			what.Name = args[0]
			return r.applyPlan(cmd, flags, asJSON, "undelete "+what.Name, func(ctx context.Context, h clusto.History) (*history.Plan, error) {
				return history.PlanUndelete(ctx, h, what)
			})
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&what.As, "as", "", "the name to give it")
	cmd.Flags().Int64Var((*int64)(&what.Version), "version", 0, "the version that deleted it")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// deletionsToComplete is in how many of the newest versions completion looks for
// what was deleted.
const deletionsToComplete = 200

// completeDead completes an argument with the names of what was deleted lately.
func (r *run) completeDead() cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return r.words(cmd, func(ctx context.Context, inv *clusto.Inventory) ([]string, error) {
			h, err := clusto.Past(inv.Reader)
			if err != nil {
				return nil, err
			}
			newest, err := h.Version(ctx)
			if err != nil {
				return nil, err
			}
			m := clusto.EditMatch{After: max(0, newest-deletionsToComplete), Kinds: []clusto.EditKind{clusto.EntityEnded}}
			var names []string
			for e, err := range h.Edits(ctx, m) {
				if err != nil {
					return nil, err
				}
				names = append(names, e.Was.Name)
			}
			return names, nil
		})
	}
}
