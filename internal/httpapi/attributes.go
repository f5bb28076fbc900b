package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// ListAttributes answers GET /entities/{name}/attributes.
func (s *Server) ListAttributes(w http.ResponseWriter, r *http.Request, name api.Name, params api.ListAttributesParams) {
	var list api.AttrList
	var tag string
	err := s.view(r.Context(), params.At, func(inv *clusto.Inventory) error {
		o, version, err := shownEntity(r.Context(), inv, name)
		if err != nil {
			return err
		}
		m, err := attrMatch(r.Context(), inv, &params)
		if err != nil {
			return err
		}
		list.Version = int64(version)
		if list.Attrs, err = listedAttrs(r.Context(), o, m, params.Merged); err != nil {
			return err
		}
		tags, err := etagOf(r.Context(), inv, []*clusto.Object{o})
		if err == nil {
			tag = tags[0]
		}
		return err
	})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.answerTagged(w, r, tag, list)
}

// shownEntity returns the entity called name and the version that the answer
// shows.
func shownEntity(ctx context.Context, inv *clusto.Inventory, name string) (*clusto.Object, clusto.Version, error) {
	o, err := inv.Object(ctx, name)
	if err != nil {
		return nil, 0, err
	}
	version, err := inv.Version(ctx)
	return o, version, err
}

// attrMatch returns the question that the parameters ask. Attributes that are
// hidden are shown to who asks for them, or for a key of theirs.
func attrMatch(ctx context.Context, inv *clusto.Inventory, params *api.ListAttributesParams) (clusto.AttrMatch, error) {
	m := clusto.AttrMatch{Visible: !params.Hidden && !strings.HasPrefix(params.Key, "_")}
	if params.Key != "" {
		m.Key = clusto.Like(params.Key)
	}
	if params.Subkey != nil {
		m.Subkey = clusto.Like(*params.Subkey)
		if *params.Subkey == "" {
			m.Subkey = clusto.IsAbsent[string]()
		}
	}
	var err error
	if m.Number, err = numberMeant(params.Number); err == nil && params.Value != nil {
		m.Values, err = valuesMeant(ctx, inv, *params.Value)
	}
	return m, err
}

// numberMeant returns the condition on a number that a parameter sets: a number,
// or "none" for those without.
func numberMeant(text string) (clusto.Cond[int64], error) {
	switch text {
	case "":
		return clusto.Cond[int64]{}, nil
	case "none":
		return clusto.IsAbsent[int64](), nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return clusto.Cond[int64]{}, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the parameter number cannot be %q", text),
			"write a number from 0 on, or none")
	}
	return clusto.Is(n), nil
}

// listedAttrs returns the attributes of o that m selects, by key, number and
// subkey; merged ones by key, the nearest first.
func listedAttrs(ctx context.Context, o *clusto.Object, m clusto.AttrMatch, merged bool) ([]api.Attr, error) {
	read := o.Attrs
	if merged {
		read = o.MergedAttrs
	}
	attrs, err := read(ctx, m)
	if err != nil {
		return nil, err
	}
	ids := relations(attrs)
	if merged {
		ids = append(ids, owners(attrs)...)
	}
	known, err := o.Inventory().Known(ctx, ids)
	if err != nil {
		return nil, err
	}
	return names(known).list(attrs, sorting{merged: merged}), nil
}

// sorting is how a list of attributes is ordered.
type sorting struct {
	merged bool // they are those of containers too, and come by key, the nearest first
	asMade bool // those of one key and one owner stay in their order
}

// list returns attributes in the order in which the API lists them. Those of one
// key and one owner are sorted; merged ones keep the order of their owners.
func (n names) list(attrs []clusto.Attr, order sorting) []api.Attr {
	switch {
	case order.asMade && order.merged: // as they come
	case order.asMade:
		slices.SortFunc(attrs, func(a, b clusto.Attr) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID)) })
	case order.merged:
		sortWithin(attrs)
	default:
		slices.SortFunc(attrs, compareAttrs)
	}
	shown := n.attrs(attrs)
	if order.merged {
		for i, a := range attrs {
			shown[i].From = n.of(a.Entity)
		}
	}
	return shown
}

// compareAttrs orders attributes by key, number and subkey, nothing first. Those
// that agree in these keep the order in which they were made.
func compareAttrs(a, b clusto.Attr) int {
	made := cmp.Compare(a.ID, b.ID)
	a.Value, b.Value = clusto.Value{}, clusto.Value{}
	return cmp.Or(clusto.CompareAttrs(a, b), made)
}

// sortWithin sorts each run of attributes with one key and one owner.
func sortWithin(attrs []clusto.Attr) {
	for len(attrs) > 0 {
		first, n := attrs[0], 1
		for n < len(attrs) && attrs[n].Key == first.Key && attrs[n].Entity == first.Entity {
			n++
		}
		slices.SortFunc(attrs[:n], compareAttrs)
		attrs = attrs[n:]
	}
}

// ownAttrs are the attributes of entities, and the ETags that follow from them.
type ownAttrs struct {
	filter        attrFilter
	shown, tagged bool
	rows          map[clusto.EntityID][]clusto.Attr
}

func (p *ownAttrs) load(ctx context.Context, inv *clusto.Inventory, of []*clusto.Object) ([]clusto.EntityID, error) {
	var m clusto.AttrMatch
	if !p.tagged {
		m = p.filter.match()
	}
	m.Entities, m.ByEntity = idsOf(of), true
	attrs, err := clusto.Collect(inv.Attrs(ctx, m))
	if err != nil {
		return nil, err
	}
	p.rows = byEntity(attrs)
	var ids []clusto.EntityID
	for _, a := range attrs {
		if id := a.Value.Relation(); id != 0 && p.shown && p.filter.shows(a) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (p *ownAttrs) fill(o *clusto.Object, e *api.Entity, n names) {
	rows := p.rows[o.ID]
	if p.tagged {
		e.Etag = tagOf(o.Entity, rows)
	}
	if p.shown {
		list := n.list(slices.DeleteFunc(rows, func(a clusto.Attr) bool { return !p.filter.shows(a) }), sorting{asMade: p.filter.asMade})
		e.Attrs = &list
	}
}

// mergedAttrs are the attributes of entities and of all their containers.
type mergedAttrs struct {
	filter attrFilter
	rows   map[clusto.EntityID][]clusto.Attr
}

func (p *mergedAttrs) load(ctx context.Context, inv *clusto.Inventory, of []*clusto.Object) ([]clusto.EntityID, error) {
	merged, err := inv.MergedAttrs(ctx, of, p.filter.match())
	if err != nil {
		return nil, err
	}
	p.rows = make(map[clusto.EntityID][]clusto.Attr, len(of))
	var ids []clusto.EntityID
	for i, attrs := range merged {
		attrs = slices.DeleteFunc(attrs, func(a clusto.Attr) bool { return !p.filter.shows(a) })
		p.rows[of[i].ID] = attrs
		ids = append(append(ids, relations(attrs)...), owners(attrs)...)
	}
	return ids, nil
}

func (p *mergedAttrs) fill(o *clusto.Object, e *api.Entity, n names) {
	list := n.list(p.rows[o.ID], sorting{merged: true, asMade: p.filter.asMade})
	e.Merged = &list
}
