package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// rebootMethod is the method of drivers that reboot in a way of their own.
const rebootMethod = "reboot"

func rebootCommand(r *run) *cobra.Command {
	var w writeFlags
	var method string
	cmd := &cobra.Command{
		Use:   "reboot SERVER...",
		Short: "reboot servers",
		Long: `Reboots servers, one after the other: by the method reboot of its driver if that has
one, else by switching its power off and on again. --method is handed to the method
reboot, as the way to do it. It asks for each, unless --yes is given.`,
		Example: `  clusto reboot web7
  clusto reboot --yes web7 192.0.2.17
  clusto reboot --method ipmi web7`,
		Annotations:       exits(databaseExits, powerExits),
		Args:              someArgs("SERVER"),
		ValidArgsFunction: r.suggest(entitiesOf("server")),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				var wrong []error
				for _, term := range args {
					wrong = append(wrong, r.reboot(ctx, c, cmd, &w, term, method))
				}
				return errors.Join(wrong...)
			})
		},
	}
	cmd.Flags().StringVarP(&w.message, "message", "m", "", "why, for the log")
	cmd.Flags().BoolVar(&w.dryRun, "dry-run", false, "show how it would be done, and do nothing")
	cmd.Flags().BoolVar(&w.json, "json", false, "print JSON: the outlets, or what the method returned")
	cmd.Flags().StringVar(&method, "method", "", "the way to do it, for drivers that know several")
	w.addYes(cmd, "batch")
	return cmd
}

// reboot reboots one server.
func (r *run) reboot(ctx context.Context, c *client.Client, cmd *cobra.Command, w *writeFlags, term, method string) error {
	e, err := lookUp(ctx, c, term, "")
	if err != nil {
		return err
	}
	parents, err := c.Parents(ctx, e.Name, api.ListParentsParams{})
	if err != nil {
		return err
	}
	if err := w.agreed(r, "Reboot %s, which is in %s?", e.Name, nameList(placementNames(parents.Entities))); err != nil {
		return err
	}
	d, err := c.Driver(ctx, e.Driver)
	if err != nil {
		return err
	}
	ch := w.change(cmd, e.Name)
	own := slices.ContainsFunc(d.Methods, func(m api.Method) bool { return m.Name == rebootMethod })
	if !own && method == "" {
		return r.switchPower(ctx, c, w, ch, api.Reboot, []string{e.Name})
	}
	if w.dryRun {
		fmt.Fprintf(r.Stdout, "%s: would be rebooted by the method %s of its driver %s\n", e.Name, rebootMethod, e.Driver)
		return nil
	}
	call := api.CallMethod{Entity: e.Name, Method: rebootMethod}
	if method != "" {
		call.Named = map[string]json.RawMessage{"method": jsonText(method)}
	}
	changed, err := c.Call(ctx, call, ch)
	if err != nil {
		return err
	}
	if w.json {
		return writeJSON(r.Stdout, changed)
	}
	fmt.Fprintf(r.Stdout, "%s: rebooted by the method %s of its driver %s\n", e.Name, rebootMethod, e.Driver)
	return nil
}
