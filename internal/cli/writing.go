package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/history"
)

// writeFlags are the flags of commands that change the inventory through the API.
type writeFlags struct {
	changeFlags
	json bool
	yes  bool
}

// add gives cmd the flags that every command has which changes something.
func (w *writeFlags) add(cmd *cobra.Command) {
	w.changeFlags.add(cmd)
	w.addJSON(cmd)
}

// addLong is add for a command of classic clusto that has another flag -m.
func (w *writeFlags) addLong(cmd *cobra.Command) {
	cmd.Flags().StringVar(&w.message, "message", "", "why, for the log")
	cmd.Flags().BoolVar(&w.dryRun, "dry-run", false, "show what would be changed, and change nothing")
	w.addJSON(cmd)
}

func (w *writeFlags) addJSON(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&w.json, "json", false, "print the API's answer: the version, the results, the differences")
}

// addYes gives cmd the flag that goes without asking, under its own name and under
// those that classic clusto had for it.
func (w *writeFlags) addYes(cmd *cobra.Command, classic ...string) {
	flags := cmd.Flags()
	flags.BoolVar(&w.yes, "yes", false, "do not ask")
	for _, name := range classic {
		flags.BoolVar(&w.yes, name, false, "the same as --yes")
	}
}

// agreed asks a person whether to go on, unless there is no need to.
func (w *writeFlags) agreed(r *run, format string, args ...any) error {
	if w.yes || w.dryRun {
		return nil
	}
	return r.confirm(fmt.Sprintf(format, args...))
}

// change returns how the API is to change something: for the log either the message
// of the flags or, if there is none, the command itself.
func (w *writeFlags) change(cmd *cobra.Command, args ...string) client.Change {
	return client.Change{Description: cmp.Or(w.message, commandText(cmd, args)), DryRun: w.dryRun}
}

// maxDescription is how much of a command is kept for the log.
const maxDescription = 200

// commandText returns a command as the log has it, without the name of the program.
func commandText(cmd *cobra.Command, args []string) string {
	words := append(strings.Fields(cmd.CommandPath())[1:], args...)
	text := []rune(strings.Join(words, " "))
	if len(text) > maxDescription {
		return string(text[:maxDescription-1]) + "…"
	}
	return string(text)
}

// transact has the server do operations, all or nothing, and tells what became of
// them; done is what to say if they changed something.
func (r *run) transact(ctx context.Context, c *client.Client, w *writeFlags, ch client.Change, done string, ops ...api.Operation) error {
	changed, err := c.Transact(ctx, api.Transaction{Operations: ops}, ch)
	if err != nil {
		return err
	}
	return r.tell(r.Stdout, w, changed, done)
}

// tell says what a change did: the API's answer as JSON, the differences of a dry
// run, or a line.
func (r *run) tell(out io.Writer, w *writeFlags, changed *api.Changed, done string) error {
	diff := (*history.Diff)(&changed.Diff)
	switch {
	case w.json:
		return writeJSON(r.Stdout, changed)
	case changed.DryRun && !diff.Empty():
		return diff.WriteText(r.Stdout)
	case changed.DryRun || changed.Version == 0:
		_, err := fmt.Fprintln(out, "nothing to change")
		return err
	}
	_, err := fmt.Fprintf(out, "%s: version %d\n", done, changed.Version)
	return err
}

// maxNames is how many names a line has at most.
const maxNames = 5

// nameList returns names for a line: all of them if they are few, else how many.
func nameList(names []string) string {
	if len(names) > maxNames {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxNames-1], ", "), len(names)-maxNames+1)
	}
	return strings.Join(names, ", ")
}

// jsonText returns a text as JSON.
func jsonText(text string) json.RawMessage {
	encoded, err := json.Marshal(text)
	if err != nil {
		panic(err) // a text has a form in JSON
	}
	return encoded
}

// argumentCount wants at least as many arguments as words, which name them; the last
// one may be given several times if more says so.
func argumentCount(more bool, words ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch n := len(args); {
		case n < len(words):
			return fmt.Errorf("%s needs %s", cmd.CommandPath(), strings.Join(words, " "))
		case n > len(words) && !more:
			return fmt.Errorf("%s takes %s, and got %d arguments", cmd.CommandPath(), strings.Join(words, " "), n)
		}
		return nil
	}
}

// argumentRange wants all words but the last few, which may be missing.
func argumentRange(needed int, words ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > len(words) {
			return argumentCount(false, words...)(cmd, args)
		}
		return argumentCount(true, words[:needed]...)(cmd, args)
	}
}

// changeExits are the statuses of every command that changes the inventory through
// the API.
var changeExits = append(slices.Clone(writingExits), exit{statusDenied, "you may not do that, or the server does not know you"})

// serverExits are the statuses of commands that ask a server, or the database in its
// place, besides those of databaseExits.
var serverExits = []exit{
	{statusNotFound, "something named does not exist"},
	{statusDenied, "you may not see that, or the server does not know you"},
}

// otherType returns ErrInvalid for an entity that is not what a command is for.
func otherType(name, typ, wanted, hint string) error {
	return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%s is a %s, not a %s", name, typ, wanted), "%s", hint)
}
