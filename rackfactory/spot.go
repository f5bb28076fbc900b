package rackfactory

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/clusto/clusto"
)

// spot is where in a rack something stands: in units, of which it may take a half, or
// at a side.
type spot struct {
	units []int // lowest first
	side  clusto.Side
}

// String returns the spot as sentences have it.
func (s spot) String() string {
	switch {
	case len(s.units) == 0:
		return "the " + string(s.side) + " side"
	case s.side != "":
		return "the " + string(s.side) + " half of " + unitsText(s.units)
	}
	return unitsText(s.units)
}

func (s spot) equal(o spot) bool { return slices.Equal(s.units, o.units) && s.side == o.side }

// arguments returns the spot as the method insert of racks wants it.
func (s spot) arguments() []any {
	switch {
	case len(s.units) == 0:
		return []any{clusto.NotGiven, string(s.side)}
	case s.side != "":
		return []any{unitsArgument(s.units), string(s.side)}
	}
	return []any{unitsArgument(s.units)}
}

// place plans that g stands at a spot of the rack. A device that was put elsewhere
// in the rack stays there.
func (p *plan) place(ctx context.Context, g *gear, at spot) error {
	if g.obj != nil {
		there, err := p.stands(ctx, g, at)
		if err != nil || there {
			return err
		}
	}
	if n := g.driver.Units(); n != 0 && n != len(at.units) {
		return clusto.Errorf(clusto.ErrInvalid, "%s, a %s, takes %d rack units; layout %s has %s for it",
			g.name, g.driver.Name, n, p.layout.Name, at)
	}
	for _, u := range at.units {
		if err := p.hasUnit(ctx, u); err != nil {
			return fmt.Errorf("layout %s puts %s into unit %d of rack %s: %w", p.layout.Name, g.name, u, p.rack.Name, err)
		}
		other, err := p.holder(ctx, u, at.side)
		if err != nil {
			return err
		}
		if other != nil {
			return clusto.Errorf(clusto.ErrInUse, "unit %d of rack %s, where layout %s puts %s, is taken by %s",
				u, p.rack.Name, p.layout.Name, g.name, other.Name)
		}
	}
	words := "put %s into %s of %s"
	if len(at.units) == 0 {
		words = "hang %s at %s of %s"
	}
	p.step(func(ctx context.Context) error { return p.rack.Insert(ctx, g.obj, at.arguments()...) }, words, g.name, at, p.rack.Name)
	return nil
}

// holder returns what takes a unit, or that half of it, or nil.
func (p *plan) holder(ctx context.Context, unit int, side clusto.Side) (*clusto.Object, error) {
	for _, a := range p.rows {
		if a.Number != clusto.Num(int64(unit)) || !clusto.InUnit(a.Subkey) {
			continue
		}
		there, err := p.rack.Inventory().Objects(ctx, a.Value.Relation())
		if err != nil {
			return nil, err
		}
		if theirs := there[0].Driver().SideIn(a.Subkey); side == "" || theirs == "" || theirs == side {
			return there[0], nil
		}
	}
	return nil, nil
}

// stands reports whether g is in the rack. It returns ErrInUse if it is in another.
func (p *plan) stands(ctx context.Context, g *gear, want spot) (bool, error) {
	var at spot
	in := false
	for _, a := range p.rows {
		unit, numbered := a.Number.Get()
		if a.Value.Relation() != g.obj.ID || !clusto.InUnit(a.Subkey) && clusto.SideOf(a.Subkey) == "" {
			continue
		}
		in, at.side = true, g.obj.Driver().SideIn(a.Subkey)
		if numbered && clusto.InUnit(a.Subkey) {
			at.units = append(at.units, int(unit))
		}
	}
	slices.Sort(at.units)
	if in {
		if !at.equal(want) {
			p.note("%s stands in %s of %s; layout %s says %s", g.name, at, p.rack.Name, p.layout.Name, want)
		}
		return true, nil
	}
	racks, err := g.obj.Parents(ctx, false, clusto.Match{Types: []string{typeRack}})
	if err != nil || len(racks) == 0 {
		return false, err
	}
	return false, clusto.WithHint(clusto.Errorf(clusto.ErrInUse, "%s is in rack %s, not in %s", g.name, racks[0].Name, p.rack.Name),
		"take it out there first: get_by_name('%s').remove(get_by_name('%s'))", racks[0].Name, g.name)
}

// unitsArgument returns rack units as a script would write them.
func unitsArgument(units []int) any {
	if len(units) == 1 {
		return int64(units[0])
	}
	list := make([]any, len(units))
	for i, u := range units {
		list[i] = int64(u)
	}
	return list
}

func unitsText(units []int) string {
	if len(units) == 1 {
		return "unit " + strconv.Itoa(units[0])
	}
	return fmt.Sprintf("units %d-%d", units[0], units[len(units)-1])
}
