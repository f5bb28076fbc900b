package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/convert"
	"github.com/clusto/clusto/internal/convert/csv"
	"github.com/clusto/clusto/internal/convert/jsonl"
)

// Formats of files. The first is the default.
const (
	formatJSONL = "jsonl"
	formatCSV   = "csv"
)

var importers = map[string]convert.Importer{formatJSONL: jsonl.Import, formatCSV: csv.Import}

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
			return f.do(cmd.Context(), r)
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

func (f *importRun) do(ctx context.Context, r *run) (err error) {
	read, err := f.importer()
	if err != nil {
		return err
	}
	s, err := r.needDSN()
	if err != nil {
		return err
	}
	p := r.newProgress(f.progress)
	defer p.end()
	records, problems, err := f.read(r, read, p)
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
	why := f.message
	if why == "" {
		why = "import " + filepath.Base(f.file)
	}
	report, err := convert.Import(ctx, store, clusto.Change{User: s.User(), Description: why}, records, problems, convert.Options{
		Drivers: r.Drivers, Replace: f.replace, Unchecked: f.unchecked, DryRun: f.dry, Progress: p.tell,
	})
	p.end()
	if err != nil {
		return fmt.Errorf("import %s: %w", f.file, err)
	}
	return f.print(r, &report)
}

// importer returns what reads the file.
func (f *importRun) importer() (convert.Importer, error) {
	name := f.format
	if name == "" {
		name = formatJSONL
		if strings.EqualFold(filepath.Ext(f.file), "."+formatCSV) {
			name = formatCSV
		}
	}
	read, ok := importers[name]
	if !ok {
		return nil, clusto.WithHint(usagef("--format %s is not known", name), "use %s, %s", formatJSONL, formatCSV)
	}
	return read, nil
}

// read reads the file before the database is opened.
func (f *importRun) read(r *run, read convert.Importer, p *progress) ([]convert.Record, []convert.Problem, error) {
	in := r.Stdin
	if f.file != "-" {
		file, err := os.Open(f.file)
		if err != nil {
			kind := clusto.ErrUnavailable
			if errors.Is(err, os.ErrNotExist) {
				kind = clusto.ErrNotFound
			}
			return nil, nil, clusto.Errorf(kind, "import: %w", err)
		}
		defer file.Close()
		in = file
	}
	records, problems, err := convert.ReadAll(read, in, func(n int) { p.tell("reading entities", int64(n), 0) })
	if err != nil {
		return nil, nil, fmt.Errorf("import %s: %w", f.file, err)
	}
	return records, problems, nil
}

// print prints what was changed, or would be, and all that is wrong.
func (f *importRun) print(r *run, report *convert.Report) error {
	for _, p := range report.Problems {
		fmt.Fprintf(r.Stderr, "%s:%d: %s\n", f.file, p.Line, strings.ReplaceAll(p.Error(), "\n", "\n    "))
		if hint := clusto.Hint(p.Err); hint != "" {
			fmt.Fprintf(r.Stderr, "    %s\n", hint)
		}
	}
	if f.dry && !f.json {
		if err := printChanges(r.Stdout, report.Changes); err != nil {
			return err
		}
	}
	if n := len(report.Problems); n > 0 {
		return clusto.Errorf(clusto.ErrInvalid, "import %s: %s, and nothing was changed", f.file, counted(n, "error"))
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
func printChanges(w io.Writer, changes []convert.Change) error {
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
