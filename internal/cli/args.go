package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// noArgs refuses arguments.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, and got %q", cmd.CommandPath(), args[0])
	}
	return nil
}

// oneArg wants exactly one argument, which what names.
func oneArg(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fmt.Errorf("%s takes one %s, and got %d", cmd.CommandPath(), what, len(args))
		}
		return someArgs(what)(cmd, args)
	}
}

// someArgs wants at least one argument, the first of which what names.
func someArgs(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			article := "a"
			if strings.ContainsRune("AEIO", rune(what[0])) {
				article = "an"
			}
			return fmt.Errorf("%s needs %s %s", cmd.CommandPath(), article, what)
		}
		return nil
	}
}
