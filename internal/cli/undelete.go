package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func undeleteCommand(r *run) *cobra.Command {
	var flags changeFlags
	var what api.Undelete
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
			return r.undo(cmd, flags, asJSON, "undelete "+what.Name, func(ctx context.Context, c *client.Client, ch client.Change) (*api.Changed, error) {
				return c.Undelete(ctx, what, ch)
			})
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&what.As, "as", "", "the name to give it")
	cmd.Flags().Int64Var(&what.Version, "version", 0, "the version that deleted it")
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
		var names []string
		err := r.ask(cmd, func(ctx context.Context, c *client.Client) error {
			page, err := c.LogPage(ctx, client.LogFilter{Limit: deletionsToComplete})
			if err != nil {
				return err
			}
			for _, v := range page.Versions {
				names = append(names, v.Deleted...)
			}
			return nil
		})
		if err != nil {
			names = nil
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}
