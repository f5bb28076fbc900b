package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// configExits are the statuses of reading the configuration.
var configExits = []exit{
	{statusNotFound, "the file that is named does not exist"},
	{statusInvalid, "something in the file is wrong"},
	{statusUnavailable, "the file cannot be read"},
}

func configCheckCommand(r *run) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "say what is wrong with the configuration file",
		Long: `Reads the configuration file as every other command does, and says all that is
wrong with it, with file and line. Keys that only classic clusto used are
accepted; they are listed, since they mean nothing.`,
		Example: `  clusto config check
  clusto config check --config new.conf`,
		Annotations:       exits(configExits),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			s, err := r.settle() // which logs the warnings
			if err != nil {
				return err
			}
			if s.Config.Path == "" {
				_, err := fmt.Fprintln(r.Stdout, "there is no configuration file; the defaults apply")
				return err
			}
			for _, key := range s.Config.Ignored {
				if _, err := fmt.Fprintf(r.Stdout, "%s: only classic clusto used it\n", key); err != nil {
					return err
				}
			}
			_, err = fmt.Fprintf(r.Stdout, "%s is valid\n", s.Config.Path)
			return err
		},
	}
}
