package cli

import "github.com/spf13/cobra"

// rackCommand is the commands about racks.
func rackCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:         "rack",
		Short:       "show racks, and fill them",
		Long:        `A rack holds devices in units, which count from the floor.`,
		Annotations: exits(databaseExits, changeExits),
		Args:        cobra.ArbitraryArgs,
		RunE:        group,
	}
	cmd.AddCommand(rackShowCommand(r), rackListCommand(r), rackAddServerCommand(r), rackPreviewCommand(r), rackLayoutCommand(r))
	return cmd
}
