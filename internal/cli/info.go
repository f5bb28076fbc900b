package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
)

func infoCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "info ITEM...",
		Short: "show what something is, where it is and how to reach it",
		Long: `Shows entities: type, addresses, description, what they are in, what is in them,
MAC addresses, and their attributes with the key "system".

An item is a name, a serial number, an address or a MAC address in any spelling.
If some items are unknown the others are shown, and the status says so.

The formats oneline, json and yaml are for programs. A datetime is written as
2012-02-29 23:59:58, in UTC.`,
		Example: `  clusto info node001
  clusto info 10.20.0.2 00-16-3E-00-00-01
  clusto info --format oneline node001 node002
  clusto info --at "2 days ago" node001
  clusto info --json node001 | jq -r '.[].ip[]'`,
		Annotations:       exits(databaseExits, []exit{{statusNotFound, "one of the items is unknown"}}),
		ValidArgsFunction: r.completeEntities(clusto.Match{}, 0),
	}
	atFlag(cmd)
	format := formatFlags(cmd, "summary", "oneline", "json", "yaml")
	cmd.RunE = func(cmd *cobra.Command, items []string) error {
		choice, err := format.choice()
		if err != nil {
			return err
		}
		if len(items) == 0 { // the line and its place are classic's (commands/info.py)
			fmt.Fprintln(r.Stdout, "You need to provide at least one item. Use --help")
			return usagef("info of what?")
		}
		return r.view(cmd, func(ctx context.Context, inv *clusto.Inventory) error {
			sheets, missing := infoSheets(ctx, inv, items)
			if missing != nil && !errors.Is(missing, clusto.ErrNotFound) {
				return missing
			}
			return errors.Join(printInfo(r.Stdout, choice, sheets), missing)
		})
	}
	return cmd
}

// infoSheet is what info tells about one entity.
type infoSheet struct {
	name, typ    string
	descriptions []string
	ips          []string
	parents      []string
	contents     []string
	// facts are the MAC addresses as mac1, mac2 … and the attributes of the
	// key system under their subkeys.
	facts map[string]clusto.Value
	names names // of what facts refer to
}

// infoSheets returns what is to be told about items, without those that are
// unknown, and an error that names these.
func infoSheets(ctx context.Context, inv *clusto.Inventory, items []string) ([]*infoSheet, error) {
	var sheets []*infoSheet
	var missing error
	for _, item := range items {
		o, err := find(ctx, inv, item)
		if errors.Is(err, clusto.ErrNotFound) {
			missing = errors.Join(missing, err)
			continue
		}
		if err != nil {
			return nil, err
		}
		sheet, err := infoOf(ctx, o)
		if err != nil {
			return nil, fmt.Errorf("info of %s: %w", o.Name, err)
		}
		sheets = append(sheets, sheet)
	}
	return sheets, missing
}

func infoOf(ctx context.Context, o *clusto.Object) (*infoSheet, error) {
	sheet := &infoSheet{name: o.Name, typ: o.Type, facts: map[string]clusto.Value{}}
	attrs, err := o.Attrs(ctx, clusto.AttrMatch{Visible: true})
	if err != nil {
		return nil, err
	}
	if sheet.names, err = o.Inventory().Names(ctx, attrs); err != nil {
		return nil, err
	}
	for _, a := range attrs {
		sheet.note(a)
	}
	parents, err := o.Parents(ctx, false, clusto.Match{})
	if err != nil {
		return nil, err
	}
	contents, err := o.Contents(ctx, false, clusto.Match{})
	if err != nil {
		return nil, err
	}
	sheet.parents, sheet.contents = objectNames(parents), objectNames(contents)
	if o.Type == "resourcemanager" { // what it has under ip is what it gave away
		sheet.ips = nil
	}
	return sheet, nil
}

// note takes from an attribute what info tells.
func (s *infoSheet) note(a clusto.Attr) {
	subkey, number := a.Subkey.Or(""), a.Number
	switch {
	case a.Key == "description":
		s.descriptions = append(s.descriptions, s.names.text(a.Value))
	case a.Key == "ip" && subkey == "ipstring":
		s.ips = append(s.ips, a.Value.Str())
	case a.Key == "system" && subkey != "":
		s.facts[subkey] = a.Value
	case a.Key == "port-nic-eth" && strings.Contains(subkey, "mac"):
		s.facts["mac"+numberText(number, "")] = a.Value
	}
}

func objectNames(objects []*clusto.Object) []string {
	var list []string
	for _, o := range objects {
		list = append(list, o.Name)
	}
	return list
}

func printInfo(w io.Writer, format string, sheets []*infoSheet) error {
	switch format {
	case "json", "yaml":
		all := make([]map[string]any, 0, len(sheets))
		for _, s := range sheets {
			all = append(all, s.data())
		}
		if format == "yaml" {
			return writeYAML(w, all)
		}
		return writeJSON(w, all)
	}
	for _, s := range sheets {
		text := s.summary()
		if format == "oneline" {
			text = s.oneline()
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	return nil
}

// data returns the sheet as JSON and YAML have it. What has nothing is left
// out, but for the description, which is then an empty text.
func (s *infoSheet) data() map[string]any {
	data := map[string]any{"description": ""}
	for key, v := range s.facts {
		data[key] = s.names.data(v)
	}
	for key, list := range map[string][]string{
		"description": s.descriptions, "ip": s.ips, "parents": s.parents, "contents": s.contents,
	} {
		if len(list) > 0 {
			data[key] = list
		}
	}
	data["name"], data["type"] = s.name, s.typ
	return data
}

// summary returns the sheet for people.
func (s *infoSheet) summary() string {
	var b strings.Builder
	row := func(title, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-20s %s\n", title+":", text)
		}
	}
	row("Name", s.name)
	row("Type", s.typ)
	row("IP", strings.Join(s.ips, ", "))
	row("Description", strings.Join(s.descriptions, ", "))
	row("Parents", strings.Join(s.parents, ", "))
	row("Contents", strings.Join(s.contents, ", "))
	b.WriteString("\n\n")
	for _, key := range slices.Sorted(maps.Keys(s.facts)) {
		if v := s.facts[key]; v.Kind() != clusto.KindInt && v.Text() != "" || v.Int64() != 0 {
			row(capitalized(key), s.names.text(v))
		}
	}
	b.WriteString(strings.Repeat("-", 80) + "\n")
	return b.String()
}

// oneline returns the sheet in one line.
func (s *infoSheet) oneline() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s(%s);", s.name, s.typ)
	for i, d := range s.descriptions {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"%s"`, d)
	}
	b.WriteByte(';')
	list := func(title string, list []string) {
		if len(list) > 0 {
			fmt.Fprintf(&b, "%s=%s;", title, strings.Join(list, ","))
		}
	}
	list("ip", s.ips)
	list("parents", s.parents)
	list("contents", s.contents)
	for _, key := range slices.Sorted(maps.Keys(s.facts)) {
		fmt.Fprintf(&b, "%s=%s;", key, s.names.text(s.facts[key]))
	}
	b.WriteByte('\n')
	return b.String()
}

// capitalized returns s with its first letter large and all others small.
func capitalized(s string) string {
	if s == "" {
		return s
	}
	first := []rune(s)[0]
	return strings.ToUpper(string(first)) + strings.ToLower(s[len(string(first)):])
}
