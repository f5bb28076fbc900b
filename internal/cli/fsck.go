package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
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
			return f.do(cmd.Context(), r)
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

func (f *fsckRun) do(ctx context.Context, r *run) (err error) {
	s, err := r.needDSN()
	if err != nil {
		return err
	}
	store, err := r.Open(ctx, s.Database())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := r.LoadLibrary(ctx, *s, store); err != nil {
		return err
	}
	report, err := f.look(ctx, r, s, store)
	if err != nil {
		return fmt.Errorf("fsck: %w", err)
	}
	if err := f.print(r, &report); err != nil {
		return err
	}
	return f.verdict(&report)
}

// look checks or repairs.
func (f *fsckRun) look(ctx context.Context, r *run, s *Setting, store clusto.Store) (report fsck.Report, err error) {
	o := fsck.Options{Drivers: r.Drivers, Only: f.only, Progress: r.progress("attributes looked at")}
	if !f.repair {
		err = store.View(ctx, clusto.Live, func(reader clusto.Reader) error {
			report, err = fsck.Check(ctx, reader, o)
			return err
		})
		return report, err
	}
	f.version, err = store.Update(ctx, clusto.Change{User: s.User()}, func(tx clusto.Tx) error {
		report, err = fsck.Repair(ctx, tx, o)
		if err == nil && f.dry {
			err = errDryRun
		}
		return err
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return report, err
}

// progressAfter is how often something is said about work that takes long.
const progressAfter = 5 * time.Second

// progress returns what says now and then, on standard error, how much was done.
func (r *run) progress(what string) func(int) {
	last := time.Now()
	return func(n int) {
		if now := time.Now(); now.Sub(last) >= progressAfter {
			last = now
			fmt.Fprintf(r.Stderr, "clusto: %d %s\n", n, what)
		}
	}
}

// fsckAnswer is the report as JSON has it.
type fsckAnswer struct {
	*fsck.Report
	Version clusto.Version `json:"version"` // that the repairs made; 0 for none
	DryRun  bool           `json:"dry_run"`
}

func (f *fsckRun) print(r *run, report *fsck.Report) error {
	if f.json {
		answer := fsckAnswer{Report: report, Version: f.version, DryRun: f.dry}
		if answer.Findings == nil {
			answer.Findings = []fsck.Finding{}
		}
		if answer.Repaired == nil {
			answer.Repaired = []fsck.Finding{}
		}
		return writeJSON(r.Stdout, answer)
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
