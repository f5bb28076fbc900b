package cli

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/history"
)

func blameCommand(r *run) *cobra.Command {
	var asJSON bool
	var keys []string
	cmd := &cobra.Command{
		Use:   "blame ITEM",
		Short: "show who made something what it is",
		Long: `Shows for each attribute of an entity, hidden ones included, which version made it
what it is: number, time, user and reason. The attributes of others that refer to
the entity, such as those of what it is in, come last.

An item is a name, a serial number, an address or a MAC address.`,
		Example: `  clusto blame web7
  clusto blame -k ip web7
  clusto blame --at "2 days ago" web7
  clusto blame --json web7 | jq -r '.attrs[] | [.key, .by.user] | @tsv'`,
		Annotations:       exits(databaseExits, pastExits, []exit{{statusNotFound, "there is no such item"}}),
		Args:              oneArg("ITEM"),
		ValidArgsFunction: r.completeEntities(clusto.Match{}, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				at := atText(cmd)
				item, err := lookUp(ctx, c, args[0], at)
				if err != nil {
					return err
				}
				b, err := c.Blame(ctx, item.Name, at)
				if err != nil {
					return err
				}
				if keys != nil {
					other := func(a history.BlamedAttr) bool { return !slices.Contains(keys, a.Attr.Key) }
					b.Attrs, b.Others = slices.DeleteFunc(b.Attrs, other), slices.DeleteFunc(b.Others, other)
				}
				if asJSON {
					return writeJSON(r.Stdout, b)
				}
				return b.WriteText(r.Stdout, time.Local)
			})
		},
	}
	atFlag(cmd)
	cmd.Flags().StringSliceVarP(&keys, "key", "k", nil, "only attributes with this key")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
