package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/client"
)

// typeCommand is the commands about types.
func typeCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:         "type",
		Short:       "show the types of entities",
		Long:        `A type says what an entity is, such as server or rack; its driver says more.`,
		Annotations: exits(databaseExits),
		Args:        cobra.ArbitraryArgs,
		RunE:        group,
	}
	cmd.AddCommand(typeListCommand(r))
	return cmd
}

func typeListCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "list the types, how many entities there are, and their drivers",
		Long: `Lists the types of the drivers that are known and of the entities that there are,
with how many these are, and the drivers of the type.`,
		Example: `  clusto type list
  clusto type list --json | jq -r '.[] | select(.entities > 0) | .name'`,
		Annotations: exits(databaseExits),
		Args:        noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				list, err := c.Types(ctx, atText(cmd))
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, list.Types)
				}
				rows := newTable("TYPE", "ENTITIES", "DRIVERS")
				for _, t := range list.Types {
					rows.add(t.Name, strconv.Itoa(t.Entities), strings.Join(t.Drivers, ", "))
				}
				return r.print(rows)
			})
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	atFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
