package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func callCommand(r *run) *cobra.Command {
	var w writeFlags
	cmd := &cobra.Command{
		Use:   "call ITEM METHOD [ARGUMENT...]",
		Short: "call a method of something's driver",
		Long: `Calls a method of an entity's driver and prints what it returns: the items of a list each
on a line. An argument is a value, or NAME=VALUE. Whatever is JSON is that: "a=b" in
double quotes is a text, true is true, [1,2] is a list, null is nothing.

` + valueHelp,
		Example: `  clusto call web7 get_ips
  clusto call eqix-sv3 remote_hands "Turn on power in my cage" priority=high
  clusto call office available 192.0.2.17
  clusto call sw1 get_connected nic-eth 12`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              argumentCount(true, "ITEM", "METHOD"),
		ValidArgsFunction: r.suggest(entitiesOf(), methodsOf, argumentsOf),
		RunE: func(cmd *cobra.Command, args []string) error {
			call, err := parseCall(args[1:])
			if err != nil {
				return err
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				if call.Entity, err = lookupName(ctx, c, args[0]); err != nil {
					return err
				}
				changed, err := c.Transact(ctx, api.Transaction{Operations: []api.Operation{{Call: &call}}}, w.change(cmd, call.Entity, call.Method))
				if err != nil {
					return err
				}
				return r.printCall(&w, changed)
			})
		},
	}
	w.add(cmd)
	return cmd
}

// namedArgument is an argument with its name.
var namedArgument = regexp.MustCompile(`(?s)^([A-Za-z_][A-Za-z0-9_]*)=(.*)$`)

// parseCall reads a method and its arguments.
func parseCall(args []string) (api.CallMethod, error) {
	call := api.CallMethod{Method: args[0]}
	for _, text := range args[1:] {
		if m := namedArgument.FindStringSubmatch(text); m != nil {
			if _, twice := call.Named[m[1]]; twice {
				return call, usagef("the argument %s is given twice", m[1])
			}
			value, err := writtenArgument(m[2])
			if err != nil {
				return call, err
			}
			if call.Named == nil {
				call.Named = map[string]json.RawMessage{}
			}
			call.Named[m[1]] = value
			continue
		}
		if len(call.Named) > 0 {
			return call, usagef("%q has no name, and stands behind one that has", text)
		}
		value, err := writtenArgument(text)
		if err != nil {
			return call, err
		}
		call.Args = append(call.Args, value)
	}
	return call, nil
}

// printCall prints what a method returned, and tells on standard error whether it
// changed something.
func (r *run) printCall(w *writeFlags, changed *api.Changed) error {
	if w.json {
		return writeJSON(r.Stdout, changed)
	}
	if text := argumentLines(changed.Results[0].Value); text != "" {
		fmt.Fprintln(r.Stdout, text)
	}
	if changed.Version == 0 && !changed.DryRun {
		return nil
	}
	return r.tell(r.Stderr, w, changed, "done")
}

// argumentsOf suggests the names of the arguments of a method of an entity.
func argumentsOf(ctx context.Context, c *client.Client, before []string, _ string) ([]string, error) {
	e, err := lookUp(ctx, c, before[0], "")
	if err != nil {
		return nil, err
	}
	d, err := c.Driver(ctx, e.Driver)
	if err != nil {
		return nil, err
	}
	var words []string
	for _, m := range d.Methods {
		if m.Name != before[1] {
			continue
		}
		for _, p := range m.Params {
			words = append(words, p.Name+"=")
		}
	}
	return words, nil
}
