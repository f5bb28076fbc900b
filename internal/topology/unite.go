package topology

// unite takes what was deleted and is there again under the same name, with another
// ID, for one and the same.
func (e *explorer) unite() {
	if len(e.looks) == 1 {
		return
	}
	g := e.graph
	added := map[string]int{}
	for i, n := range g.Nodes {
		if n.Change == Added {
			added[n.Name] = i
		}
	}
	same := map[int]int{}
	for i, n := range g.Nodes {
		if j, again := added[n.Name]; again && n.Change == Removed {
			same[i] = j
			g.Nodes[j].Change = Same
			g.Nodes[j].Distance = min(g.Nodes[j].Distance, n.Distance)
		}
	}
	place, kept := make([]int, len(g.Nodes)), []Node{}
	for i, n := range g.Nodes {
		if _, again := same[i]; !again {
			place[i] = len(kept)
			kept = append(kept, n)
		}
	}
	for i, j := range same {
		place[i] = place[j]
	}
	g.Nodes = kept
	g.joinCables(place)
}

// joinCables gives the cables the new places of their nodes; two that are then one
// were there all the time.
func (g *Graph) joinCables(place []int) {
	type key struct{ a, b End }
	at := map[key]int{}
	cables := g.Cables[:0]
	for _, c := range g.Cables {
		c.From.Node, c.To.Node = place[c.From.Node], place[c.To.Node]
		if c.To.Node < c.From.Node {
			c.From, c.To = c.To, c.From
		}
		k := key{c.From, c.To}
		if i, twice := at[k]; twice {
			if cables[i].Change != c.Change {
				cables[i].Change = Same
			}
			continue
		}
		at[k] = len(cables)
		cables = append(cables, c)
	}
	g.Cables = cables
}
