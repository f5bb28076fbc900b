package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/resource"
)

// ListManagers answers listManagers.
func (s *Server) ListManagers(w http.ResponseWriter, r *http.Request, params api.ListManagersParams) {
	answer := api.ManagerList{Managers: []api.Manager{}}
	ctx := r.Context()
	err := s.viewDriven(ctx, params.At, func(inv *clusto.Inventory) error {
		found, err := managers(ctx, inv, params.Driver)
		if err != nil {
			return err
		}
		properties, err := managerProperties(ctx, inv, found)
		if err != nil {
			return err
		}
		usages := make([]*resource.Usage, len(found))
		if params.Usage {
			if usages, err = resource.Usages(ctx, inv, found); err != nil {
				return err
			}
		}
		for i, m := range found {
			shown, err := showManager(m, properties[i])
			if err != nil {
				return err
			}
			if u := usages[i]; u != nil {
				shown.Usage = &api.Usage{Size: u.Size, Used: u.Used, Reserved: u.Reserved, Free: u.Free}
			}
			answer.Managers = append(answer.Managers, shown)
		}
		answer.Version, err = versionNumber(ctx, inv)
		return err
	})
	s.reply(w, r, answer, err)
}

// managers returns the resource managers, of some drivers or all, by name.
func managers(ctx context.Context, inv *clusto.Inventory, drivers []string) ([]*resource.Manager, error) {
	objects, err := inv.FindObjects(ctx, clusto.Match{Types: []string{"resourcemanager"}, Drivers: drivers})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(objects, func(a, b *clusto.Object) int { return strings.Compare(a.Name, b.Name) })
	var found []*resource.Manager
	for _, o := range objects {
		m, err := resource.Of(o)
		if errors.Is(err, clusto.ErrInvalid) {
			continue // its driver is not loaded
		}
		if err != nil {
			return nil, err
		}
		found = append(found, m)
	}
	return found, nil
}

// managerProperties returns the properties of each manager, in one question.
func managerProperties(ctx context.Context, inv *clusto.Inventory, of []*resource.Manager) ([][]clusto.Attr, error) {
	properties := make([][]clusto.Attr, len(of))
	if len(of) == 0 {
		return properties, nil
	}
	index := map[clusto.EntityID]int{}
	m := clusto.AttrMatch{Subkey: clusto.Is(clusto.SubkeyProperty)}
	for i, manager := range of {
		index[manager.ID] = i
		m.Entities = append(m.Entities, manager.ID)
	}
	for a, err := range inv.Attrs(ctx, m) {
		if err != nil {
			return nil, err
		}
		i := index[a.Entity]
		properties[i] = append(properties[i], a)
	}
	return properties, nil
}

// showManager returns a manager as the API shows it.
func showManager(m *resource.Manager, properties []clusto.Attr) (api.Manager, error) {
	shown := api.Manager{Name: m.Name, Driver: m.Entity.Driver, Properties: map[string]api.Argument{}}
	for _, a := range properties {
		text, err := json.Marshal(plainValue(a.Value))
		if err != nil {
			return shown, err
		}
		shown.Properties[a.Key] = text
		if a.Key == resource.PropertyPolicy {
			shown.Policy = a.Value.Text()
		}
	}
	network, has, err := m.NetworkIn(properties)
	if err != nil && !errors.Is(err, clusto.ErrInvalid) || !has {
		return shown, err
	}
	if err != nil { // what it has cannot be understood: it is no network
		return shown, nil
	}
	shown.Network = &api.Network{Prefix: network.Prefix.String(), Netmask: network.Netmask()}
	if network.Gateway.IsValid() {
		shown.Network.Gateway = network.Gateway.String()
	}
	if broadcast, ok := network.Broadcast(); ok {
		shown.Network.Broadcast = broadcast.String()
	}
	return shown, nil
}

// plainValue returns a value as JSON has it; it must not be a relation.
func plainValue(v clusto.Value) any {
	switch v.Kind() {
	case clusto.KindInt:
		return v.Int64()
	case clusto.KindJSON:
		if text := []byte(v.Str()); json.Valid(text) {
			return json.RawMessage(text)
		}
	case "":
		return nil
	}
	return strings.ToValidUTF8(v.Text(), "�")
}

// usageOf returns how much of a manager is in use, or nil if that cannot be
// counted.
func usageOf(ctx context.Context, m *resource.Manager) (*api.Usage, error) {
	u, err := m.Usage(ctx)
	if errors.Is(err, clusto.ErrUnsupported) || errors.Is(err, clusto.ErrInvalid) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &api.Usage{Size: u.Size, Used: u.Used, Reserved: u.Reserved, Free: u.Free}, nil
}

// withManager calls fn with the manager called name.
func (s *Server) withManager(ctx context.Context, name, at string, fn func(*resource.Manager) error) error {
	return s.viewDriven(ctx, at, func(inv *clusto.Inventory) error {
		o, err := inv.Object(ctx, name)
		if err != nil {
			return err
		}
		m, err := resource.Of(o)
		if err != nil {
			return err
		}
		return fn(m)
	})
}

