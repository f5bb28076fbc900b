package cli

import (
	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
)

func copyCommand(r *run) *cobra.Command {
	var flags transferFlags
	var from, to string
	cmd := &cobra.Command{
		Use:   "copy --to DSN",
		Short: "copy a database with its history to another",
		Long: `Copies all of a database to another, of whatever kind: every version, with what
was deleted, numbers of rows, counters. That is how one outgrows SQLite. What is
copied is one state, whatever others write to the source meanwhile.

The destination must be new: empty, not there yet, or made by clusto initdb just
now. Each table is read back and compared before anything counts; if the copy
fails the destination is still empty, and the copy can be tried again.

If the destination cannot hold something, such as a text that is too long for a
column, the copy is refused and says which rows these are; --lossy cuts them.
Fractions of a second, which old databases of classic clusto in MySQL do not keep,
are dropped and counted.`,
		Example: `  clusto copy --to postgresql://clusto@db.example.com/clusto
  clusto copy --from sqlite:///old.db --to sqlite:////var/lib/clusto/clusto.db`,
		Annotations: exits(databaseExits, []exit{
			{statusExists, "the destination holds an inventory already"},
			{statusInvalid, "the destination cannot hold something"},
		}),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to == "" {
				return clusto.WithHint(usagef("copy needs --to"), "usage: %s", usageLine(cmd))
			}
			if from == "" {
				s, err := r.needDatabase("clusto copy")
				if err != nil {
					return err
				}
				from = s.DSN
			}
			return r.transfer(cmd.Context(), &flags, Transfer{From: from, To: to}, r.Copy)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "the database to copy (default: that of --dsn)")
	cmd.Flags().StringVar(&to, "to", "", "the database to copy to")
	flags.add(cmd)
	flags.addLossy(cmd)
	return cmd
}

func backupCommand(r *run) *cobra.Command {
	var flags transferFlags
	var force bool
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "save the database with its history in a file",
		Long: `Writes all of the database to a file, of one state, while others go on writing:
every version, with what was deleted. Whatever kind of database it is, the file is
a SQLite database that clusto can open, and that clusto restore brings back.

The file is called FILE.partial until it is complete, read back and compared. Only
its owner can read it. A file that is there is not overwritten unless --force is
given, and then replaced in one step at the end.`,
		Example: `  clusto backup clusto-$(date +%F).db
  clusto backup --force /var/backups/clusto.db
  clusto list --dsn sqlite:////var/backups/clusto.db`,
		Annotations: exits(databaseExits, []exit{
			{statusExists, "the file is there already"},
			{statusInvalid, "the file belongs to the database that is to be saved"},
			{statusNotFound, "there is no such directory"},
		}),
		Args: oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := r.needDatabase("clusto backup")
			if err != nil {
				return err
			}
			return r.transfer(cmd.Context(), &flags, Transfer{From: s.DSN, To: args[0], Force: force}, r.Backup)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace a file that is there")
	flags.add(cmd)
	return cmd
}

func restoreCommand(r *run) *cobra.Command {
	var flags transferFlags
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "bring back what clusto backup has saved",
		Long: `Copies what clusto backup has saved, or any SQLite database of clusto, into the
database that --dsn, CLUSTODSN or the configuration names, with the whole history.

That database must be new: empty, not there yet, or made by clusto initdb just now.
What is in the way must be moved aside first. Each table is read back and
compared before anything counts.`,
		Example: `  clusto restore clusto-2026-11-22.db
  clusto restore --dsn sqlite:///try.db /var/backups/clusto.db`,
		Annotations: exits(databaseExits, []exit{
			{statusNotFound, "there is no such file"},
			{statusExists, "the database holds an inventory already"},
			{statusInvalid, "the file is no database of clusto, or the database cannot hold something"},
		}),
		Args: oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := r.needDatabase("clusto restore")
			if err != nil {
				return err
			}
			return r.transfer(cmd.Context(), &flags, Transfer{From: args[0], To: s.DSN}, r.Restore)
		},
	}
	flags.add(cmd)
	flags.addLossy(cmd)
	return cmd
}
