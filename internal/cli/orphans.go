package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/client"
)

func orphansCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "orphans",
		Short: "list what has no place",
		Long: `Lists devices that are in no container, and servers that are in no rack, with their
types.`,
		Example: `  clusto orphans
  clusto orphans --at "1 week ago" --json`,
		Annotations:       exits(databaseExits, serverExits),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				orphans, err := c.Orphans(ctx, atText(cmd))
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, orphans)
				}
				t := newTable("NAME", "TYPE", "DRIVER")
				for _, e := range orphans.Entities {
					t.add(e.Name, e.Type, e.Driver)
				}
				return r.print(t)
			})
		},
	}
	atFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