// GetManager answers getManager.
func (s *Server) GetManager(w http.ResponseWriter, r *http.Request, name api.Name, params api.GetManagerParams) {
	var shown api.Manager
	ctx := r.Context()
	err := s.withManager(ctx, name, params.At, func(m *resource.Manager) error {
		properties, err := managerProperties(ctx, m.Inventory(), []*resource.Manager{m})
		if err != nil {
			return err
		}
		if shown, err = showManager(m, properties[0]); err != nil {
			return err
		}
		if shown.Usage, err = usageOf(ctx, m); err != nil || shown.Usage == nil {
			return err
		}
		reserved, err := m.Reservations(ctx)
		for _, x := range reserved {
			shown.Reservations = append(shown.Reservations, api.Reservation{
				Text: x.Text, First: resourceText(x.First), Last: resourceText(x.Last), Reason: x.Reason,
			})
		}
		return err
	})
	s.reply(w, r, shown, err)
}

// resourceText returns a resource as people write it.
func resourceText(v clusto.Value) string {
	if addr, err := resource.ValueAddr(v); err == nil {
		return addr.String()
	}
	return v.Text()
}

// defaultFreeRanges is how many free ranges are listed at once unless asked for
// another number.
const defaultFreeRanges = 100

// ListFreeRanges answers listFreeRanges.
func (s *Server) ListFreeRanges(w http.ResponseWriter, r *http.Request, name api.Name, params api.ListFreeRangesParams) {
	answer := api.FreeRangeList{Ranges: []api.FreeRange{}}
	limit, err := limitOf(r, params.Limit, defaultFreeRanges, maxLimit)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	ctx := r.Context()
	err = s.withManager(ctx, name, params.At, func(m *resource.Manager) error {
		var from any
		if params.From != "" {
			from = params.From
		}
		ranges, more, err := m.FreeRanges(ctx, from, limit)
		if err != nil {
			return err
		}
		for _, f := range ranges {
			answer.Ranges = append(answer.Ranges, api.FreeRange{First: f.First, Last: f.Last, Size: f.Size})
		}
		answer.More = more
		answer.Version, err = versionNumber(ctx, m.Inventory())
		return err
	})
	s.reply(w, r, answer, err)
}

// ListAllocations answers listAllocations. A cursor is the entity and the number of
// the last one of the page before.
func (s *Server) ListAllocations(w http.ResponseWriter, r *http.Request, name api.Name, params api.ListAllocationsParams) {
	answer := api.AllocationPage{Allocations: []api.Allocation{}}
	limit, err := limitOf(r, params.Limit, defaultLimit, maxLimit)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	after, err := parseAllocation(params.Cursor)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	ctx := r.Context()
	err = s.withManager(ctx, name, params.At, func(m *resource.Manager) error {
		var wanted any
		if params.Resource != "" {
			wanted = params.Resource
		}
		page, more, err := m.Allocations(ctx, wanted, after, limit)
		if err != nil {
			return err
		}
		if more {
			last := page[len(page)-1]
			answer.Next = strconv.FormatInt(int64(last.Entity), 10) + "." + strconv.FormatInt(last.Number, 10)
		}
		if err := showAllocations(ctx, m.Inventory(), page, &answer); err != nil {
			return err
		}
		answer.Version, err = versionNumber(ctx, m.Inventory())
		return err
	})
	s.reply(w, r, answer, err)
}

// parseAllocation returns what a cursor of listAllocations says.
func parseAllocation(cursor string) (resource.Allocation, error) {
	if cursor == "" {
		return resource.Allocation{}, nil
	}
	entity, number, _ := strings.Cut(cursor, ".")
	id, err := strconv.ParseInt(entity, 10, 64)
	n, errNumber := strconv.ParseInt(number, 10, 64)
	if errors.Join(err, errNumber) != nil {
		return resource.Allocation{}, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the cursor %.40q is none", cursor), "use the next of the page before")
	}
	return resource.Allocation{Entity: clusto.EntityID(id), Number: n}, nil
}

// showAllocations adds allocations to an answer, with the names of who has them.
func showAllocations(ctx context.Context, inv *clusto.Inventory, page []resource.Allocation, answer *api.AllocationPage) error {
	var ids []clusto.EntityID
	for _, a := range page {
		ids = append(ids, a.Entity)
	}
	entities, err := inv.Entities(ctx, ids...)
	if err != nil {
		return err
	}
	for i, a := range page {
		answer.Allocations = append(answer.Allocations, api.Allocation{
			Entity: entities[i].Name, Number: a.Number, Resource: a.Text, OsPort: a.OSPort,
		})
	}
	return nil
}

// GetAddress answers getAddress.
func (s *Server) GetAddress(w http.ResponseWriter, r *http.Request, address string, params api.GetAddressParams) {
	addr, err := resource.ParseAddr(address)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	answer := api.AddressInfo{Address: addr.String(), Managers: []string{}, Entities: []api.EntityRef{}}
	ctx := r.Context()
	err = s.viewDriven(ctx, params.At, func(inv *clusto.Inventory) error {
		found, err := resource.ManagersFor(ctx, inv, addr)
		if err != nil {
			return err
		}
		for _, m := range found {
			answer.Managers = append(answer.Managers, m.Name)
			x, reserved, err := m.ReservationOf(ctx, addr)
			if err != nil {
				return err
			}
			if reserved && answer.Reserved == "" {
				answer.Reserved = x.String()
			}
		}
		devices, err := resource.Devices(ctx, inv, addr)
		if err != nil {
			return err
		}
		for _, d := range devices {
			answer.Entities = append(answer.Entities, api.EntityRef{Name: d.Name, Type: d.Type, Driver: d.Entity.Driver})
		}
		answer.Version, err = versionNumber(ctx, inv)
		return err
	})
	s.reply(w, r, answer, err)
}
