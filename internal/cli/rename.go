package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func renameCommand(r *run) *cobra.Command {
	var w writeFlags
	cmd := &cobra.Command{
		Use:   "rename OLD NEW",
		Short: "give an entity another name",
		Long: `Gives an entity another name. It stays what it is: its attributes, its place, its
cables and its history are kept.`,
		Example: `  clusto rename web7 web07
  clusto rename --dry-run web7 web07`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              argumentCount(false, "OLD", "NEW"),
		ValidArgsFunction: r.suggest(entitiesOf(), nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				return r.transact(ctx, c, &w, w.change(cmd, args...), args[0]+" is called "+args[1]+" now",
					api.Operation{Rename: &api.RenameEntity{Entity: args[0], Name: args[1]}})
			})
		},
	}
	w.add(cmd)
	return cmd
}

func setDriverCommand(r *run) *cobra.Command {
	var w writeFlags
	cmd := &cobra.Command{
		Use:   "set-driver NAME DRIVER",
		Short: "give an entity another driver",
		Long: `Gives an entity another driver, and with it the type of that. Its attributes stay as
they are; those of ports that the new driver does not have stay too.`,
		Example: `  clusto set-driver web7 penguinserver
  clusto set-driver --dry-run web7 penguinserver`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              argumentCount(false, "NAME", "DRIVER"),
		ValidArgsFunction: r.suggest(entitiesOf(), driversOf(), nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				name, err := lookupName(ctx, c, args[0])
				if err != nil {
					return err
				}
				return r.transact(ctx, c, &w, w.change(cmd, args...), name+" has the driver "+args[1]+" now",
					api.Operation{SetDriver: &api.SetDriver{Entity: name, Driver: args[1]}})
			})
		},
	}
	w.add(cmd)
	return cmd
}
