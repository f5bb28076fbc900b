package cli

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/internal/fsck"
)

func fsckCommand(r *run) *cobra.Command {
	var f fsckRun
	cmd := &cobra.Command{
		Use:   "fsck",
		Short: "look for what is wrong in the inventory, and repair it",
		Long: `Reads the whole inventory once and says what is wrong in it: what classic clusto
left behind, what SQL written by hand broke, what two processes made at once.
Nothing is changed.

With --repair it repairs what can be repaired without guessing, all in one
version whose description lists the repairs; what is removed stays in the
history, unless versioning is off. What only a person can decide, such as which of two servers has an
address, is left as it is. --dry-run shows the repairs and does none.

These checks are made, or those that --check names:

` + checkList() + `
An error means that answers mislead or that something is used twice; a warning
that it may come to that. For an info nothing has to be done.`,
		Example: `  clusto fsck
  clusto fsck --repair --dry-run
  clusto fsck --repair
  clusto fsck --check connections,racks
  clusto fsck --json | jq -r '.findings[] | select(.severity == "error") | .problem'`,
		Annotations: exits(databaseExits, []exit{
			{statusOK, "nothing is wrong, or all that was could be repaired"},
			{statusNotFound, "there is no such check"},
			{statusConflict, "somebody else changed the inventory meanwhile; try again"},
			{statusFindings, "there are errors or warnings left"},
		}),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.dry && !f.repair {
				return usagef("--dry-run goes with --repair")
			}
			return f.do(cmd, r)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.repair, "repair", false, "repair what can be repaired without guessing")
	flags.BoolVar(&f.dry, "dry-run", false, "with --repair: show what would be repaired, and change nothing")
	flags.StringSliceVar(&f.only, "check", nil, "only this check, several times if need be")
	flags.BoolVar(&f.json, "json", false, "print JSON")
	complete(cmd, "check", cobra.FixedCompletions(checkNames(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// checkList returns the checks for a help text.
func checkList() string {
	var b strings.Builder
	for _, c := range fsck.Checks() {
		fmt.Fprintf(&b, "  %-11s  %s\n", c.Name, c.Finds)
	}
	return b.String()
}

func checkNames() []string {
	var names []string
	for _, c := range fsck.Checks() {
		names = append(names, c.Name)
	}
	return names
}

// fsckRun is one run of the command.
type fsckRun struct {
	repair, dry, json bool
	only              []string
	version           clusto.Version // that the repairs made, or 0
}

func (f *fsckRun) do(cmd *cobra.Command, r *run) error {
	var answer *api.FsckReport
	err := r.ask(cmd, func(ctx context.Context, c *client.Client) (err error) {
		answer, err = c.Fsck(ctx, client.FsckOptions{Repair: f.repair, DryRun: f.dry, Only: f.only})
		return err
	})
	if err != nil {
		return fmt.Errorf("fsck: %w", err)
	}
	f.version = clusto.Version(answer.Version)
	report := fsck.Report{
		Entities: answer.Entities, Attributes: answer.Attributes, More: answer.More,
		Findings: findings(answer.Findings), Repaired: findings(answer.Repaired),
	}
	if err := f.print(r, &report); err != nil {
		return err
	}
	return f.verdict(&report)
}

func findings(of []api.Finding) []fsck.Finding {
	list := []fsck.Finding{}
	for _, x := range of {
		list = append(list, fsck.Finding{
			Check: x.Check, Severity: fsck.Severity(x.Severity), Things: x.Things,
			Problem: x.Problem, Remedy: x.Remedy, Repairable: x.Repairable,
		})
	}
	return list
}

// fsckAnswer is the report as JSON has it.
type fsckAnswer struct {
	*fsck.Report
	Version clusto.Version `json:"version"` // that the repairs made; 0 for none
	DryRun  bool           `json:"dry_run"`
}

func (f *fsckRun) print(r *run, report *fsck.Report) error {
	if f.json {
		return writeJSON(r.Stdout, fsckAnswer{Report: report, Version: f.version, DryRun: f.dry})
	}
	out := bufio.NewWriter(r.Stdout)
	for _, done := range report.Repaired {
		word := "repaired"
		if f.dry {
			word = "would repair"
		}
		fmt.Fprintf(out, "%s: %s: %s\n        %s\n", word, done.Check, done.Problem, done.Remedy)
	}
	for _, found := range report.Findings {
		remedy := found.Remedy
		if found.Repairable {
			remedy = "--repair " + remedy
		}
		fmt.Fprintf(out, "%s: %s: %s\n        %s\n", found.Severity, found.Check, found.Problem, remedy)
	}
	for _, name := range checkNames() {
		if n := report.More[name]; n > 0 {
			fmt.Fprintf(out, "%s: %d more\n", name, n)
		}
	}
	fmt.Fprintf(out, "%s, %s%s: %s\n", count(report.Entities, "entity", "entities"), count(report.Attributes, "attribute", "attributes"),
		f.done(report), summary(report))
	if f.version != 0 && slices.ContainsFunc(report.Repaired, func(done fsck.Finding) bool { return done.Check == "doubled" }) {
		fmt.Fprintln(out, "now run clusto initdb: the database can keep names unique by itself again")
	}
	return out.Flush()
}

// done says what was repaired, for the last line.
func (f *fsckRun) done(report *fsck.Report) string {
	n := count(len(report.Repaired), "repair", "repairs")
	switch {
	case len(report.Repaired) == 0:
		return ""
	case f.dry:
		return ", " + n + " possible"
	case f.version == 0: // of counters and hints, which have no history
		return ", " + n
	}
	return fmt.Sprintf(", %s in version %d", n, f.version)
}

// summary says in short what is left.
func summary(report *fsck.Report) string {
	var parts []string
	for _, s := range []struct {
		severity  fsck.Severity
		one, many string
	}{{fsck.Error, "error", "errors"}, {fsck.Warning, "warning", "warnings"}, {fsck.Info, "info", "infos"}} {
		if n, _ := report.Count(s.severity); n > 0 {
			parts = append(parts, count(n, s.one, s.many))
		}
	}
	if parts == nil {
		return "nothing is wrong"
	}
	return strings.Join(parts, ", ")
}

// count returns a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// verdict returns an error if something is left to be done.
func (f *fsckRun) verdict(report *fsck.Report) error {
	errorsLeft, repairable := report.Count(fsck.Error)
	warnings, more := report.Count(fsck.Warning)
	if f.dry && len(report.Repaired) > 0 {
		return clusto.WithHint(findingsError{fmt.Errorf("%s possible", count(len(report.Repaired), "repair", "repairs"))},
			"to do them: clusto fsck --repair")
	}
	if errorsLeft+warnings == 0 {
		return nil
	}
	err := findingsError{fmt.Errorf("%s left", summary(report))}
	if repairable += more; repairable > 0 {
		return clusto.WithHint(err, "to repair %d of them: clusto fsck --repair", repairable)
	}
	return clusto.WithHint(err, "each needs a decision; see what is said below it")
}
