package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func topologyCommand(r *run) *cobra.Command {
	want := api.GetTopologyParams{}
	var asJSON, asDot bool
	cmd := &cobra.Command{
		Use:   "topology NAME",
		Short: "show what is connected to something, hop by hop",
		Long: `Follows the cables of a thing to its neighbours, and those of the neighbours, and so
on, and shows them as a tree: each thing stands once, under the nearest, and other
cables between things that are shown are listed below. With --compare cables of both
versions are followed; + is new, - is gone.`,
		Example: `  clusto topology web7
  clusto topology sw-01 --hops 3 --type nic-eth
  clusto topology sw-01 --compare yesterday
  clusto topology sw-01 --dot | dot -Tsvg >sw-01.svg`,
		Annotations: exits(databaseExits, pastExits, []exit{{statusNotFound, "there is no entity of that name"}}),
		Args:        oneArg("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if asJSON && asDot {
				return usagef("the answer is either JSON or a graph for dot, not both")
			}
			want.From, want.At, want.Compare = args[0], atText(cmd), moment(want.Compare)
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				t, err := c.Topology(ctx, want)
				switch {
				case err != nil:
					return err
				case asJSON:
					return writeJSON(r.Stdout, t)
				case asDot:
					return writeDot(r.Stdout, t)
				}
				if err := writeTopology(r.Stdout, t); err != nil || !t.More {
					return err
				}
				_, err = fmt.Fprintf(r.Stderr, "there is more within %d hops: --limit shows more than %d things\n", want.Hops, want.Limit)
				return err
			})
		},
		ValidArgsFunction: r.completeEntities(clusto.Match{}, 1),
	}
	atFlag(cmd)
	flags := cmd.Flags()
	flags.IntVar(&want.Hops, "hops", 2, "how many cables away at most")
	flags.StringSliceVar(&want.PortType, "type", nil, "only cables of this type, such as nic-eth; may be repeated")
	flags.IntVar(&want.Limit, "limit", 1000, "how many things at most, the nearest first")
	flags.StringVar(&want.Compare, "compare", "", "compare with this version or time")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	flags.BoolVar(&asDot, "dot", false, "print a graph for Graphviz")
	return cmd
}

// writeTopology writes t as a tree.
func writeTopology(w io.Writer, t *api.Topology) error {
	out := bufio.NewWriter(w)
	below := make([][]api.TopologyCable, len(t.Nodes))
	placed := make([]bool, len(t.Nodes))
	var others []api.TopologyCable
	for _, c := range t.Cables { // by the nearer end
		near, far := c.From.Node, c.To.Node
		if !placed[far] && t.Nodes[far].Distance > t.Nodes[near].Distance {
			placed[far] = true
			below[near] = append(below[near], c)
		} else {
			others = append(others, c)
		}
	}
	var walk func(node int, indent string)
	walk = func(node int, indent string) {
		for i, c := range below[node] {
			branch, next := "├─ ", "│  "
			if i == len(below[node])-1 {
				branch, next = "└─ ", "   "
			}
			fmt.Fprintf(out, "%s%s%s%s — %s %s\n", indent, branch, changeMark(c.Change), endText(c.From), endText(c.To), nodeText(t.Nodes[c.To.Node]))
			walk(c.To.Node, indent+next)
		}
	}
	fmt.Fprintln(out, nodeText(t.Nodes[0]))
	walk(0, "")
	if len(others) > 0 {
		fmt.Fprintln(out, "\nother cables:")
	}
	for _, c := range others {
		from, to := t.Nodes[c.From.Node].Name, t.Nodes[c.To.Node].Name
		fmt.Fprintf(out, "%s%s %s — %s %s\n", changeMark(c.Change), from, endText(c.From), to, endText(c.To))
	}
	return out.Flush()
}

// changeMark marks what is new or gone.
func changeMark(c api.TopologyChange) string {
	switch c {
	case api.TopologyAdded:
		return "+ "
	case api.TopologyRemoved:
		return "- "
	}
	return ""
}

func endText(e api.TopologyEnd) string {
	if e.Outlet != "" {
		return e.Type + "/" + e.Outlet
	}
	if e.Port == 0 {
		return e.Type + "/?"
	}
	return e.Type + "/" + strconv.Itoa(e.Port)
}

// nodeText names a thing with what it is and where, and says that more follows.
func nodeText(n api.TopologyNode) string {
	text := changeMark(n.Change) + n.Name + " (" + n.Type
	if n.Rack != "" {
		text += " in " + n.Rack
	}
	text += ")"
	if n.Beyond > 0 {
		text += fmt.Sprintf(" … %d more", n.Beyond)
	}
	return text
}

// dotColor returns what Graphviz calls the colour of what changed.
func dotColor(c api.TopologyChange) string {
	switch c {
	case api.TopologyAdded:
		return ", color=darkgreen"
	case api.TopologyRemoved:
		return ", color=red"
	}
	return ""
}

// writeDot writes t in the language of Graphviz.
func writeDot(w io.Writer, t *api.Topology) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "graph clusto {\n  node [shape=box];")
	for i, n := range t.Nodes {
		fmt.Fprintf(out, "  n%d [label=%s%s];\n", i, dotText(n.Name), dotColor(n.Change))
	}
	for _, c := range t.Cables {
		fmt.Fprintf(out, "  n%d -- n%d [taillabel=%s, headlabel=%s%s];\n",
			c.From.Node, c.To.Node, dotText(endText(c.From)), dotText(endText(c.To)), dotColor(c.Change))
	}
	fmt.Fprintln(out, "}")
	return out.Flush()
}

// dotText quotes a text as Graphviz has it, where only quotes and the backslash mean
// something.
func dotText(text string) string {
	quoted := []byte{'"'}
	for i := range len(text) {
		if text[i] == '"' || text[i] == '\\' {
			quoted = append(quoted, '\\')
		}
		quoted = append(quoted, text[i])
	}
	return string(append(quoted, '"'))
}
