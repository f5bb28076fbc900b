package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func attrShowCommand(r *run) *cobra.Command {
	var want attrFilter
	cmd := &cobra.Command{
		Use:   "show ITEM",
		Short: "show attributes",
		Long: `Shows the attributes of an entity, sorted by key, number, subkey and value. Those
whose key begins with "_" are hidden unless -k asks for one.

An item is a name, a serial number, an address or a MAC address. The value to
look for is compared with what is shown: a number, a text, the name of an entity.`,
		Example: `  clusto attr show node001
  clusto attr show -k system -s memory node001
  clusto attr show -m -k snmp sw-01
  clusto attr show --format csv node001
  clusto attr show --json -k _contains rk-01`,
		Annotations:       exits(databaseExits, []exit{{statusNotFound, "there is no such item"}}),
		Args:              oneArg("ITEM"),
		ValidArgsFunction: r.completeEntities(clusto.Match{}, 1),
	}
	atFlag(cmd)
	format := formatFlags(cmd, "list", "csv", "json", "yaml")
	want.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		choice, err := format.choice()
		if err != nil {
			return err
		}
		return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
			at := atText(cmd)
			item, err := lookUp(ctx, c, args[0], at)
			if err != nil {
				return err
			}
			rows, err := want.rows(cmd, func(o client.AttrOptions) (*api.AttrList, error) {
				o.At = at
				return c.Attrs(ctx, item.Name, o)
			})
			if err != nil {
				return fmt.Errorf("attributes of %s: %w", item.Name, err)
			}
			return printAttrs(r.Stdout, choice, rows)
		})
	}
	return cmd
}

// attrFilter is what the flags say about the attributes to show.
type attrFilter struct {
	key, subkey, value string
	number             int64
	merge              bool
}

func (f *attrFilter) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&f.key, "key", "k", "", "only this key, or KEY.SUBKEY")
	flags.StringVarP(&f.subkey, "subkey", "s", "", "only this subkey")
	flags.Int64VarP(&f.number, "number", "n", 0, "only this number")
	flags.StringVarP(&f.value, "value", "v", "", "only this value")
	flags.BoolVarP(&f.merge, "merge", "m", false, "also those of all containers")
}

// rows returns the attributes that the flags of cmd ask for, sorted, of those that
// ask answers with.
func (f *attrFilter) rows(cmd *cobra.Command, ask func(client.AttrOptions) (*api.AttrList, error)) ([]attrRow, error) {
	if key, subkey, ok := strings.Cut(f.key, "."); ok && !cmd.Flags().Changed("subkey") {
		f.key, f.subkey = key, subkey
	}
	o := client.AttrOptions{Key: f.key, Merged: f.merge}
	if f.subkey != "" {
		o.Subkey = &f.subkey
	}
	list, err := ask(o)
	if err != nil {
		return nil, err
	}
	var attrs []attr
	for _, told := range list.Attrs {
		if a := attrOf(told); f.admits(cmd.Flags().Changed, a) {
			attrs = append(attrs, a)
		}
	}
	slices.SortStableFunc(attrs, compareAttrs)
	rows := make([]attrRow, len(attrs))
	for i, a := range attrs {
		rows[i] = rowOf(a)
	}
	return rows, nil
}

// admits reports whether an attribute is one of those that the given flags ask
// for, to the letter: a server takes * for any text.
func (f *attrFilter) admits(given func(flag string) bool, a attr) bool {
	return (!given("key") || a.Key == f.key) &&
		(!given("subkey") && f.subkey == "" || a.Subkey == clusto.Sub(f.subkey)) &&
		(!given("number") || a.Number == clusto.Num(f.number)) &&
		(!given("value") || a.text() == f.value)
}

// attrRow is an attribute as it is shown.
type attrRow struct {
	Key    string  `json:"key" yaml:"key"`
	Number *int64  `json:"number" yaml:"number"`
	Subkey *string `json:"subkey" yaml:"subkey"`
	Type   string  `json:"type" yaml:"type"`
	Value  string  `json:"value" yaml:"value"`
}

func rowOf(a attr) attrRow {
	row := attrRow{Key: a.Key, Type: string(a.Value.Kind()), Value: a.text()}
	if number, ok := a.Number.Get(); ok {
		row.Number = &number
	}
	if subkey, ok := a.Subkey.Get(); ok {
		row.Subkey = &subkey
	}
	return row
}

// number returns the number as text, or none.
func (row attrRow) number(none string) string {
	if row.Number == nil {
		return none
	}
	return fmt.Sprint(*row.Number)
}

// subkey returns the subkey, or none.
func (row attrRow) subkey(none string) string {
	if row.Subkey == nil {
		return none
	}
	return *row.Subkey
}

func printAttrs(w io.Writer, format string, rows []attrRow) error {
	switch format {
	case "json":
		return writeJSON(w, rows)
	case "yaml":
		return writeYAML(w, rows)
	}
	text := attrList(rows)
	if format == "csv" {
		text = attrCSV(rows)
	}
	_, err := io.WriteString(w, text)
	return err
}

// attrCSV returns rows separated by semicolons. Quotes in values are doubled:
// classic left them, so that its lines could not be read back.
func attrCSV(rows []attrRow) string {
	var b strings.Builder
	b.WriteString("key;subkey;number;\"value\"\n")
	for _, row := range rows {
		value := strings.ReplaceAll(row.Value, `"`, `""`)
		fmt.Fprintf(&b, "%s;%s;%s;\"%s\"\n", row.Key, row.subkey(""), row.number(""), value)
	}
	return b.String()
}

// attrList returns rows as a table. The widths of its columns are classic's
// (commands/attr.py), counted in characters.
func attrList(rows []attrRow) string {
	key, subkey, number := 0, 0, 0
	for _, row := range rows {
		key = max(key, len([]rune(row.Key)))
		subkey = max(subkey, len([]rune(row.subkey("None"))))
		number = max(number, len(row.number("None")))
	}
	key, subkey, number = max(5, key+3), max(8, subkey+6), number+6
	var b strings.Builder
	fmt.Fprintf(&b, "%-*s%-*s%-*s%s\n", key, "KEY", subkey, "SUBKEY", number, "NUM", "VALUE")
	for _, row := range rows {
		fmt.Fprintf(&b, "%-*s%-*s%-*s%s\n", key, row.Key, subkey, row.subkey("None"), number, row.number("None"), row.Value)
	}
	return b.String()
}
