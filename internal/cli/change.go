package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/clusto/clusto"
)

// changeFlags are the flags of commands that change the inventory.
type changeFlags struct {
	message string
	dryRun  bool
}

func (c *changeFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&c.message, "message", "m", "", "why, for the log")
	cmd.Flags().BoolVar(&c.dryRun, "dry-run", false, "show what would be changed, and change nothing")
}

// confirm asks a person at a terminal whether to go on with what destroys
// something. Where there is none it refuses, and names the flag that goes without
// asking.
func (r *run) confirm(question string) error {
	in, ok := r.Stdin.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return clusto.WithHint(usagef("this is not done without asking, and there is no terminal to ask at"), "--yes goes on without asking")
	}
	fmt.Fprintf(r.Stderr, "%s [y/N] ", question)
	answer, err := bufio.NewReader(in).ReadString('\n')
	if word := strings.ToLower(strings.TrimSpace(answer)); err == nil && (word == "y" || word == "yes") {
		return nil
	}
	return errors.New("nothing was done")
}
