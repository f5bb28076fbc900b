package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// InitReport is what InitDB did.
type InitReport struct {
	Where   string // names the database, without secrets
	Applied int    // migrations that were run
	// Doubled are names that more than one live entity has, which a database
	// of classic clusto may hold. All but the rule against them is in place.
	Doubled []string
}

func initdbCommand(r *run) *cobra.Command {
	return &cobra.Command{
		Use:   "initdb",
		Short: "make a database, or bring one up to date",
		Long: `Makes the database that --dsn, CLUSTODSN or the configuration names. One that is
there, of classic clusto too, gets what it lacks: indexes and tables of our own.
Nothing in it is changed, classic scripts go on working beside us, and doing it
again does nothing.

If several entities of a classic database have one name, the database cannot
keep names unique by itself; these names are listed, and initdb should be run
again when they have been renamed.`,
		Example: `  clusto initdb --dsn sqlite:///clusto.db
  CLUSTODSN=sqlite:////var/lib/clusto/clusto.db clusto initdb`,
		Annotations: exits(databaseExits, []exit{
			{statusNotFound, "the directory for the database does not exist"},
		}),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := r.needDSN()
			if err != nil {
				return err
			}
			report, err := r.InitDB(cmd.Context(), s.Database())
			if err != nil {
				return err
			}
			return r.printInit(report)
		},
	}
}

func (r *run) printInit(report InitReport) error {
	did := "is up to date already"
	if report.Applied > 0 {
		did = "is ready"
	}
	if _, err := fmt.Fprintf(r.Stdout, "%s %s\n", report.Where, did); err != nil {
		return err
	}
	for _, name := range report.Doubled {
		fmt.Fprintf(r.Stderr, "clusto: several entities are called %q; rename all but one and run initdb again\n", name)
	}
	return nil
}
