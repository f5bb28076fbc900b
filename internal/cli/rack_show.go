package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/internal/elevation"
)

func rackShowCommand(r *run) *cobra.Command {
	var asJSON, compact bool
	var width int
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "draw the elevation of a rack",
		Long: `Draws a rack as it looks from the front: its units with their numbers, the highest
at the top, and what stands in them. A device that takes several units is one
box; free units are empty, and with --compact many of them are one line. On a
narrow terminal driver and type are left out.`,
		Example: `  clusto rack show sv3-001
  clusto rack show --compact sv3-001
  clusto rack show --json sv3-001 | jq '.free | length'`,
		Annotations: exits(databaseExits, []exit{
			{statusNotFound, "there is no entity of that name"},
			{statusInvalid, "it is not a rack"},
		}),
		Args: oneArg("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				e, err := elevationOf(ctx, c, args[0], atText(cmd))
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, e)
				}
				if width == 0 {
					width = r.terminalWidth()
				}
				_, err = io.WriteString(r.Stdout, e.Text(width, compact))
				return err
			})
		},
		ValidArgsFunction: r.completeEntities(clusto.Match{Types: []string{"rack"}}, 1),
	}
	atFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&compact, "compact", false, "one line for many free units")
	cmd.Flags().IntVar(&width, "width", 0, "columns to use (default: those of the terminal)")
	return cmd
}

// elevationOf returns what stands in the rack that name stands for. It returns
// ErrInvalid for anything else, with a hint where that stands.
func elevationOf(ctx context.Context, c *client.Client, name, at string) (*elevation.Rack, error) {
	hit, err := lookUp(ctx, c, name, at)
	if err != nil {
		return nil, err
	}
	if hit.Type != "rack" {
		return nil, noRack(ctx, c, hit, at)
	}
	rack, err := c.Rack(ctx, hit.Name, at)
	if err != nil {
		return nil, fmt.Errorf("rack %s: %w", hit.Name, err)
	}
	e := &elevation.Rack{
		Name: rack.Name, Driver: rack.Driver, In: rack.In, Low: rack.Lowest, High: rack.Highest, Free: rack.Free,
		Devices: make([]*elevation.Device, len(rack.Devices)),
	}
	for i, d := range rack.Devices {
		e.Devices[i] = &elevation.Device{
			Name: d.Name, Type: d.Type, Driver: d.Driver, Units: d.Units,
			Side: clusto.Side(d.Side), Width: clusto.Width(d.Width),
		}
	}
	return e, nil
}

// noRack is the error for what is not a rack.
func noRack(ctx context.Context, c *client.Client, hit api.Hit, at string) error {
	racks, err := c.Parents(ctx, hit.Name, api.ListParentsParams{Deep: true, Type: []string{"rack"}, At: at})
	if err != nil {
		return err
	}
	err = clusto.Errorf(clusto.ErrInvalid, "%s is a %s, not a rack", hit.Name, hit.Type)
	if len(racks.Entities) > 0 {
		return clusto.WithHint(err, "it stands in a rack: clusto rack show %s", racks.Entities[0].Name)
	}
	return clusto.WithHint(err, "clusto list --type rack shows the racks")
}

// DrawRack prints the elevation of the rack called name, as "rack show
// --compact" does.
func DrawRack(ctx context.Context, w io.Writer, inv *clusto.Inventory, name string, width int) error {
	rack, err := inv.Object(ctx, name)
	if err != nil {
		return err
	}
	e, err := elevation.Of(ctx, rack)
	if err != nil {
		return fmt.Errorf("rack %s: %w", name, err)
	}
	_, err = io.WriteString(w, e.Text(width, true))
	return err
}

// terminalWidth returns how many columns standard output has: those of the
// terminal, else what COLUMNS says, else 80.
func (r *run) terminalWidth() int {
	if f, ok := r.Stdout.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	if width, err := strconv.Atoi(r.Getenv("COLUMNS")); err == nil && width > 0 {
		return width
	}
	return 80
}
