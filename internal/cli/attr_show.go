package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
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
		return r.view(cmd, func(ctx context.Context, inv *clusto.Inventory) error {
			o, err := find(ctx, inv, args[0])
			if err != nil {
				return err
			}
			rows, err := want.rows(cmd, ctx, o)
			if err != nil {
				return fmt.Errorf("attributes of %s: %w", o.Name, err)
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
	flags.StringVarP(&f.key, "key", "k", "", "only this key")
	flags.StringVarP(&f.subkey, "subkey", "s", "", "only this subkey")
	flags.Int64VarP(&f.number, "number", "n", 0, "only this number")
	flags.StringVarP(&f.value, "value", "v", "", "only this value")
	flags.BoolVarP(&f.merge, "merge", "m", false, "also those of all containers")
}

// rows returns the attributes of o that the flags of cmd ask for, sorted.
func (f *attrFilter) rows(cmd *cobra.Command, ctx context.Context, o *clusto.Object) ([]attrRow, error) {
	given := cmd.Flags().Changed
	m := clusto.AttrMatch{Visible: !strings.HasPrefix(f.key, "_")}
	if given("key") {
		m.Key = clusto.Is(f.key)
	}
	if given("subkey") {
		m.Subkey = clusto.Is(f.subkey)
	}
	if given("number") {
		m.Number = clusto.Is(f.number)
	}
	read := o.Attrs
	if f.merge {
		read = o.MergedAttrs
	}
	attrs, err := read(ctx, m)
	if err != nil {
		return nil, err
	}
	names, err := o.Inventory().Names(ctx, attrs)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(attrs, func(a, b clusto.Attr) int { return compareShown(a, b, names) })
	rows := make([]attrRow, 0, len(attrs))
	for _, a := range attrs {
		row := rowOf(a, names)
		if !given("value") || row.Value == f.value {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// compareShown is clusto.CompareAttrs with relations in the order of what is
// shown of them.
func compareShown(a, b clusto.Attr, n names) int {
	if a.Value.Relation() == 0 || b.Value.Relation() == 0 {
		return clusto.CompareAttrs(a, b)
	}
	byName := cmp.Compare(n[a.Value.Relation()], n[b.Value.Relation()])
	a.Value, b.Value = clusto.Value{}, clusto.Value{}
	return cmp.Or(clusto.CompareAttrs(a, b), byName)
}

// attrRow is an attribute as it is shown.
type attrRow struct {
	Key    string  `json:"key" yaml:"key"`
	Number *int64  `json:"number" yaml:"number"`
	Subkey *string `json:"subkey" yaml:"subkey"`
	Type   string  `json:"type" yaml:"type"`
	Value  string  `json:"value" yaml:"value"`
}

func rowOf(a clusto.Attr, n names) attrRow {
	row := attrRow{Key: a.Key, Type: string(a.Value.Kind()), Value: n.text(a.Value)}
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
