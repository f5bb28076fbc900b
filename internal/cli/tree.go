package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
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
			return r.view(cmd, func(ctx context.Context, inv *clusto.Inventory) error {
				root, err := find(ctx, inv, args[0])
				if err != nil {
					return err
				}
				t := &tree{root: root, keys: args[1:], paint: palette(color)}
				if err := t.load(ctx, inv, up, down); err != nil {
					return fmt.Errorf("tree of %s: %w", root.Name, err)
				}
				if asJSON {
					return writeJSON(r.Stdout, t.node(root.ID, nil))
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

// tree is an entity with what is above or below it. Everything is read at once,
// however large the tree.
type tree struct {
	root     *clusto.Object
	keys     []string // of the attributes to show
	entities map[clusto.EntityID]clusto.Entity
	next     map[clusto.EntityID][]clusto.EntityID // from one to those a level further
	attrs    map[clusto.EntityID][]clusto.Attr     // sorted by key
	names    names
	paint    paint
}

// load reads what the tree consists of.
func (t *tree) load(ctx context.Context, inv *clusto.Inventory, up, down bool) error {
	var placed []clusto.Placed
	var err error
	switch {
	case up:
		placed, err = inv.Parents(ctx, []clusto.EntityID{t.root.ID}, true)
	case down:
		placed, err = inv.Contents(ctx, []clusto.EntityID{t.root.ID}, true)
	}
	if err != nil {
		return err
	}
	t.entities = map[clusto.EntityID]clusto.Entity{t.root.ID: t.root.Entity}
	ids := []clusto.EntityID{t.root.ID}
	for _, p := range placed {
		t.entities[p.ID] = p.Entity
		ids = append(ids, p.ID)
	}
	if err := t.loadEdges(ctx, inv, ids, up, down); err != nil {
		return err
	}
	return t.loadAttrs(ctx, inv, ids)
}

// loadEdges reads which entity leads to which, in the order of the relations.
func (t *tree) loadEdges(ctx context.Context, inv *clusto.Inventory, ids []clusto.EntityID, up, down bool) error {
	t.next = map[clusto.EntityID][]clusto.EntityID{}
	m := clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains)}
	switch {
	case up:
		m.RelatedTo = ids
	case down:
		m.Entities = ids
	default:
		return nil
	}
	for a, err := range inv.Attrs(ctx, m) {
		if err != nil {
			return err
		}
		from, to := a.Entity, a.Value.Relation()
		if up {
			from, to = to, from
		}
		if _, known := t.entities[to]; known && !slices.Contains(t.next[from], to) {
			t.next[from] = append(t.next[from], to)
		}
	}
	return nil
}

// loadAttrs reads the attributes to show.
func (t *tree) loadAttrs(ctx context.Context, inv *clusto.Inventory, ids []clusto.EntityID) error {
	t.attrs = map[clusto.EntityID][]clusto.Attr{}
	if len(t.keys) == 0 {
		return nil
	}
	m := clusto.AttrMatch{Entities: ids, Visible: slices.Contains(t.keys, allKeys)}
	if len(t.keys) == 1 && !m.Visible {
		m.Key = clusto.Is(t.keys[0])
	}
	all, err := clusto.Collect(inv.Attrs(ctx, m))
	if err != nil {
		return err
	}
	if t.names, err = inv.Names(ctx, all); err != nil {
		return err
	}
	for _, a := range all {
		t.attrs[a.Entity] = append(t.attrs[a.Entity], a)
	}
	for _, attrs := range t.attrs {
		clusto.SortByKey(attrs)
	}
	return nil
}

// shown returns the attributes of an entity in the order in which they are
// asked for.
func (t *tree) shown(id clusto.EntityID) []clusto.Attr {
	if slices.Contains(t.keys, allKeys) {
		return t.attrs[id]
	}
	var attrs []clusto.Attr
	for _, key := range t.keys {
		for _, a := range t.attrs[id] {
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
	var walk func(id clusto.EntityID, above []clusto.EntityID)
	walk = func(id clusto.EntityID, above []clusto.EntityID) {
		indent := strings.Repeat("\t", len(above))
		fmt.Fprintf(out, "%s* %s\n", indent, t.paint(bright, t.entities[id].Name))
		for _, a := range t.shown(id) {
			name := t.paint(green, a.Key)
			if subkey := a.Subkey.Or(""); subkey != "" {
				name += "." + t.paint(magenta, subkey)
			}
			fmt.Fprintf(out, "%s| %s = %s\n", indent, name, t.paint(yellow, t.names.text(a.Value)))
		}
		for _, next := range t.below(id, above) {
			walk(next, append(above, id))
		}
	}
	walk(t.root.ID, nil)
	return out.Flush()
}

// below returns the entities a level further than id, without those that are
// above it already: a cycle in the database.
func (t *tree) below(id clusto.EntityID, above []clusto.EntityID) []clusto.EntityID {
	return slices.DeleteFunc(slices.Clone(t.next[id]), func(next clusto.EntityID) bool {
		return next == id || slices.Contains(above, next)
	})
}

// treeNode is an entity of the tree as JSON has it.
type treeNode struct {
	Name  string     `json:"name"`
	Type  string     `json:"type"`
	Attrs []attrRow  `json:"attrs,omitempty"`
	Next  []treeNode `json:"next,omitempty"`
}

// node returns an entity and what follows it.
func (t *tree) node(id clusto.EntityID, above []clusto.EntityID) treeNode {
	e := t.entities[id]
	node := treeNode{Name: e.Name, Type: e.Type}
	for _, a := range t.shown(id) {
		node.Attrs = append(node.Attrs, rowOf(a, t.names))
	}
	for _, next := range t.below(id, above) {
		node.Next = append(node.Next, t.node(next, append(above, id)))
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
