package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/clusto/clusto"
)

// format is how a command prints data; its flags --format and --json set it.
type format struct {
	name  string
	json  bool
	known []string
}

// formatFlags gives cmd the flags --format, whose first choice is the default,
// and --json.
func formatFlags(cmd *cobra.Command, choices ...string) *format {
	f := &format{known: choices}
	flags := cmd.Flags()
	flags.StringVar(&f.name, "format", choices[0], "how to print: "+strings.Join(choices, ", "))
	flags.BoolVar(&f.json, "json", false, "the same as --format json")
	complete(cmd, "format", cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp))
	return f
}

// choice returns the format to print in.
func (f *format) choice() (string, error) {
	if f.json {
		return "json", nil
	}
	if !slices.Contains(f.known, f.name) {
		return "", clusto.WithHint(usagef("--format %s is not known", f.name), "use %s", strings.Join(f.known, ", "))
	}
	return f.name, nil
}

// writeJSON prints v indented by two blanks.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// writeYAML prints v as a YAML document.
func writeYAML(w io.Writer, v any) error {
	if _, err := fmt.Fprintln(w, "---"); err != nil {
		return err
	}
	e := yaml.NewEncoder(w)
	e.SetIndent(2)
	e.CompactSeqIndent()
	if err := e.Encode(v); err != nil {
		return err
	}
	return e.Close()
}
