package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func infoCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "info ITEM...",
		Short: "show what something is, where it is and how to reach it",
		Long: `Shows entities: type, addresses, description, what they are in, what is in them,
MAC addresses, and their attributes with the key "system"; and when the DHCP server
has seen them last.

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
		return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
			sheets, missing, err := infoSheets(ctx, c, items, atText(cmd))
			if err != nil {
				return err
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
	seen         *[]api.Lease // by what it asked the DHCP server for an address, the latest first
	// facts are the MAC addresses as mac1, mac2 … and the attributes of the
	// key system under their subkeys.
	facts map[string]attr
}

// infoSheets returns what is to be told about items, without those that are
// unknown, and an error that names these. All names are asked for at once, and
// then what is called otherwise.
func infoSheets(ctx context.Context, c *client.Client, items []string, at string) (sheets []*infoSheet, missing, err error) {
	want := client.Filter{
		At:       at,
		Fields:   []string{"type", "attrs", "contents", "parents"},
		AttrSort: api.ListEntitiesParamsAttrSortMade,
	}
	if at == "" { // what was seen has no history
		want.Fields = append(want.Fields, "seen")
	}
	found, err := entitiesCalled(ctx, c, items, want)
	if err != nil {
		return nil, nil, err
	}
	names := slices.Clone(items)
	var others []string
	for i, item := range items {
		if found[item] != nil {
			continue
		}
		hit, err := lookUp(ctx, c, item, at)
		if errors.Is(err, clusto.ErrNotFound) {
			missing = errors.Join(missing, err)
		} else if err != nil {
			return nil, nil, err
		}
		names[i], others = hit.Name, append(others, hit.Name)
	}
	more, err := entitiesCalled(ctx, c, others, want)
	if err != nil {
		return nil, nil, err
	}
	maps.Copy(found, more)
	for _, name := range names {
		if e := found[name]; e != nil {
			sheets = append(sheets, infoOf(e))
		}
	}
	return sheets, missing, nil
}

func infoOf(e *api.Entity) *infoSheet {
	sheet := &infoSheet{name: e.Name, typ: e.Type, seen: e.Seen, facts: map[string]attr{}}
	for _, a := range attrsOf(e) {
		sheet.note(a)
	}
	sheet.parents, sheet.contents = directly(e.Parents), directly(e.Contents)
	if e.Type == "resourcemanager" { // what it has under ip is what it gave away
		sheet.ips = nil
	}
	return sheet
}

// note takes from an attribute what info tells.
func (s *infoSheet) note(a attr) {
	subkey := a.Subkey.Or("")
	switch {
	case a.Key == "description":
		s.descriptions = append(s.descriptions, a.text())
	case a.Key == "ip" && subkey == "ipstring":
		s.ips = append(s.ips, a.Value.Str())
	case a.Key == "system" && subkey != "":
		s.facts[subkey] = a
	case a.Key == "port-nic-eth" && strings.Contains(subkey, "mac"):
		s.facts["mac"+numberText(a.Number, "")] = a
	}
}

// numberText returns n, or none if there is no number.
func numberText(n clusto.Number, none string) string {
	if v, ok := n.Get(); ok {
		return strconv.FormatInt(v, 10)
	}
	return none
}

// directly returns the names of what an entity is in, or has in it, itself.
func directly(placed *[]api.Placement) []string {
	var list []string
	if placed == nil {
		return list
	}
	for _, p := range *placed {
		if p.Depth == 1 {
			list = append(list, p.Name)
		}
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
	for key, a := range s.facts {
		data[key] = a.data()
	}
	for key, list := range map[string][]string{
		"description": s.descriptions, "ip": s.ips, "parents": s.parents, "contents": s.contents,
	} {
		if len(list) > 0 {
			data[key] = list
		}
	}
	if s.seen != nil && len(*s.seen) > 0 {
		data["seen"] = *s.seen
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
	row("Last seen", seenText(s.seen))
	b.WriteString("\n\n")
	for _, key := range slices.Sorted(maps.Keys(s.facts)) {
		if v := s.facts[key].Value; v.Kind() != clusto.KindInt && v.Text() != "" || v.Int64() != 0 {
			row(capitalized(key), s.facts[key].text())
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
		fmt.Fprintf(&b, "%s=%s;", key, s.facts[key].text())
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
