package cli

import (
	"bufio"
	"context"
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

// errDryRun ends a transaction that must leave nothing.
var errDryRun = errors.New("only shown")

// update calls fn with a transaction and commits what it changed, for the user
// of the system, unless it is only to be shown. It returns the version, which is 0
// if nothing was changed. why stands in the log if the flags give no message.
func (r *run) update(cmd *cobra.Command, flags changeFlags, why string, fn func(context.Context, clusto.Tx) error) (clusto.Version, error) {
	if flags.message != "" {
		why = flags.message
	}
	var made clusto.Version
	err := r.withStore(cmd, func(ctx context.Context, store clusto.Store) (err error) {
		change := clusto.Change{User: r.setting.User(), Description: why}
		made, err = store.Update(ctx, change, func(tx clusto.Tx) error {
			if err := fn(ctx, tx); err != nil || !flags.dryRun {
				return err
			}
			return errDryRun
		})
		return err
	})
	if errors.Is(err, errDryRun) {
		return 0, nil
	}
	return made, err
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
