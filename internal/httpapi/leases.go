package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/history"
)

// ListLeases answers listLeases.
func (s *Server) ListLeases(w http.ResponseWriter, r *http.Request, params api.ListLeasesParams) {
	ctx := r.Context()
	limit, err := limitOf(r, params.Limit, defaultLimit, maxLimit)
	answer := api.LeaseList{Leases: []api.Lease{}}
	if err == nil {
		answer.Leases, err = s.leases(ctx, params, limit+1)
	}
	if err == nil && len(answer.Leases) > limit {
		answer.Leases, answer.More = answer.Leases[:limit], true
	}
	s.reply(w, r, answer, err)
}

// leases returns the latest sightings that the parameters select.
func (s *Server) leases(ctx context.Context, params api.ListLeasesParams, limit int) ([]api.Lease, error) {
	m, err := s.sightingMatch(ctx, params)
	if err != nil {
		return nil, err
	}
	m.Limit = limit
	seen, err := s.sightings(ctx, m)
	if err != nil {
		return nil, err
	}
	ids := make([]clusto.EntityID, len(seen))
	for i, one := range seen {
		ids[i] = one.Entity
	}
	leases := make([]api.Lease, len(seen))
	err = s.view(ctx, "", func(inv *clusto.Inventory) error {
		known, err := inv.Known(ctx, ids)
		for i := range seen {
			leases[i] = showLease(&seen[i], known)
		}
		return err
	})
	return leases, err
}

// sightingMatch returns what the parameters select.
func (s *Server) sightingMatch(ctx context.Context, p api.ListLeasesParams) (m clusto.SightingMatch, err error) {
	m = clusto.SightingMatch{Family: int(p.Family), Known: p.Only == api.Known, Strangers: p.Only == api.Strangers}
	if err := oneOf("only", string(p.Only), "", string(api.Known), string(api.Strangers)); err != nil {
		return m, err
	}
	if m.Family != 0 && m.Family != 4 && m.Family != 6 {
		return m, clusto.Errorf(clusto.ErrInvalid, "the parameter family cannot be %d: it is 4 or 6", m.Family)
	}
	if p.Since != "" {
		if m.Since, err = history.ParseTime(p.Since, s.options.Now()); err != nil {
			return m, err
		}
	}
	for _, client := range p.Client {
		if mac, err := clusto.ParseMAC(client); err == nil {
			client = mac.String()
		} else if name := strings.ToLower(client); strings.HasPrefix(name, "duid:") || strings.HasPrefix(name, "id:") {
			client = name
		} else {
			return m, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the parameter client cannot be %q", client),
				"write a hardware address, or duid: or id: and hexadecimal digits")
		}
		m.Clients = append(m.Clients, client)
	}
	if err := atMost("entity", p.Entity, maxFilters); err != nil || len(p.Entity) == 0 {
		return m, err
	}
	err = s.view(ctx, "", func(inv *clusto.Inventory) error {
		for _, name := range p.Entity {
			e, err := inv.Entity(ctx, name)
			if err != nil {
				return err
			}
			m.Entities = append(m.Entities, e.ID)
		}
		return nil
	})
	return m, err
}

// sightingsOf returns the sightings that a condition selects.
type sightingsOf func(ctx context.Context, m clusto.SightingMatch) ([]clusto.Sighting, error)

// sightings returns those that the user of a request may see.
func (s *Server) sightings(ctx context.Context, m clusto.SightingMatch) ([]clusto.Sighting, error) {
	keeper, ok := s.options.Store(ctx).(clusto.SightingKeeper)
	if !ok {
		return nil, clusto.Errorf(clusto.ErrUnsupported, "this database does not keep who has asked for an address")
	}
	return keeper.Sightings(ctx, m)
}

// showLease returns a sighting as the API shows it.
func showLease(s *clusto.Sighting, known names) api.Lease {
	shown := api.Lease{
		Client: s.Client, Family: s.Family, Entity: known[s.Entity].Name, At: s.At, Message: s.Message, Outcome: s.Outcome,
		Id: s.ID, Vendor: s.Vendor, Hostname: s.Hostname, Circuit: s.Circuit, Remote: s.Remote, Via: s.Via,
	}
	if s.Addr.IsValid() {
		shown.Address = s.Addr.String()
	}
	if s.Relay.IsValid() {
		shown.Relay = s.Relay.String()
	}
	if !s.Until.IsZero() {
		shown.Until = &s.Until
	}
	return shown
}

// sightings are by what entities have asked for an address.
type sightings struct {
	ask sightingsOf
	of  map[clusto.EntityID][]clusto.Sighting
}

func (p *sightings) load(ctx context.Context, _ *clusto.Inventory, of []*clusto.Object) ([]clusto.EntityID, error) {
	seen, err := p.ask(ctx, clusto.SightingMatch{Entities: idsOf(of)})
	p.of = map[clusto.EntityID][]clusto.Sighting{}
	for _, one := range seen {
		p.of[one.Entity] = append(p.of[one.Entity], one)
	}
	return nil, err
}

func (p *sightings) fill(o *clusto.Object, e *api.Entity, _ names) {
	list := []api.Lease{}
	for _, one := range p.of[o.ID] {
		list = append(list, showLease(&one, names{o.ID: o.Entity}))
	}
	e.Seen = &list
}
