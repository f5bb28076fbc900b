package cli

import "github.com/spf13/cobra"

// attrCommand is the commands about attributes.
func attrCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "attr",
		Short: "show, add, set and delete attributes",
		Long: `Attributes are what clusto knows about an entity: a key, perhaps a number, perhaps
a subkey, and a value.`,
		Annotations: exits(databaseExits, changeExits),
		Args:        cobra.ArbitraryArgs,
		RunE:        group,
	}
	cmd.AddCommand(attrShowCommand(r), attrAddCommand(r), attrSetCommand(r), attrDeleteCommand(r))
	return cmd
}
