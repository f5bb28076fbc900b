package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/nearest"
)

// commands is every command.
func commands(r *run) []*cobra.Command {
	return []*cobra.Command{
		initdbCommand(r),
		shellCommand(r),
		runCommand(r),
		infoCommand(r),
		treeCommand(r),
		topologyCommand(r),
		listCommand(r),
		queryCommand(r),
		searchCommand(r),
		attrCommand(r),
		createCommand(r),
		deleteCommand(r),
		renameCommand(r),
		setDriverCommand(r),
		insertCommand(r),
		removeCommand(r),
		poolCommand(r),
		listPoolCommand(r),
		portCommand(r),
		ipCommand(r),
		managerCommand(r),
		allocateCommand(r),
		deallocateCommand(r),
		orphansCommand(r),
		callCommand(r),
		powerCommand(r),
		rebootCommand(r),
		consoleCommand(r),
		exportCommand(r),
		importCommand(r),
		copyCommand(r),
		backupCommand(r),
		restoreCommand(r),
		rackCommand(r),
		driverCommand(r),
		typeCommand(r),
		logCommand(r),
		showCommand(r),
		diffCommand(r),
		blameCommand(r),
		revertCommand(r),
		undeleteCommand(r),
		redactCommand(r),
		pruneCommand(r),
		fsckCommand(r),
		doctorCommand(r),
		userCommand(r),
		groupCommand(r),
		grantCommand(r),
		tokenCommand(r),
		viewCommand(r),
		canCommand(r),
		serveCommand(r),
		snmptrapdCommand(r),
		trapsCommand(r),
		dhcpdCommand(r),
		dhcpCommand(r),
		demoCommand(r),
		versionCommand(r),
		configCommand(r),
		completionCommand(r),
		scriptChildCommand(r),
	}
}

// calledAs are the names that classic clusto's programs have, which are links
// to ours, and the commands they stand for.
var calledAs = map[string]string{
	"clusto-dhcpd":     "dhcpd",
	"clusto-httpd":     "serve",
	"clusto-shell":     "shell",
	"clusto-snmptrapd": "snmptrapd",
}

// run is one run of the program.
type run struct {
	Env
	flags   globalFlags
	setting *Setting // once settle has made it
	started bool     // the command line was understood and the command runs
}

// Run runs the command that args, the program's name and its arguments, ask for
// and returns the exit status. It prints errors itself. It ends early when ctx
// does.
func Run(ctx context.Context, env Env, args []string) int {
	r := &run{Env: env}
	name, args := args[0], args[1:]
	if command, ok := calledAs[filepath.Base(name)]; ok {
		args = append([]string{command}, args...)
	}
	root := r.root()
	root.SetArgs(args)
	called, err := root.ExecuteContextC(ctx)
	if err != nil && !r.started {
		err = usageOf(called, err)
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil && err.Error() == context.Canceled.Error() {
		err = fmt.Errorf("interrupted: %w", err) // while it was waited for an answer
	}
	if _, said := errors.AsType[saidError](err); err != nil && !said {
		printError(r.Stderr, err)
	}
	if cause := context.Cause(ctx); cause != nil && errors.Is(err, cause) {
		return statusInterrupted
	}
	return exitStatus(err)
}

// root returns the command clusto with everything below it.
func (r *run) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "clusto",
		Short: "the source of truth for a server fleet",
		Long: `clusto is the source of truth for a server fleet: what there is, where it stands,
how it is cabled and addressed. It keeps all of that, with its history, in one
database, and has daemons that enter new machines by themselves.

To see what it does, run "clusto demo" in an empty directory. To begin your own:

  export CLUSTODSN=sqlite:///clusto.db
  clusto initdb
  clusto shell

Which database is used, which library directory and so on: a flag counts more
than the environment (CLUSTODSN, CLUSTOLIB, CLUSTOCONFIG), the environment more
than the configuration file, that more than the default. The configuration file
is /etc/clusto/clusto.conf, else ~/.clusto.conf.`,
		Annotations: exits(databaseExits, writingExits),
		Args:        cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
		PersistentPreRun: func(*cobra.Command, []string) { r.started = true },
		SilenceErrors:    true,
		SilenceUsage:     true,
		Version:          Version(),
	}
	root.SetVersionTemplate("clusto {{.Version}}\n")
	root.SetIn(r.Stdin)
	root.SetOut(r.Stdout)
	root.SetErr(r.Stderr)
	root.SetHelpFunc(showHelp)
	root.SetUsageFunc(showUsage)
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions.HiddenDefaultCmd = true
	r.flags.add(root)
	root.SetHelpCommand(helpCommand())
	root.AddCommand(commands(r)...)
	return root
}

// group returns the action of a command that only has subcommands.
func group(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(cmd, args[0])
	}
	return cmd.Help()
}

func unknownCommand(cmd *cobra.Command, name string) error {
	hint := nearest.Question(nearest.Names(name, commandNames(cmd))...)
	if hint == "" {
		hint = fmt.Sprintf("see %s --help", cmd.CommandPath())
	}
	return clusto.WithHint(usagef("%s has no command %q", cmd.CommandPath(), name), "%s", hint)
}

// usageOf returns err as a mistake on the command line of a command.
func usageOf(cmd *cobra.Command, err error) error {
	if clusto.Hint(err) != "" {
		return usageError{err}
	}
	return clusto.WithHint(usageError{err}, "usage: %s; see %s --help", usageLine(cmd), cmd.CommandPath())
}

// rendered is an error of a script, which shows the place on several lines and
// has its hint at the end.
type rendered interface {
	error
	Render() string
}

// printError prints err and, on a line of its own, what can be done about it.
func printError(w io.Writer, err error) {
	text, hint := err.Error(), clusto.Hint(err)
	if r, ok := errors.AsType[rendered](err); ok {
		text, hint = "the script failed\n"+r.Render(), ""
	}
	fmt.Fprintf(w, "clusto: %s\n", strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n        "))
	if hint != "" {
		fmt.Fprintf(w, "        %s\n", hint)
	}
}
