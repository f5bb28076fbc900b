package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/topology"
)

// Limits of a topology.
const (
	defaultHops  = 2
	maxHops      = 64
	defaultNodes = 1000
)

// GetTopology answers getTopology. What is not compared is read in one transaction.
// Of two versions each question is a transaction of its own, on a version that does
// not change.
func (s *Server) GetTopology(w http.ResponseWriter, r *http.Request, params api.GetTopologyParams) {
	limit, err := limitOf(r, params.Limit, defaultNodes, maxLimit)
	o := topology.Options{Hops: defaultHops, Limit: limit, Types: params.PortType}
	if r.URL.Query().Has("hops") {
		o.Hops = params.Hops
	}
	if err == nil && (o.Hops < 1 || o.Hops > maxHops) {
		err = clusto.Errorf(clusto.ErrInvalid, "the parameter hops cannot be %d: it is from 1 to %d", o.Hops, maxHops)
	}
	if err == nil {
		err = s.options.Refresh()
	}
	var answer api.Topology
	switch {
	case err != nil:
	case params.Compare == "":
		answer, err = s.explore(r.Context(), params, o)
	default:
		answer, err = s.compare(r.Context(), params, o)
	}
	s.reply(w, r, answer, err)
}

// explore answers with the topology of one version.
func (s *Server) explore(ctx context.Context, params api.GetTopologyParams, o topology.Options) (answer api.Topology, err error) {
	err = s.view(ctx, params.At, func(inv *clusto.Inventory) error {
		state := func(_ context.Context, ask func(*clusto.Inventory) error) error { return ask(inv) }
		g, err := topology.Explore(ctx, params.From, state, nil, o)
		if err != nil {
			return err
		}
		answer = shownTopology(g)
		answer.Version, err = versionNumber(ctx, inv)
		return err
	})
	return answer, err
}

// compare answers with the topology of two versions.
func (s *Server) compare(ctx context.Context, params api.GetTopologyParams, o topology.Options) (api.Topology, error) {
	var before, now clusto.Version
	err := s.past(ctx, func(h clusto.History) (err error) {
		if now, err = s.numberAt(ctx, h, params.At); err != nil {
			return err
		}
		before, err = s.numberAt(ctx, h, params.Compare)
		return err
	})
	if err != nil {
		return api.Topology{}, err
	}
	g, err := topology.Explore(ctx, params.From, s.state(now), s.state(before), o)
	if err != nil {
		return api.Topology{}, err
	}
	answer := shownTopology(g)
	answer.Version, answer.Compared = int64(now), int64(before)
	return answer, nil
}

// errLater says that the newest version is not the one that is wanted.
var errLater = errors.New("there is a newer version")

// state returns what asks about one version: from the live rows, which are in memory,
// as long as it is the newest.
func (s *Server) state(v clusto.Version) topology.State {
	return func(ctx context.Context, ask func(*clusto.Inventory) error) error {
		store := s.options.Store(ctx)
		show := func(r clusto.Reader) error { return ask(clusto.NewInventory(r, s.options.Drivers)) }
		err := store.View(ctx, clusto.Live, func(r clusto.Reader) error {
			newest, err := r.Version(ctx)
			if err != nil {
				return err
			}
			if newest != v {
				return errLater
			}
			return show(r)
		})
		if errors.Is(err, errLater) {
			return store.View(ctx, v, show)
		}
		return err
	}
}

// shownTopology returns a graph as the API has it.
func shownTopology(g *topology.Graph) api.Topology {
	t := api.Topology{Nodes: make([]api.TopologyNode, len(g.Nodes)), Cables: make([]api.TopologyCable, len(g.Cables)), More: g.More}
	for i, n := range g.Nodes {
		t.Nodes[i] = api.TopologyNode{
			Name: n.Name, Type: n.Type, Driver: n.Driver, Rack: n.Rack, Distance: n.Distance, Beyond: n.Beyond, Change: api.TopologyChange(n.Change),
		}
	}
	for i, c := range g.Cables {
		t.Cables[i] = api.TopologyCable{From: shownEnd(c.From), To: shownEnd(c.To), Change: api.TopologyChange(c.Change)}
	}
	return t
}

func shownEnd(e topology.End) api.TopologyEnd {
	return api.TopologyEnd{Node: e.Node, Type: e.Type, Port: e.Port, Outlet: e.Outlet}
}
