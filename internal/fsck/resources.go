package fsck

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// slot is the place of one resource: a key and a number of an entity.
type slot struct {
	entity clusto.EntityID
	key    string
	number int64
}

// held is what the rows of a slot say.
type held struct {
	value    clusto.Value
	values   int // rows of a resource
	manager  clusto.EntityID
	managers int // rows of a manager that lives
	text     clusto.Value
	textRows []clusto.AttrID // of the address as text
}

// resources looks for resources that their manager does not know, or that two
// have.
type resources struct {
	settings
	keys  map[string]bool
	slots map[slot]*held
}

func newResources(w *world) looker {
	return &resources{settings: newSettings(w), keys: w.resourceKeys(), slots: map[slot]*held{}}
}

func (r *resources) see(a *clusto.StoredAttr) {
	r.settings.see(a)
	n, numbered := a.Number.Get()
	if !numbered || !r.keys[a.Key] || !r.lives(a.Entity) {
		return
	}
	subkey, beside := a.Subkey.Get()
	if beside && subkey != resource.SubkeyManager && subkey != resource.SubkeyIPString {
		return
	}
	s := slot{a.Entity, a.Key, n}
	h := r.slots[s]
	if h == nil {
		h = &held{}
		r.slots[s] = h
	}
	switch {
	case !beside:
		h.value = a.Value
		h.values++
	case subkey == resource.SubkeyIPString:
		h.text = a.Value
		h.textRows = append(h.textRows, a.ID)
	case r.lives(a.Value.Relation()):
		h.manager = a.Value.Relation()
		h.managers++
	}
}

func (r *resources) judge() {
	all := make([]slot, 0, len(r.slots))
	for s := range r.slots {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b slot) int {
		return cmp.Or(cmp.Compare(a.entity, b.entity), cmp.Compare(a.key, b.key), cmp.Compare(a.number, b.number))
	})
	networks := r.networks()
	byManager := make(map[clusto.EntityID]resource.Network, len(networks))
	for _, n := range networks {
		byManager[n.Manager.ID] = n
	}
	for _, s := range all {
		r.judgeSlot(s, networks, byManager)
	}
	r.judgeOwners(all)
}

// judgeSlot reports what is wrong with one resource by itself.
func (r *resources) judgeSlot(s slot, networks []resource.Network, byManager map[clusto.EntityID]resource.Network) {
	h := r.slots[s]
	what := fmt.Sprintf("%s: %s#%d", r.name(s.entity), s.key, s.number)
	switch {
	case h.values == 0 && h.managers > 0:
		r.report(Error, ids{s.entity, h.manager}, fmt.Sprintf("%s is said to be from %s, and there is no resource", what, r.name(h.manager)),
			"find out what it was and allocate it again, or delete the attributes with that number", nil)
	case h.values == 0:
	case h.values > 1:
		r.report(Error, ids{s.entity}, fmt.Sprintf("%s has %d resources under one number", what, h.values),
			"keep one of them; allocate the others again", nil)
	case h.managers > 1:
		r.report(Error, ids{s.entity}, fmt.Sprintf("%s has %d managers", what, h.managers), "keep the one that it is from", nil)
	case h.managers == 0:
		r.unmanaged(s, h, what, networks)
	default:
		r.managed(s, h, what, byManager)
	}
}

// unmanaged reports a resource that has no manager. An address can be from one
// manager only.
func (r *resources) unmanaged(s slot, h *held, what string, networks []resource.Network) {
	problem := fmt.Sprintf("%s, %s, is from no manager", what, r.resource(s.key, h.value))
	addr, err := resource.ValueAddr(h.value)
	if s.key != resource.KeyIP || err != nil {
		r.report(Warning, ids{s.entity}, problem, "deallocate it, or say which manager it is from in its attribute manager", nil)
		return
	}
	var best ids
	bits := -1
	for _, n := range networks {
		switch {
		case !n.Contains(addr) || n.Prefix.Bits() < bits:
		case n.Prefix.Bits() == bits:
			best = append(best, n.Manager.ID)
		default:
			best, bits = ids{n.Manager.ID}, n.Prefix.Bits()
		}
	}
	if len(best) != 1 {
		r.report(Warning, ids{s.entity}, problem, "make a manager for its network, or say which one it is from in its attribute manager", nil)
		return
	}
	r.report(Warning, ids{s.entity, best[0]}, problem, fmt.Sprintf("makes %s its manager, which it belongs to", r.name(best[0])),
		&mending{add: []clusto.Attr{r.beside(s, resource.SubkeyManager, clusto.RelationTo(best[0]))}})
}

func (r *resources) beside(s slot, subkey string, value clusto.Value) clusto.Attr {
	return clusto.Attr{Entity: s.entity, Key: s.key, Number: clusto.Num(s.number), Subkey: clusto.Sub(subkey), Value: value}
}

