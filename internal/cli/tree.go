package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func treeCommand(r *run) *cobra.Command {
	var up, down, color, asJSON bool
	cmd := &cobra.Command{
		Use:   "tree NAME [KEY...]",
		Short: "show what something is in, or what is in it, as a tree",
		Long: `Shows an entity; with -c what is in it, and what is in that, and so on; with -p
what it is in, and so on up. The keys of attributes to show with each entity may
follow; ALL shows all that are not hidden.

What is in several containers stands under each of them.`,
		Example: `  clusto tree -c rk-01
  clusto tree -p node002
  clusto tree -c dc-east racklayout snmp
  clusto tree net-prod ALL`,
		Annotations: exits(databaseExits, []exit{{statusNotFound, "there is no entity of that name"}}),
		Args:        someArgs("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if up && down {
				return usagef("a tree goes up with -p or down with -c, not both")
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				t := &tree{keys: args[1:], paint: palette(color), at: atText(cmd)}
				root, err := lookUp(ctx, c, args[0], t.at)
				if err != nil {
					return err
				}
				if err := t.load(ctx, c, root, up, down); err != nil {
					return fmt.Errorf("tree of %s: %w", root.Name, err)
				}
				if asJSON {
					return writeJSON(r.Stdout, t.node(&t.root))
				}
				return t.print(r.Stdout)
			})
		},
		ValidArgsFunction: r.completeEntities(clusto.Match{}, 1),
	}
	atFlag(cmd)
	flags := cmd.Flags()
	flags.BoolVarP(&down, "contents", "c", false, "go down, to what is in it")
	flags.BoolVarP(&up, "parents", "p", false, "go up, to what it is in")
	flags.BoolVarP(&color, "color", "C", false, "in colour")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// allKeys as an argument stands for the keys of all visible attributes.
const allKeys = "ALL"

// tree is an entity with what is above or below it. Everything is asked for at
// once, however large the tree.
type tree struct {
	root  api.Tree
	keys  []string          // of the attributes to show
	known map[string][]attr // sorted by key, by the name of who has them
	at    string            // the version or time to show
	paint paint
}

// load asks for what the tree consists of.
func (t *tree) load(ctx context.Context, c *client.Client, root api.Hit, up, down bool) error {
	t.root = api.Tree{Name: root.Name, Type: root.Type, Driver: root.Driver}
	if up || down {
		told, err := c.Tree(ctx, root.Name, api.GetTreeParams{Up: up, At: t.at})
		if err != nil {
			return err
		}
		t.root = *told
	}
	if len(t.keys) == 0 {
		return nil
	}
	want := t.wanted()
	names := []string{root.Name}
	if up {
		names = namesIn(&t.root, names)
	}
	found, err := entitiesCalled(ctx, c, names, want)
	if err == nil && down {
		want.In, want.Limit = root.Name, listedAtOnce
		err = noteEntities(ctx, c, want, found)
	}
	t.known = make(map[string][]attr, len(found))
	for name, e := range found {
		t.known[name] = attrsOf(e)
	}
	return err
}

// wanted returns what asks for the attributes to show.
func (t *tree) wanted() client.Filter {
	f := client.Filter{
		Fields:   []string{"attrs"},
		AttrSort: api.ListEntitiesParamsAttrSortMade, At: t.at,
	}
	switch {
	case slices.Contains(t.keys, allKeys):
	case slices.ContainsFunc(t.keys, func(key string) bool { return key == "" || strings.Contains(key, ".") }):
		f.Hidden = true // a point would begin a subkey: all are asked for
	default:
		f.Attr = t.keys
	}
	return f
}

// namesIn adds the names of everything below a node to names.
func namesIn(node *api.Tree, names []string) []string {
	for i := range node.Nodes {
		names = namesIn(&node.Nodes[i], append(names, node.Nodes[i].Name))
	}
	return names
}

// shown returns the attributes of an entity in the order in which they are
// asked for.
func (t *tree) shown(name string) []attr {
	if slices.Contains(t.keys, allKeys) {
		return t.known[name]
	}
	var attrs []attr
	for _, key := range t.keys {
		for _, a := range t.known[name] {
			if a.Key == key {
				attrs = append(attrs, a)
			}
		}
	}
	return attrs
}

// print prints the tree.
func (t *tree) print(w io.Writer) error {
	out := bufio.NewWriter(w)
	var walk func(node *api.Tree, depth int)
	walk = func(node *api.Tree, depth int) {
		indent := strings.Repeat("\t", depth)
		fmt.Fprintf(out, "%s* %s\n", indent, t.paint(bright, node.Name))
		for _, a := range t.shown(node.Name) {
			name := t.paint(green, a.Key)
			if subkey := a.Subkey.Or(""); subkey != "" {
				name += "." + t.paint(magenta, subkey)
			}
			fmt.Fprintf(out, "%s| %s = %s\n", indent, name, t.paint(yellow, a.text()))
		}
		for next := range below(node) {
			walk(next, depth+1)
		}
	}
	walk(&t.root, 0)
	return out.Flush()
}

// below ranges over the nodes a level further than node, without those that
// are above it already: a cycle in the database.
func below(node *api.Tree) iter.Seq[*api.Tree] {
	return func(yield func(*api.Tree) bool) {
		for i := range node.Nodes {
			if next := &node.Nodes[i]; !next.Again && !yield(next) {
				return
			}
		}
	}
}

// treeNode is an entity of the tree as JSON has it.
type treeNode struct {
	Name  string     `json:"name"`
	Type  string     `json:"type"`
	Attrs []attrRow  `json:"attrs,omitempty"`
	Next  []treeNode `json:"next,omitempty"`
}

// node returns an entity and what follows it.
func (t *tree) node(told *api.Tree) treeNode {
	node := treeNode{Name: told.Name, Type: told.Type}
	for _, a := range t.shown(told.Name) {
		node.Attrs = append(node.Attrs, rowOf(a))
	}
	for next := range below(told) {
		node.Next = append(node.Next, t.node(next))
	}
	return node
}

// paint puts text in a colour, or returns it as it is.
type paint func(color, text string) string

// Colours of the terminal (ECMA-48, SGR).
const (
	bright  = "\x1b[1m"
	green   = "\x1b[32m"
	yellow  = "\x1b[33m"
	magenta = "\x1b[35m"
	plain   = "\x1b[0m"
)

// palette returns the paint for a terminal with or without colours.
func palette(color bool) paint {
	if !color {
		return func(_, text string) string { return text }
	}
	return func(color, text string) string { return color + text + plain }
}
