package httpapi

import (
	"context"
	"net/http"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/resource"
)

// ListAddresses answers GET /entities/{name}/addresses.
func (s *Server) ListAddresses(w http.ResponseWriter, r *http.Request, name api.Name, params api.ListAddressesParams) {
	var list api.AddressList
	err := s.view(r.Context(), params.At, func(inv *clusto.Inventory) error {
		o, version, err := shownEntity(r.Context(), inv, name)
		if err != nil {
			return err
		}
		shown, err := partOf(r.Context(), o, &addresses{})
		if err == nil {
			list = api.AddressList{Version: int64(version), Addresses: *shown.Addresses}
		}
		return err
	})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.answer(w, r, http.StatusOK, list)
}

// held names a resource that an entity has.
type held struct {
	entity clusto.EntityID
	key    string
	number int64
}

// heldBy returns to which resource an attribute belongs, and what it says about
// it: "" for the resource itself. An attribute without number belongs to none.
func heldBy(a clusto.Attr) (of held, subkey string, ok bool) {
	number, ok := a.Number.Get()
	return held{a.Entity, a.Key, number}, a.Subkey.Or(""), ok
}

// addresses are the addresses that entities have, from managers or not.
type addresses struct {
	rows  map[clusto.EntityID][]clusto.Attr // that hold an address
	about map[held]map[string]clusto.Value  // what stands beside it, by subkey
}

func (p *addresses) load(ctx context.Context, inv *clusto.Inventory, of []*clusto.Object) ([]clusto.EntityID, error) {
	m := clusto.AttrMatch{Entities: idsOf(of), Key: clusto.Is(resource.KeyIP), Number: clusto.IsPresent[int64]()}
	attrs, err := clusto.Collect(inv.Attrs(ctx, m))
	if err != nil {
		return nil, err
	}
	p.rows, p.about = map[clusto.EntityID][]clusto.Attr{}, map[held]map[string]clusto.Value{}
	for _, a := range attrs {
		where, subkey, _ := heldBy(a)
		if subkey == "" {
			p.rows[a.Entity] = append(p.rows[a.Entity], a)
			continue
		}
		if p.about[where] == nil {
			p.about[where] = map[string]clusto.Value{}
		}
		p.about[where][subkey] = a.Value
	}
	return relations(attrs), nil
}

func (p *addresses) fill(o *clusto.Object, e *api.Entity, n names) {
	list := []api.Address{}
	for _, a := range p.rows[o.ID] {
		addr, err := resource.ValueAddr(a.Value)
		if err != nil {
			continue // only a hand can have written that
		}
		where, _, _ := heldBy(a)
		about := p.about[where]
		shown := api.Address{
			Address: addr.String(), Number: &where.number,
			Cidr: about[resource.SubkeyCIDR].Str(), OsPort: about[resource.SubkeyOSPort].Str(),
		}
		if manager := about[resource.SubkeyManager].Relation(); manager != 0 {
			shown.Manager = n.of(manager)
		}
		list = append(list, shown)
	}
	e.Addresses = &list
}

// resources are what entities have from managers, addresses too.
type resources struct {
	rows     map[clusto.EntityID][]clusto.Attr
	managers map[held]clusto.EntityID
}

// load looks for the relations to managers first. What they say is held by whom
// is then asked for among what is visible: containers have hidden attributes by
// the thousand.
func (p *resources) load(ctx context.Context, inv *clusto.Inventory, of []*clusto.Object) ([]clusto.EntityID, error) {
	links, err := clusto.Collect(inv.Attrs(ctx, clusto.AttrMatch{
		Entities: idsOf(of), Number: clusto.IsPresent[int64](), Subkey: clusto.Is(resource.SubkeyManager), Visible: true,
	}))
	if err != nil {
		return nil, err
	}
	p.rows, p.managers = map[clusto.EntityID][]clusto.Attr{}, map[held]clusto.EntityID{}
	holders := map[clusto.EntityID]bool{}
	for _, a := range links {
		if where, _, ok := heldBy(a); ok && a.Value.Relation() != 0 {
			p.managers[where] = a.Value.Relation()
			holders[a.Entity] = true
		}
	}
	m := clusto.AttrMatch{Entities: []clusto.EntityID{}, Number: clusto.IsPresent[int64](), Subkey: clusto.IsAbsent[string](), Visible: true}
	for _, o := range of {
		if holders[o.ID] {
			m.Entities = append(m.Entities, o.ID)
		}
	}
	attrs, err := clusto.Collect(inv.Attrs(ctx, m))
	if err != nil {
		return nil, err
	}
	for _, a := range attrs {
		if where, _, _ := heldBy(a); p.managers[where] != 0 {
			p.rows[a.Entity] = append(p.rows[a.Entity], a)
		}
	}
	return append(relations(links), relations(attrs)...), nil
}

func (p *resources) fill(o *clusto.Object, e *api.Entity, n names) {
	list := []api.Resource{}
	for _, a := range p.rows[o.ID] {
		where, _, _ := heldBy(a)
		list = append(list, api.Resource{Manager: n.of(p.managers[where]), Resource: n.resource(a), Number: where.number})
	}
	e.Resources = &list
}

// resource returns what an attribute holds for people: addresses are stored as
// numbers.
func (n names) resource(a clusto.Attr) string {
	if a.Key == resource.KeyIP {
		if addr, err := resource.ValueAddr(a.Value); err == nil {
			return addr.String()
		}
	}
	if id := a.Value.Relation(); id != 0 {
		return n.of(id)
	}
	return a.Value.Text()
}