// managed reports a resource that does not fit its manager.
func (r *resources) managed(s slot, h *held, what string, byManager map[clusto.EntityID]resource.Network) {
	d := r.driver(h.manager)
	who := ids{s.entity, h.manager}
	switch {
	case d == nil:
		return // drivers that are not known are another check's
	case !d.Is(resource.DriverAny):
		r.report(Error, who, fmt.Sprintf("%s is from %s, which is no resource manager", what, r.name(h.manager)),
			"say which manager it is from in its attribute manager", nil)
		return
	case resource.Key(d) != s.key:
		r.report(Error, who, fmt.Sprintf("%s is from %s, which hands out what is called %s", what, r.name(h.manager), resource.Key(d)),
			"say which manager it is from in its attribute manager", nil)
		return
	case s.key == resource.KeyIP:
		r.address(s, h, what, byManager)
		return
	}
	if limit, ok := r.maxNumber(h.manager); ok && d.Is(resource.DriverNum) && h.value.Int64() > limit {
		r.report(Warning, who, fmt.Sprintf("%s is %s, and %s hands out numbers up to %d", what, r.resource(s.key, h.value), r.name(h.manager), limit),
			"raise the property maxnum, or deallocate it", nil)
	}
}

// maxNumber returns the highest number that a manager of numbers has.
func (r *resources) maxNumber(manager clusto.EntityID) (int64, bool) {
	for _, a := range r.properties[manager] {
		if a.Key == "maxnum" && a.Value.Kind() == clusto.KindInt {
			return a.Value.Int64(), true
		}
	}
	return 0, false
}

// address reports an address that is not its manager's, or that is written
// differently as number and as text.
func (r *resources) address(s slot, h *held, what string, byManager map[clusto.EntityID]resource.Network) {
	who := ids{s.entity, h.manager}
	addr, err := resource.ValueAddr(h.value)
	if err != nil {
		r.report(Error, who, fmt.Sprintf("%s is no address: %v", what, err), "deallocate it, and allocate the right one", nil)
		return
	}
	n, ok := byManager[h.manager]
	if ok && !n.Contains(addr) {
		r.report(Error, who, fmt.Sprintf("%s, %s, is from %s, whose network is %s", what, addr, r.name(h.manager), n.Prefix),
			"deallocate it and allocate one of the network, or say which manager it is from in its attribute manager", nil)
	}
	text, err := resource.ParseAddr(h.text.Str())
	if err == nil && text == addr && len(h.textRows) == 1 {
		return
	}
	problem := fmt.Sprintf("%s is %s, and its ipstring is %s", what, addr, r.text(h.text))
	if len(h.textRows) > 1 {
		problem = fmt.Sprintf("%s is %s, and it has %d ipstrings", what, addr, len(h.textRows))
	}
	if !ok || !n.Contains(addr) {
		r.report(Error, who, problem, "find out which is true; managers go by the number", nil)
		return
	}
	r.report(Error, who, problem, fmt.Sprintf("writes %s, by which the manager goes", addr), &mending{
		end: h.textRows, add: []clusto.Attr{r.beside(s, resource.SubkeyIPString, clusto.String(addr.String()))},
	})
}

// resource returns a resource for a sentence.
func (r *resources) resource(key string, v clusto.Value) string {
	if addr, err := resource.ValueAddr(v); err == nil && key == resource.KeyIP {
		return addr.String()
	}
	return v.Text()
}

// good is a resource, from the manager that must not hand it out twice: for an
// address any.
type good struct {
	manager clusto.EntityID
	addr    netip.Addr
	kind    clusto.Kind
	text    string
}

// goodIn returns what a slot holds, if that is something which only one may have.
func (r *resources) goodIn(s slot) (good, bool) {
	h := r.slots[s]
	if s.key == resource.KeyIP {
		addr, err := resource.ValueAddr(h.value)
		return good{addr: addr}, err == nil && h.values == 1
	}
	return good{manager: h.manager, kind: h.value.Kind(), text: h.value.Text()}, h.values == 1 && h.managers == 1
}

// judgeOwners reports what several have.
func (r *resources) judgeOwners(all []slot) {
	owners := map[good][]slot{}
	for _, s := range all {
		if g, ok := r.goodIn(s); ok {
			owners[g] = append(owners[g], s)
		}
	}
	for _, s := range all {
		g, ok := r.goodIn(s)
		slots := owners[g]
		if !ok || len(slots) < 2 || slots[0] != s {
			continue
		}
		var who ids
		var where []string
		for _, one := range slots {
			who = append(who, one.entity)
			where = append(where, fmt.Sprintf("%s as %s#%d", r.name(one.entity), one.key, one.number))
		}
		r.report(Error, who, fmt.Sprintf("%s is had more than once: by %s", r.resource(s.key, r.slots[s].value), list(where)),
			"find out who uses it, and deallocate it from the others", nil)
	}
}
