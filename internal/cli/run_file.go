package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
)

// Script is statements to run.
type Script struct {
	Name   string // for messages
	Text   string
	Atomic bool // all statements are one transaction
}

// stdinName is what messages call standard input.
const stdinName = "<stdin>"

func runCommand(r *run) *cobra.Command {
	var atomic bool
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "run the statements of a file",
		Long: `Runs a file in clusto's scripting language, as the shell does: each statement at
the left margin is one transaction, and the first error ends the run. What the
statements before it did stays, unless --atomic makes the whole file one
transaction. The file "-" is standard input.`,
		Example: `  clusto run new-rack.clusto
  clusto run --atomic new-rack.clusto
  generate-racks | clusto run --atomic -`,
		Annotations: exits(databaseExits, writingExits, []exit{{statusNotFound, "there is no such file"}}),
		Args:        oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := args[0]
			if name == "-" {
				name = stdinName
			}
			return r.runScript(cmd, Script{Name: name, Atomic: atomic})
		},
	}
	cmd.Flags().BoolVar(&atomic, "atomic", false, "all of the file or nothing")
	return cmd
}

// runScript runs the file that script names.
func (r *run) runScript(cmd *cobra.Command, script Script) error {
	s, err := r.needDSN()
	if err != nil {
		return err
	}
	if script.Text, err = r.readScript(script.Name); err != nil {
		return err
	}
	return r.RunFile(cmd.Context(), *s, script)
}

// readScript returns the text of a file, or of standard input.
func (r *run) readScript(name string) (string, error) {
	if name == stdinName {
		text, err := io.ReadAll(r.Stdin)
		if err != nil {
			return "", fmt.Errorf("read standard input: %w", err)
		}
		return string(text), nil
	}
	text, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", clusto.Errorf(clusto.ErrNotFound, "run: %w", err)
	case err != nil:
		return "", clusto.Errorf(clusto.ErrUnavailable, "run: %w", err)
	}
	return string(text), nil
}
