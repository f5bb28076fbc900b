package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// layoutCommand is the commands about rack layouts.
func layoutCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "layout",
		Short: "show rack layouts",
		Long: `A rack layout says what stands where in the racks that have it: the fixed devices
with their cables, and the place that belongs to each port of the switch.`,
		Annotations: exits(databaseExits),
		Args:        cobra.ArbitraryArgs,
		RunE:        group,
	}
	cmd.AddCommand(layoutListCommand(r), layoutShowCommand(r))
	return cmd
}

func layoutListCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "list the rack layouts that are known",
		Long: `Lists the rack layouts that are built in and those of the library directory, with
the driver that their racks have and where they come from.`,
		Example: `  clusto layout list
  clusto layout list --json`,
		Annotations: exits(databaseExits),
		Args:        noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				list, err := c.Layouts(ctx)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, list.Layouts)
				}
				rows := [][]string{{"NAME", "RACK", "COMES FROM"}}
				for _, l := range list.Layouts {
					rows = append(rows, []string{l.Name, l.Rack, l.Origin})
				}
				return writeTable(r.Stdout, rows)
			})
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func layoutShowCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "show a rack layout",
		Long: `Shows the fixed devices of a rack layout, and for each port of the switch what
belongs to it: the driver of the server there, its units, outlets and cables. Of a
layout that is a script only the name is known.`,
		Example: `  clusto layout show 201001
  clusto layout show --json 201001 | jq '.slots | length'`,
		Annotations: exits(databaseExits, []exit{{statusNotFound, "there is no such layout"}}),
		Args:        oneArg("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				l, err := c.Layout(ctx, args[0])
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, l)
				}
				return printLayout(r.Stdout, l)
			})
		},
		ValidArgsFunction: r.completeLayouts,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// completeLayouts completes an argument with the names of the rack layouts.
func (r *run) completeLayouts(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return r.words(cmd, func(ctx context.Context, c *client.Client) ([]string, error) {
		list, err := c.Layouts(ctx)
		if err != nil {
			return nil, err
		}
		var names []string
		for _, l := range list.Layouts {
			names = append(names, l.Name)
		}
		return names, nil
	})
}

func printLayout(w io.Writer, l *api.Layout) error {
	about := l.Name
	if l.Rack != "" {
		about += ", for racks with the driver " + l.Rack
	}
	if l.Origin != "" {
		about += ", from " + l.Origin
	}
	if _, err := fmt.Fprintln(w, about); err != nil || len(l.Devices)+len(l.Slots) == 0 {
		return err
	}
	devices := [][]string{{"DEVICE", "NAME", "DRIVER", "UNITS", "CABLES"}}
	for _, d := range l.Devices {
		devices = append(devices, []string{d.Role, d.Name, d.Driver, joined(d.Units), cableTexts(d.Cables)})
	}
	slots := [][]string{{"PORT", "DRIVER", "UNITS", "OUTLETS", "CABLES"}}
	for _, s := range l.Slots {
		slots = append(slots, []string{strconv.Itoa(s.SwitchPort), s.Driver, joined(s.Units), strings.Join(s.Outlets, ","), cableTexts(s.Cables)})
	}
	for _, table := range [][][]string{devices, slots} {
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
		if err := writeTable(w, table); err != nil {
			return err
		}
	}
	return nil
}

// joined returns numbers with commas between them.
func joined(numbers []int) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ",")
}

// cableTexts returns cables as TYPE PORT to DEVICE PORT.
func cableTexts(cables []api.LayoutCable) string {
	texts := make([]string, len(cables))
	for i, c := range cables {
		texts[i] = fmt.Sprintf("%s %d to %s %s", c.Type, c.Port, c.To, c.ToPort)
	}
	return strings.Join(texts, "; ")
}
