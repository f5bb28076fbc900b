package cli

import (
	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
)

func shellCommand(r *run) *cobra.Command {
	return &cobra.Command{
		Use:   "shell",
		Short: "work with the inventory in clusto's scripting language",
		Long: `Opens a prompt that understands Python's look and the names of classic clusto:

  >>> from clusto.drivers import APCRack
  >>> rack = APCRack('sv3-001')
  >>> get_by_name('eqix-sv3').insert(rack)

Each statement is one transaction. Names and methods complete with the Tab key,
help(x) tells about anything. Statements that come from a pipe or a file are run
one after the other, up to the first error, as "clusto run -" does. The link
clusto-shell is this command.`,
		Example: `  clusto shell
  clusto shell < changes.clusto
  echo "print(get_by_name('sv3-001').contents())" | clusto shell`,
		Annotations:       exits(databaseExits, writingExits),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if r.Shell == nil {
				return clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "this program was built without a shell"),
					"clusto run FILE runs statements")
			}
			s, err := r.needDSN()
			if err != nil {
				return err
			}
			return r.Shell(cmd.Context(), *s)
		},
	}
}
