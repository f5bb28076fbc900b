package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// driverCommand is the commands about drivers.
func driverCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "driver",
		Short: "show drivers and what they can do",
		Long: `A driver says what an entity can do: its ports, its properties, how many rack
units it takes, and its methods, which scripts and clusto call use.`,
		Annotations: exits(databaseExits),
		Args:        cobra.ArbitraryArgs,
		RunE:        group,
	}
	cmd.AddCommand(driverListCommand(r), driverShowCommand(r))
	return cmd
}

func driverListCommand(r *run) *cobra.Command {
	var asJSON bool
	var types []string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "list the drivers that are known",
		Long: `Lists the drivers that are built in and those of the library directory, with
their types and the drivers that they extend.`,
		Example: `  clusto driver list
  clusto driver list --type server
  clusto driver list --json`,
		Annotations: exits(databaseExits),
		Args:        noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				list, err := c.Drivers(ctx, types...)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, list.Drivers)
				}
				t := newTable("NAME", "TYPE", "EXTENDS")
				for _, d := range list.Drivers {
					t.add(d.Name, d.Type, d.Base)
				}
				return r.print(t)
			})
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().StringSliceVar(&types, "type", nil, "only drivers of this type, such as server or rack")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	complete(cmd, "type", r.completeTypes)
	return cmd
}

func driverShowCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "show a driver with its properties, ports and methods",
		Long: `Shows what a driver says about its entities, what it has from the drivers that it
extends included: properties with the values that they have unless an attribute
says otherwise, ports, and methods with their documentation.`,
		Example: `  clusto driver show basicserver
  clusto driver show --json basicrack | jq -r '.methods[].signature'`,
		Annotations: exits(databaseExits, []exit{{statusNotFound, "there is no such driver"}}),
		Args:        oneArg("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				d, err := c.Driver(ctx, args[0])
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, d)
				}
				_, err = io.WriteString(r.Stdout, driverSheet(d))
				return err
			})
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return r.completeDrivers(cmd, args, begun)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// driverSheet returns what is known about a driver, for people.
func driverSheet(d *api.Driver) string {
	var b strings.Builder
	fact := func(title, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-12s %s\n", title+":", text)
		}
	}
	fact("Driver", d.Name)
	fact("Type", d.Type)
	fact("Extends", d.Base)
	fact("Comes from", d.Origin)
	if d.RackUnits > 0 {
		fact("Rack units", fmt.Sprint(d.RackUnits))
	}
	if d.Width == api.RackWidth(clusto.HalfWidth) {
		fact("Width", "half of a unit")
	}
	if d.Beside {
		fact("Rack units", "none: it hangs at the side")
	}
	if d.Doc != "" {
		fmt.Fprintf(&b, "\n%s\n", indented(d.Doc, "  "))
	}
	section := func(title string, any bool) {
		if any {
			fmt.Fprintf(&b, "\n%s\n", title)
		}
	}
	section("PROPERTIES", len(d.Properties) > 0)
	for _, p := range d.Properties {
		fmt.Fprintf(&b, "  %s = %s\n", p.Name, defaultText(p.Default))
	}
	section("PORTS", len(d.Ports) > 0)
	for _, p := range d.Ports {
		fmt.Fprintf(&b, "  %s: %d\n", p.Type, p.Count)
	}
	section("METHODS", len(d.Methods) > 0)
	for _, m := range d.Methods {
		fmt.Fprintf(&b, "  %s\n", m.Signature)
		if m.Doc != "" {
			fmt.Fprintf(&b, "%s\n", indented(m.Doc, "      "))
		}
	}
	return b.String()
}

// defaultText returns a JSON text, or None for nothing.
func defaultText(text []byte) string {
	if len(text) == 0 || string(text) == "null" {
		return "None"
	}
	return string(text)
}

// indented returns a text without blanks around it and each line of it indented.
func indented(text, indent string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(indent+strings.TrimSpace(line), " ")
	}
	return strings.Join(lines, "\n")
}
