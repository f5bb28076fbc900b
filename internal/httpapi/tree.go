package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// Limits of a tree: of its depth, and of its nodes. What is in several containers
// stands under each of them, so that a small inventory can have a huge tree.
const (
	maxDepth = 1000
	maxNodes = 1_000_000
)

// GetTree answers GET /entities/{name}/tree.
func (s *Server) GetTree(w http.ResponseWriter, r *http.Request, name api.Name, params api.GetTreeParams) {
	var root api.Tree
	var err error
	if params.Depth < 0 || params.Depth > maxDepth {
		err = clusto.Errorf(clusto.ErrInvalid, "the parameter depth cannot be %d: it is from 0, which is all, to %d", params.Depth, maxDepth)
	}
	if err == nil {
		err = s.view(r.Context(), params.At, func(inv *clusto.Inventory) error {
			o, err := inv.Object(r.Context(), name)
			if err != nil {
				return err
			}
			t := &tree{up: params.Up, depth: params.Depth, left: maxNodes}
			if err := t.load(r.Context(), inv, o.Entity); err != nil {
				return err
			}
			root, err = t.node(o.Entity, nil, nil)
			return err
		})
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.answer(w, r, http.StatusOK, root)
}

// tree is an entity with what is in it, or what it is in. All of it is read in
// two questions, however large it is.
type tree struct {
	up     bool
	depth  int // how many levels; 0 is all
	left   int // how many nodes it may have yet
	places *placements
	known  names
}

func (t *tree) load(ctx context.Context, inv *clusto.Inventory, root clusto.Entity) error {
	look := inv.Contents
	if t.up {
		look = inv.Parents
	}
	placed, err := look(ctx, []clusto.EntityID{root.ID}, t.depth != 1)
	if err != nil {
		return err
	}
	t.known = names{root.ID: root}
	ids := []clusto.EntityID{root.ID}
	for _, p := range placed {
		t.known[p.ID] = p.Entity
		if t.depth == 0 || p.Depth < t.depth {
			ids = append(ids, p.ID)
		}
	}
	m := clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), Entities: ids}
	if t.up {
		m.Entities, m.RelatedTo = nil, ids
	}
	rows, err := clusto.Collect(inv.Attrs(ctx, m))
	t.places = newPlacements(rows, inv.Drivers())
	return err
}

// node returns an entity and what follows it. above leads to it from the root.
func (t *tree) node(e clusto.Entity, units []int, above []clusto.EntityID) (api.Tree, error) {
	node := api.Tree{Name: e.Name, Type: e.Type, Driver: e.Driver, RackUnits: units}
	if t.left--; t.left < 0 {
		return node, clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "the tree has more than %d nodes", maxNodes), "ask for fewer levels with depth")
	}
	if slices.Contains(above, e.ID) {
		node.Again = true
		return node, nil
	}
	if t.depth > 0 && len(above) == t.depth {
		return node, nil
	}
	above = append(above, e.ID)
	for _, where := range t.steps(e.ID) {
		id := where.content
		if t.up {
			id = where.container
		}
		next, alive := t.known[id]
		if !alive {
			continue
		}
		below, err := t.node(next, t.places.units[where], above)
		if err != nil {
			return node, err
		}
		node.Nodes = append(node.Nodes, below)
	}
	return node, nil
}

// steps returns the ways on from an entity, each once, in the order of their rows.
func (t *tree) steps(id clusto.EntityID) []place {
	rows := t.places.below[id]
	if t.up {
		rows = t.places.above[id]
	}
	var steps []place
	seen := make(map[place]bool, len(rows))
	for _, a := range rows {
		if where := (place{a.Entity, a.Value.Relation()}); !seen[where] {
			seen[where] = true
			steps = append(steps, where)
		}
	}
	return steps
}
