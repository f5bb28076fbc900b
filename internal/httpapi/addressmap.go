package httpapi

import (
	"context"
	"net/http"
	"net/netip"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/history"
	"github.com/clusto/clusto/resource"
)

// GetAddressMap answers getAddressMap.
func (s *Server) GetAddressMap(w http.ResponseWriter, r *http.Request, name api.Name, params api.GetAddressMapParams) {
	var within netip.Prefix
	if params.Within != "" {
		var err error
		if within, err = netip.ParsePrefix(params.Within); err != nil {
			s.fail(w, r, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the parameter within cannot be %.60q: it is no network", params.Within),
				"write one such as 10.2.0.0/24"))
			return
		}
	}
	var shown api.AddressMap
	ctx := r.Context()
	err := s.withManager(ctx, name, params.At, func(m *resource.Manager) error {
		drawn, err := m.Map(ctx, within)
		if err != nil {
			return err
		}
		if shown, err = showMap(ctx, m.Inventory(), drawn); err != nil {
			return err
		}
		shown.Version, err = versionNumber(ctx, m.Inventory())
		return err
	})
	s.reply(w, r, shown, err)
}

// showMap returns a map as the API shows it.
func showMap(ctx context.Context, inv *clusto.Inventory, drawn *resource.Map) (api.AddressMap, error) {
	shown := api.AddressMap{Prefix: drawn.Prefix.String(), BlockLength: drawn.BlockLength}
	if drawn.Covers.IsValid() {
		shown.Covers = drawn.Covers.String()
	}
	var ids []clusto.EntityID
	for _, p := range drawn.Pieces {
		for _, a := range p.Holders {
			ids = append(ids, a.Entity)
		}
	}
	known, err := inv.Known(ctx, ids)
	if err != nil {
		return shown, err
	}
	for _, p := range drawn.Pieces {
		shown.Pieces = append(shown.Pieces, showPiece(p, known))
	}
	for _, b := range drawn.Blocks {
		block := api.MapBlock{Prefix: b.Prefix.String(), Used: b.Used, Reserved: b.Reserved}
		for _, n := range b.Networks[:min(len(b.Networks), maxNetworksOfBlock)] {
			block.Managers = append(block.Managers, n.Manager.Name)
		}
		shown.Blocks = append(shown.Blocks, block)
	}
	return shown, nil
}

// maxNetworksOfBlock is how many networks inside a block are named.
const maxNetworksOfBlock = 100

func showPiece(p resource.MapPiece, known names) api.MapPiece {
	shown := api.MapPiece{
		First: p.First.String(), State: api.MapPieceState(p.State), Role: string(p.Role), Reserved: p.Reservation,
	}
	if p.First != p.Last {
		shown.Last = p.Last.String()
	}
	if p.Network != nil {
		shown.Manager = p.Network.Manager.Name
	}
	for _, a := range p.Holders {
		shown.Entities = append(shown.Entities, known.of(a.Entity))
		shown.Since = int64(a.Version)
	}
	return shown
}

// GetAddressHistory answers getAddressHistory.
func (s *Server) GetAddressHistory(w http.ResponseWriter, r *http.Request, address string, params api.GetAddressHistoryParams) {
	addr, err := resource.ParseAddr(address)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	answer := api.AddressHistory{Address: addr.String(), Holdings: []api.Holding{}}
	ctx := r.Context()
	err = s.view(ctx, params.At, func(inv *clusto.Inventory) error {
		h, err := historyOf(ctx, inv.Reader)
		if err != nil {
			return err
		}
		holdings, more, err := history.Holders(ctx, h, addr)
		if err != nil {
			return err
		}
		for _, x := range holdings {
			shown := api.Holding{
				Entity: x.Entity.Name, Type: x.Entity.Type, Driver: x.Entity.Driver,
				Now: x.Now, Manager: x.Manager, OsPort: x.OSPort, From: x.From,
			}
			if x.To.Version != 0 {
				shown.To = &x.To
			}
			answer.Holdings = append(answer.Holdings, shown)
		}
		answer.More = more
		answer.Version, err = versionNumber(ctx, h)
		return err
	})
	s.reply(w, r, answer, err)
}
