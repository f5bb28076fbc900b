package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func consoleCommand(r *run) *cobra.Command {
	var user string
	var only, asJSON, yes bool
	cmd := &cobra.Command{
		Use:   "console DEVICE",
		Short: "open the serial console of a device",
		Long: `Opens the serial console of a device, by the command that leads through the console
server to which it is connected. --print only prints that command. Where the DSN is
that of a server, which then says what is run here, it asks before, unless --yes is
given.`,
		Example: `  clusto console web7
  clusto console --user admin web7
  clusto console --print web7`,
		Annotations: exits(databaseExits, serverExits, []exit{
			{statusNotFound, "it is not connected to a console server"},
			{statusUnsupported, "the console server is of a kind to which no way is known"},
		}),
		Args:              oneArg("DEVICE"),
		ValidArgsFunction: r.suggest(entitiesOf(), nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				e, err := lookUp(ctx, c, args[0], "")
				if err != nil {
					return err
				}
				console, err := c.Console(ctx, e.Name, cmp.Or(user, r.Getenv("USER")))
				switch {
				case err != nil:
					return err
				case asJSON:
					return writeJSON(r.Stdout, console)
				case only:
					_, err := fmt.Fprintln(r.Stdout, shellText(console.Command))
					return err
				}
				return r.openConsole(ctx, console, yes)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&user, "user", "u", "", "who signs in at the console server (default: USER of the environment)")
	flags.BoolVar(&only, "print", false, "only print the command")
	flags.BoolVar(&asJSON, "json", false, "only print JSON: the command, the console server, its port")
	flags.BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// openConsole runs the command that opens a console on the terminal.
func (r *run) openConsole(ctx context.Context, console *api.Console, yes bool) error {
	if len(console.Command) == 0 {
		return clusto.Errorf(clusto.ErrUnsupported, "%s has no command that opens its console", console.Entity)
	}
	if !isTerminal(r.Stdin) {
		return clusto.WithHint(usagef("a console needs a terminal, and standard input is none"), "--print only prints the command")
	}
	text := shellText(console.Command)
	if r.setting.IsServer() && !yes {
		if err := r.confirm("Run " + text + " on this machine?"); err != nil {
			return err
		}
	}
	fmt.Fprintf(r.Stderr, "%s, port %d of %s: %s\n", console.Entity, console.Port, console.Server, text)
	command := exec.CommandContext(ctx, console.Command[0], console.Command[1:]...)
	command.Stdin, command.Stdout, command.Stderr = r.Stdin, r.Stdout, r.Stderr
	err := command.Run()
	if errors.Is(err, exec.ErrNotFound) {
		return clusto.WithHint(clusto.Errorf(clusto.ErrUnavailable, "there is no program %s here", console.Command[0]), "install it, or see the command with --print")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", console.Command[0], err)
	}
	return nil
}

// plainWord is a word that a shell takes as it is.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// shellText returns a command as it can be pasted into a shell.
func shellText(command []string) string {
	words := make([]string, len(command))
	for i, word := range command {
		words[i] = word
		if !plainWord.MatchString(word) {
			words[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}
