package history

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// Blame tells who made an entity what it is.
type Blame struct {
	Entity clusto.Entity
	Made   clusto.VersionInfo // the version that made the entity
	Attrs  []BlamedAttr       // its attributes, by key, number and subkey
	// Others are the attributes of other entities that refer to it, such as
	// those of its containers, likewise by the name of their owner.
	Others []BlamedAttr
}

// BlamedAttr is an attribute and the version that made it. Of that only the
// number is known if the history was pruned.
type BlamedAttr struct {
	Owner string // name of the entity that has it
	Attr  clusto.Attr
	Value Value
	By    clusto.VersionInfo
}

// BlameOf returns who made each attribute of the entity e, and each that refers
// to it, what it is at the version that h shows.
func BlameOf(ctx context.Context, h clusto.History, e clusto.Entity) (*Blame, error) {
	own, err := clusto.Collect(h.Attrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{e.ID}}))
	if err != nil {
		return nil, err
	}
	others, err := clusto.Collect(h.Attrs(ctx, clusto.AttrMatch{RelatedTo: []clusto.EntityID{e.ID}}))
	if err != nil {
		return nil, err
	}
	versions, ids := []clusto.Version{e.Version}, []clusto.EntityID{}
	for _, a := range slices.Concat(own, others) {
		versions, ids = append(versions, a.Version), append(ids, a.Entity, a.Value.Relation())
	}
	slices.Sort(versions)
	by, err := versionsOf(ctx, h, slices.Compact(versions)...)
	if err != nil {
		return nil, err
	}
	entities, err := h.Entities(ctx, unique(ids)...)
	if err != nil {
		return nil, err
	}
	called := map[clusto.EntityID]string{}
	for _, e := range entities {
		called[e.ID] = e.Name
	}
	info := func(v clusto.Version) clusto.VersionInfo {
		i := by[v]
		i.Version = v
		return i
	}
	blamed := func(attrs []clusto.Attr) []BlamedAttr {
		var all []BlamedAttr
		for _, a := range attrs {
			all = append(all, BlamedAttr{called[a.Entity], a, Value{a.Value, called[a.Value.Relation()]}, info(a.Version)})
		}
		slices.SortStableFunc(all, compareBlamed)
		return all
	}
	return &Blame{e, info(e.Version), blamed(own), blamed(others)}, nil
}

func compareBlamed(a, b BlamedAttr) int {
	if c := strings.Compare(a.Owner, b.Owner); c != 0 {
		return c
	}
	return clusto.CompareAttrs(a.Attr, b.Attr)
}

// WriteText writes the answer for people, with times in zone.
func (b *Blame) WriteText(w io.Writer, zone *time.Location) error {
	out := bufio.NewWriter(w)
	line := func(by clusto.VersionInfo, what string) {
		why, _, _ := strings.Cut(by.Description, "\n")
		user := by.User
		if user == "" {
			user = "?"
		}
		text := fmt.Sprintf("%-8d %-19s  %-10s  %-40s  %s", by.Version, when(by.Time, zone), user, what, why)
		fmt.Fprintln(out, strings.TrimRight(text, " "))
	}
	line(b.Made, fmt.Sprintf("%s (%s, %s)", b.Entity.Name, b.Entity.Type, b.Entity.Driver))
	for _, a := range b.Attrs {
		line(a.By, fmt.Sprintf("%s = %s", a.Attr.Name(), shown(a.Attr, a.Value)))
	}
	for _, a := range b.Others {
		line(a.By, fmt.Sprintf("%s: %s = %s", a.Owner, a.Attr.Name(), a.Value.Text()))
	}
	return out.Flush()
}

// blameJSON is a Blame as JSON has it.
type blameJSON struct {
	entityJSON
	Made   clusto.VersionInfo `json:"made"`
	Attrs  []BlamedAttr       `json:"attrs"`
	Others []BlamedAttr       `json:"others"`
}

// MarshalJSON names the entity, and has the lists even when they are empty.
func (b Blame) MarshalJSON() ([]byte, error) {
	e := entityJSON{b.Entity.Name, b.Entity.Type, b.Entity.Driver}
	return json.Marshal(blameJSON{e, b.Made, orEmpty(b.Attrs), orEmpty(b.Others)})
}

// UnmarshalJSON reads what MarshalJSON writes; entities then have no ID.
func (b *Blame) UnmarshalJSON(text []byte) error {
	var data blameJSON
	if err := json.Unmarshal(text, &data); err != nil {
		return err
	}
	*b = Blame{data.entity(), data.Made, data.Attrs, data.Others}
	return nil
}

// ownedJSON is where a blamed attribute is, as JSON has it.
type ownedJSON struct {
	Owner string `json:"owner"`
	attrJSON
}

// byJSON is who made something, as JSON has it.
type byJSON struct {
	By clusto.VersionInfo `json:"by"`
}

// MarshalJSON has the version beside the attribute.
func (a BlamedAttr) MarshalJSON() ([]byte, error) {
	return joined(ownedJSON{a.Owner, attrData(a.Attr.Key, a.Attr.Number, a.Attr.Subkey)}, a.Value, byJSON{a.By})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (a *BlamedAttr) UnmarshalJSON(text []byte) error {
	var owned ownedJSON
	var value Value
	var by byJSON
	if err := parted(text, &owned, &value, &by); err != nil {
		return err
	}
	*a = BlamedAttr{Owner: owned.Owner, Attr: owned.attr(), Value: value, By: by.By}
	a.Attr.Value = value.Value
	return nil
}
