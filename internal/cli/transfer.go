package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
)

// Transfer says what the whole of a database is to be copied from and to.
type Transfer struct {
	From, To string // DSNs; the file of a backup is a path
	Force    bool   // a backup may replace a file
	Lossy    bool   // what does not fit may be cut or left out
	// Progress is told how far the work is.
	Progress func(what string, done, of int64)
}

// TransferReport is what became of a Transfer.
type TransferReport struct {
	From    string          `json:"from"` // without secrets
	To      string          `json:"to"`
	Version clusto.Version  `json:"version"` // that was the newest
	Tables  []TransferTable `json:"tables"`
	Lost    []string        `json:"lost"`    // what the destination cannot hold
	Doubled []string        `json:"doubled"` // names that several live entities have
}

// TransferTable is a table that was copied and read back.
type TransferTable struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
	Sum  string `json:"sum"` // of its rows, in any database
}

// transferFlags are the flags that copy, backup and restore share.
type transferFlags struct {
	lossy, progress, json bool
}

func (f *transferFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.json, "json", false, "print what was done as JSON")
	progressFlag(cmd, &f.progress)
}

func (f *transferFlags) addLossy(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.lossy, "lossy", false, "copy also if something must be cut or left out, and list it")
}

// transfer runs do and prints what it did.
func (r *run) transfer(ctx context.Context, f *transferFlags, t Transfer, do func(context.Context, Transfer) (TransferReport, error)) error {
	for _, dsn := range []string{t.From, t.To} {
		if isServer(dsn) {
			return noServer("copying a database", dsn)
		}
	}
	p := r.newProgress(f.progress)
	t.Lossy, t.Progress = f.lossy, p.tell
	report, err := do(ctx, t)
	p.end()
	if err != nil {
		return err
	}
	return r.printTransfer(f.json, report)
}

func (r *run) printTransfer(asJSON bool, report TransferReport) error {
	for _, lost := range report.Lost {
		fmt.Fprintf(r.Stderr, "clusto: lost %s\n", lost)
	}
	for _, name := range report.Doubled {
		fmt.Fprintf(r.Stderr, "clusto: several entities are called %q, in the copy too\n", name)
	}
	if asJSON {
		return writeJSON(r.Stdout, report)
	}
	var rows int64
	for _, t := range report.Tables {
		rows += t.Rows
	}
	_, err := fmt.Fprintf(r.Stdout, "%s is a copy of %s: %s versions, %s rows, all read back and compared\n",
		report.To, report.From, grouped(int64(report.Version)), grouped(rows))
	return err
}
