package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// helpCommand is the command that prints the help of another.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:         "help [COMMAND]",
		Short:       "tell about a command",
		Long:        `Tells about a command, as COMMAND --help does.`,
		Example:     `  clusto help rack show`,
		Annotations: exits(),
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(about, rest[0])
			}
			return about.Help()
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			about, _, err := cmd.Root().Find(args)
			if err != nil {
				about = cmd.Root()
			}
			return commandNames(about), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// commandNames returns the names of the commands directly below cmd.
func commandNames(cmd *cobra.Command) []string {
	var names []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, append(sub.Aliases, sub.Name())...)
		}
	}
	return names
}

// showHelp prints the help of a command in the manner of a manual page.
func showHelp(cmd *cobra.Command, _ []string) {
	w := cmd.OutOrStdout()
	text := cmd.Long
	if text == "" {
		text = cmd.Short
	}
	fmt.Fprintln(w, strings.TrimSpace(text))
	section(w, "USAGE", "  "+usageLine(cmd))
	if len(cmd.Aliases) > 0 {
		section(w, "ALSO CALLED", "  "+strings.Join(cmd.Aliases, ", "))
	}
	section(w, "COMMANDS", commandList(cmd))
	section(w, "FLAGS", cmd.LocalNonPersistentFlags().FlagUsages()+ownPersistentFlags(cmd))
	section(w, "GLOBAL FLAGS", cmd.Root().PersistentFlags().FlagUsages())
	section(w, "EXAMPLES", cmd.Example)
	section(w, "EXIT STATUS", exitSection(cmd))
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n%s COMMAND --help tells more about a command.\n", cmd.CommandPath())
	}
}

// showUsage prints how a command is called, for those who called it wrongly.
func showUsage(cmd *cobra.Command) error {
	_, err := fmt.Fprintf(cmd.OutOrStderr(), "usage: %s\n", usageLine(cmd))
	return err
}

func usageLine(cmd *cobra.Command) string {
	if cmd.HasAvailableSubCommands() {
		return cmd.CommandPath() + " COMMAND [flags]"
	}
	return cmd.UseLine()
}

// section prints a part of a help page unless it is empty.
func section(w io.Writer, title, body string) {
	if body = strings.TrimRight(body, " \n"); strings.TrimSpace(body) != "" {
		fmt.Fprintf(w, "\n%s\n%s\n", title, body)
	}
}

func commandList(cmd *cobra.Command) string {
	var b strings.Builder
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			fmt.Fprintf(&b, "  %-11s %s\n", sub.Name(), sub.Short)
		}
	}
	return b.String()
}

// ownPersistentFlags returns the flags that cmd hands to its subcommands, unless
// they are those of the root, which have a section of their own.
func ownPersistentFlags(cmd *cobra.Command) string {
	if !cmd.HasParent() {
		return ""
	}
	return cmd.PersistentFlags().FlagUsages()
}

// exitSection returns the statuses of cmd, or those that all commands share.
func exitSection(cmd *cobra.Command) string {
	if text, ok := cmd.Annotations[exitAnnotation]; ok {
		return text
	}
	return exits()[exitAnnotation]
}
