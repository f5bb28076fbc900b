package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// Formats of files. The first is the default.
const (
	formatJSONL = "jsonl"
	formatCSV   = "csv"
)

// importRun is what the flags of import say.
type importRun struct {
	file, format, message             string
	dry, replace, unchecked, progress bool
	json                              bool
}

func importCommand(r *run) *cobra.Command {
	f := &importRun{}
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "make entities as a file says, or change them",
		Long: `Reads a file, or standard input for -, and makes the entities that it names, or
changes those that are there: all in one version, or nothing at all. A name that an
attribute refers to may be one of the inventory, or stand anywhere in the file.

The file is what clusto export prints (.jsonl), or a table (.csv):

  name,driver,parent,unit,system.serial:string,vlan
  web1,penguinserver,rk-01,7,CZ1234,442

A column is an attribute: key, key.subkey, key.subkey#number. Digits are a number,
all else is a text, unless the column says :string, :int, :datetime, :json or
:relation, or the cell says it: relation:web1. An empty cell says nothing.

What an entity has in place of an attribute of the file, with the same key, number
and subkey, is replaced; all else stays. Importing the same twice changes nothing.

Whatever is wrong is said with its line, all of it, and then nothing is changed:
unknown drivers and names, a name that is there twice, cycles, units, ports and
addresses that would be taken twice, cables with one end.`,
		Example: `  clusto import inventory.jsonl
  clusto import --dry-run servers.csv
  clusto export --dsn sqlite:///old.db | clusto import -
  clusto import --replace -m "as the supplier has it" servers.csv`,
		Annotations: exits(databaseExits, []exit{
			{statusNotFound, "there is no such file"},
			{statusInvalid, "something is wrong with the file, and nothing was changed"},
		}),
		Args: oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.file = args[0]
			return f.do(cmd, r)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "", "what the file is: jsonl, csv (default: by its name, else jsonl)")
	flags.StringVarP(&f.message, "message", "m", "", "why: the description of the version")
	flags.BoolVar(&f.dry, "dry-run", false, "change nothing, and show what would be changed")
	flags.BoolVar(&f.replace, "replace", false, "make entities exactly as in the file: what it does not mention goes")
	flags.BoolVar(&f.unchecked, "unchecked", false, "also if something is used twice, a cable has one end, or a driver is unknown")
	flags.BoolVar(&f.json, "json", false, "print what was changed as JSON")
	progressFlag(cmd, &f.progress)
	complete(cmd, "format", cobra.FixedCompletions([]string{formatJSONL, formatCSV}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (f *importRun) do(cmd *cobra.Command, r *run) error {
	format, err := f.formatName()
	if err != nil {
		return err
	}
	p := r.newProgress(f.progress)
	defer p.end()
	file, err := f.open(r, p)
	if err != nil {
		return err
	}
	defer file.Close()
	return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
		report, err := c.Import(ctx, file, client.ImportOptions{
			Format: api.ImportParamsFormat(format), Replace: f.replace, Unchecked: f.unchecked, DryRun: f.dry,
			Description: cmp.Or(f.message, "import "+filepath.Base(f.file)),
		})
		p.end()
		if err != nil {
			return f.explain(r, err)
		}
		return f.print(r, report)
	})
}

// formatName returns the format of the file.
func (f *importRun) formatName() (string, error) {
	name := f.format
	if name == "" {
		name = formatJSONL
		if strings.EqualFold(filepath.Ext(f.file), "."+formatCSV) {
			name = formatCSV
		}
	}
	if name != formatJSONL && name != formatCSV {
		return "", clusto.WithHint(usagef("--format %s is not known", name), "use %s, %s", formatJSONL, formatCSV)
	}
	return name, nil
}

// open opens the file; p is told how much of it was read.
func (f *importRun) open(r *run, p *progress) (io.ReadCloser, error) {
	if f.file == "-" {
		return readProgress{r.Stdin, io.NopCloser(nil), &readSoFar{p: p}}, nil
	}
	file, err := os.Open(f.file)
	if err != nil {
		kind := clusto.ErrUnavailable
		if errors.Is(err, os.ErrNotExist) {
			kind = clusto.ErrNotFound
		}
		return nil, clusto.Errorf(kind, "import: %w", err)
	}
	so := &readSoFar{p: p}
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		so.of = info.Size()
	}
	return readProgress{file, file, so}, nil
}

// readSoFar tells how much of a file was read.
type readSoFar struct {
	p        *progress
	done, of int64
}

// readProgress is a file that tells how much of it was read.
type readProgress struct {
	io.Reader
	io.Closer
	so *readSoFar
}

func (f readProgress) Read(b []byte) (int, error) {
	n, err := f.Reader.Read(b)
	f.so.done += int64(n)
	f.so.p.tell("bytes read", f.so.done, f.so.of)
	return n, err
}

// explain returns err as the import says it, after printing all that is wrong
// with the file.
func (f *importRun) explain(r *run, err error) error {
	answer, ok := errors.AsType[*client.Error](err)
	if !ok || len(answer.Problem.Errors) == 0 {
		return fmt.Errorf("import %s: %w", f.file, err)
	}
	return f.refuse(r, answer.Problem.Errors)
}

// refuse prints all that is wrong with the file, each with its line.
func (f *importRun) refuse(r *run, problems []api.ProblemItem) error {
	for _, p := range problems {
		fmt.Fprintf(r.Stderr, "%s:%d: %s\n", f.file, p.Line, strings.ReplaceAll(p.Detail, "\n", "\n    "))
		if p.Hint != "" {
			fmt.Fprintf(r.Stderr, "    %s\n", p.Hint)
		}
	}
	return clusto.Errorf(clusto.ErrInvalid, "import %s: %s, and nothing was changed", f.file, counted(len(problems), "error"))
}

// print prints what was changed, or would be.
func (f *importRun) print(r *run, report *api.ImportReport) error {
	if f.dry && !f.json {
		if err := printChanges(r.Stdout, report.Changes); err != nil {
			return err
		}
	}
	if len(report.Problems) > 0 {
		return f.refuse(r, report.Problems)
	}
	if f.json {
		return writeJSON(r.Stdout, report)
	}
	made := 0
	for _, c := range report.Changes {
		if c.New {
			made++
		}
	}
	version := "nothing to change"
	switch {
	case f.dry:
		version = "a dry run"
	case report.Version != 0:
		version = fmt.Sprintf("version %d", report.Version)
	}
	_, err := fmt.Fprintf(r.Stdout, "%d made, %d changed, %d as they were: %s\n", made, len(report.Changes)-made, report.Unchanged, version)
	return err
}

// counted returns how many there are of what.
func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// printChanges prints what an import changes: + before what is made, - before
// what goes, ~ before an entity that stays.
func printChanges(w io.Writer, changes []api.ImportChange) error {
	var b strings.Builder
	for _, c := range changes {
		mark := "~"
		if c.New {
			mark = "+"
		}
		fmt.Fprintf(&b, "%s %s (%s, %s)\n", mark, c.Name, c.Type, c.Driver)
		if c.WasDriver != "" {
			fmt.Fprintf(&b, "  ~ it was a %s with driver %s\n", c.WasType, c.WasDriver)
		}
		for _, text := range c.Removed {
			fmt.Fprintf(&b, "  - %s\n", text)
		}
		for _, text := range c.Added {
			fmt.Fprintf(&b, "  + %s\n", text)
		}
		for _, text := range c.Into {
			fmt.Fprintf(&b, "  + in %s\n", text)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
