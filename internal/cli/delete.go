package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func deleteCommand(r *run) *cobra.Command {
	var w writeFlags
	cmd := &cobra.Command{
		Use:   "delete NAME...",
		Short: "delete entities",
		Long: `Deletes one entity or several, all or none. Each is also taken out of its containers,
its cables are disconnected, and what it had from managers is free again. It asks
before, unless --yes is given. "clusto undelete" brings back what was deleted.`,
		Example: `  clusto delete web7
  clusto delete --dry-run web7
  clusto delete --yes -m "sold" web7 web8`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              someArgs("NAME"),
		ValidArgsFunction: r.suggest(entitiesOf()),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				names, err := lookupAll(ctx, c, args)
				if err != nil {
					return err
				}
				return r.deleteAll(ctx, c, &w, w.change(cmd, names...), names)
			})
		},
	}
	w.add(cmd)
	w.addYes(cmd)
	return cmd
}

// deleteAll deletes entities, after asking.
func (r *run) deleteAll(ctx context.Context, c *client.Client, w *writeFlags, ch client.Change, names []string) error {
	if err := w.agreed(r, "Delete %s?", nameList(names)); err != nil {
		return err
	}
	var ops []api.Operation
	for _, name := range names {
		ops = append(ops, api.Operation{Delete: &api.DeleteEntity{Entity: name}})
	}
	return r.transact(ctx, c, w, ch, nameList(names)+" deleted", ops...)
}
