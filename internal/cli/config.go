package cli

import "github.com/spf13/cobra"

// configCommand is the commands about the configuration file.
func configCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "check the configuration file",
		Long: `The configuration file is what --config or CLUSTOCONFIG names, else
/etc/clusto/clusto.conf, else ~/.clusto.conf.`,
		Annotations: exits(configExits),
		Args:        cobra.ArbitraryArgs,
		RunE:        group,
	}
	cmd.AddCommand(configCheckCommand(r))
	return cmd
}
