package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func poolOverlapsCommand(r *run) *cobra.Command {
	var asJSON bool
	o := api.OverlapContainersParams{}
	cmd := &cobra.Command{
		Use:   "overlaps POOL POOL...",
		Short: "count what pools have in common",
		Long: `Counts what is in pools, at any depth, by which of them it is in: each line has how much
is in exactly the pools that it names. Other containers can be named too.`,
		Example: `  clusto pool overlaps web production
  clusto pool overlaps --type server web production retired`,
		Annotations:       exits(databaseExits, serverExits),
		Args:              argumentCount(true, "POOL", "POOL"),
		ValidArgsFunction: r.suggest(entitiesOf(poolType), entitiesOf(poolType)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				for _, arg := range args {
					name, err := lookupName(ctx, c, arg)
					if err != nil {
						return err
					}
					o.Pools = append(o.Pools, name)
				}
				o.At = atText(cmd)
				found, err := c.Overlaps(ctx, o)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, found)
				}
				t := newTable("ENTITIES", "ONLY IN")
				for _, part := range found.Parts {
					t.add(strconv.Itoa(part.Entities), strings.Join(part.Pools, ", "))
				}
				return r.print(t)
			})
		},
	}
	atFlag(cmd)
	cmd.Flags().StringSliceVar(&o.Type, "type", nil, "count only what has one of these types")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
