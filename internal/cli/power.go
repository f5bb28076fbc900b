package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// powerCommand is the commands that switch the power of devices.
func powerCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "power",
		Short: "switch the power of devices",
		Long: `The power of a device is switched at the outlets of the power strips that its power ports
are connected to.`,
		Annotations: exits(databaseExits, powerExits),
		Args:        cobra.ArbitraryArgs,
		RunE:        group,
	}
	cmd.AddCommand(
		powerSwitchCommand(r, api.On, "the power of devices on"),
		powerSwitchCommand(r, api.Off, "the power of devices off"),
		powerSwitchCommand(r, api.Reboot, "the power of devices off and on again"),
		powerStatusCommand(r),
	)
	return cmd
}

// powerExits are the statuses of commands that switch power.
var powerExits = []exit{
	{statusNotFound, "there is no such device, or it is not connected to a power strip"},
	{statusUnsupported, "the power strip cannot be switched from afar"},
	{statusUnavailable, "the power strip does not answer"},
	{statusDenied, "you may not do that, or the server does not know you"},
}

func powerSwitchCommand(r *run, action client.PowerAction, what string) *cobra.Command {
	var w writeFlags
	name := string(action)
	asks := action != api.On
	long := "Has the power strips switch " + what + `, one device after the other.
What fails for one is told, and the others are done. --dry-run shows the outlets.`
	if asks {
		long += "\nIt asks before, unless --yes is given."
	}
	cmd := &cobra.Command{
		Use:         name + " DEVICE...",
		Short:       "switch " + what,
		Long:        long,
		Example:     "  clusto power " + name + " web7\n  clusto power " + name + " --dry-run web7 web8",
		Annotations: exits(databaseExits, powerExits),
		Args:        someArgs("DEVICE"), ValidArgsFunction: r.suggest(entitiesOf()),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				names, err := lookupAll(ctx, c, args)
				if err != nil {
					return err
				}
				if asks {
					if err := w.agreed(r, "Power %s %s?", action, nameList(names)); err != nil {
						return err
					}
				}
				return r.switchPower(ctx, c, &w, w.change(cmd, names...), action, names)
			})
		},
	}
	cmd.Flags().StringVarP(&w.message, "message", "m", "", "why, for the log")
	cmd.Flags().BoolVar(&w.dryRun, "dry-run", false, "show the outlets, and switch nothing")
	cmd.Flags().BoolVar(&w.json, "json", false, "print JSON: the outlets of each device")
	w.addYes(cmd)
	return cmd
}

// switchPower switches the power of devices, one after the other.
func (r *run) switchPower(ctx context.Context, c *client.Client, w *writeFlags, ch client.Change, action client.PowerAction, names []string) error {
	all := []api.Power{}
	var wrong []error
	for _, name := range names {
		power, err := r.switchOne(ctx, c, ch, action, name)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		all = append(all, *power)
		if !w.json {
			done := map[bool]string{true: "would be switched", false: "switched"}[w.dryRun]
			fmt.Fprintf(r.Stdout, "%s: %s %s: %s\n", name, done, action, outletList(power.Outlets))
		}
	}
	if w.json {
		wrong = append(wrong, writeJSON(r.Stdout, all))
	}
	return errors.Join(wrong...)
}

func (r *run) switchOne(ctx context.Context, c *client.Client, ch client.Change, action client.PowerAction, name string) (*api.Power, error) {
	if ch.DryRun {
		return c.Power(ctx, name, "")
	}
	return c.SwitchPower(ctx, name, action, ch)
}

// outletList returns outlets for a line.
func outletList(outlets []api.Outlet) string {
	var texts []string
	for _, o := range outlets {
		texts = append(texts, o.Strip+" "+outletText(o))
	}
	return cmp.Or(strings.Join(texts, ", "), "no outlets")
}

func outletText(o api.Outlet) string { return cmp.Or(o.Name, strconv.Itoa(o.Outlet)) }

func powerStatusCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status DEVICE...",
		Short: "show by which outlets devices are supplied",
		Long: `Shows by which outlets of which power strips devices are supplied, and whether those
can be switched from afar.`,
		Example: `  clusto power status web7
  clusto power status --json web7 web8`,
		Annotations:       exits(databaseExits, serverExits),
		Args:              someArgs("DEVICE"),
		ValidArgsFunction: r.suggest(entitiesOf()),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				all, err := powerOf(ctx, c, args, atText(cmd))
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, all)
				}
				return r.printPower(all)
			})
		},
	}
	atFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// powerOf returns by which outlets things are supplied.
func powerOf(ctx context.Context, c *client.Client, terms []string, at string) ([]api.Power, error) {
	var all []api.Power
	for _, term := range terms {
		e, err := lookUp(ctx, c, term, at)
		if err != nil {
			return nil, err
		}
		power, err := c.Power(ctx, e.Name, at)
		if err != nil {
			return nil, err
		}
		all = append(all, *power)
	}
	return all, nil
}

func (r *run) printPower(all []api.Power) error {
	paints := r.colors()
	t := newTable("DEVICE", "PORT", "STRIP", "OUTLET", "FROM AFAR")
	for _, power := range all {
		if len(power.Outlets) == 0 {
			t.add(power.Entity, "", "", "", "not connected")
			t.paint(4, paints.bad)
		}
		for _, o := range power.Outlets {
			t.add(power.Entity, strconv.Itoa(o.Port), o.Strip, outletText(o), map[bool]string{true: "yes", false: "no"}[o.Switchable])
			t.paint(4, map[bool]hue{true: paints.good, false: paints.busy}[o.Switchable])
		}
	}
	return r.print(t)
}
