package history

import (
	"bytes"
	"encoding/json"

	"github.com/clusto/clusto"
)

// joined returns what parts are in JSON, which must be objects with a member or
// more, as one object.
func joined(parts ...any) ([]byte, error) {
	var all bytes.Buffer
	for i, part := range parts {
		text, err := json.Marshal(part)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			all.Truncate(all.Len() - 1)
			text[0] = ','
		}
		all.Write(text)
	}
	return all.Bytes(), nil
}

// parted reads an object into all of parts, each of which takes the members that
// it knows.
func parted(text []byte, parts ...any) error {
	for _, part := range parts {
		if err := json.Unmarshal(text, part); err != nil {
			return err
		}
	}
	return nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// entityJSON is an entity as JSON has it.
type entityJSON struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Driver string `json:"driver"`
}

func entityData(e clusto.Entity) *entityJSON {
	if e.Name == "" {
		return nil
	}
	return &entityJSON{e.Name, e.Type, e.Driver}
}

// entity returns what is known of the entity.
func (e *entityJSON) entity() clusto.Entity {
	if e == nil {
		return clusto.Entity{}
	}
	return clusto.Entity{Name: e.Name, Type: e.Type, Driver: e.Driver}
}

// attrJSON is the place of an attribute as JSON has it.
type attrJSON struct {
	Key    string  `json:"key"`
	Number *int64  `json:"number"`
	Subkey *string `json:"subkey"`
}

func attrData(key string, number clusto.Number, subkey clusto.Subkey) attrJSON {
	data := attrJSON{Key: key}
	if n, ok := number.Get(); ok {
		data.Number = &n
	}
	if s, ok := subkey.Get(); ok {
		data.Subkey = &s
	}
	return data
}

// attr returns the attribute that has the place.
func (a attrJSON) attr() clusto.Attr {
	attr := clusto.Attr{Key: a.Key}
	if a.Number != nil {
		attr.Number = clusto.Num(*a.Number)
	}
	if a.Subkey != nil {
		attr.Subkey = clusto.Sub(*a.Subkey)
	}
	return attr
}

// diffJSON is a Diff as JSON has it.
type diffJSON struct {
	Entities []EntityDiff `json:"entities"`
	Redacted []Redaction  `json:"redacted"`
}

func (d *Diff) data() diffJSON { return diffJSON{orEmpty(d.Entities), orEmpty(d.Redacted)} }

// MarshalJSON has the lists even when they are empty.
func (d Diff) MarshalJSON() ([]byte, error) { return json.Marshal(d.data()) }

// UnmarshalJSON reads what MarshalJSON writes: entities then have no ID.
func (d *Diff) UnmarshalJSON(text []byte) error {
	var data diffJSON
	if err := json.Unmarshal(text, &data); err != nil {
		return err
	}
	*d = Diff(data)
	return nil
}

// entityDiffJSON is an EntityDiff as JSON has it.
type entityDiffJSON struct {
	Change Change `json:"change"`
	*entityJSON
	Was   *entityJSON `json:"was,omitempty"`
	Attrs []AttrDiff  `json:"attrs"`
}

// MarshalJSON has what the entity was only if that is something else.
func (d EntityDiff) MarshalJSON() ([]byte, error) {
	now, was := entityData(d.Is), entityData(d.Was)
	if now == nil {
		now, was = was, nil
	}
	if now != nil && was != nil && *now == *was {
		was = nil
	}
	return json.Marshal(entityDiffJSON{d.Change, now, was, orEmpty(d.Attrs)})
}

// UnmarshalJSON reads what MarshalJSON writes; the entity then has no ID.
func (d *EntityDiff) UnmarshalJSON(text []byte) error {
	data := entityDiffJSON{entityJSON: &entityJSON{}}
	if err := json.Unmarshal(text, &data); err != nil {
		return err
	}
	*d = EntityDiff{Change: data.Change, Attrs: data.Attrs}
	switch now := data.entity(); {
	case d.Change == Made:
		d.Is = now
	case d.Change == Deleted:
		d.Was = now
	case data.Was == nil:
		d.Was, d.Is = now, now
	default:
		d.Was, d.Is = data.Was.entity(), now
	}
	return nil
}

// attrDiffJSON is an AttrDiff as JSON has it.
type attrDiffJSON struct {
	Change Change `json:"change"`
	attrJSON
	Was *Value `json:"was,omitempty"`
	Is  *Value `json:"is,omitempty"`
}

// MarshalJSON has the old value of what was removed or changed, and the new one
// of what was added or changed.
func (d AttrDiff) MarshalJSON() ([]byte, error) {
	data := attrDiffJSON{Change: d.Change, attrJSON: attrData(d.Key, d.Number, d.Subkey)}
	if d.Change != Added {
		data.Was = &d.Was
	}
	if d.Change != Removed {
		data.Is = &d.Is
	}
	return json.Marshal(data)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (d *AttrDiff) UnmarshalJSON(text []byte) error {
	var data attrDiffJSON
	if err := json.Unmarshal(text, &data); err != nil {
		return err
	}
	a := data.attr()
	*d = AttrDiff{Change: data.Change, Key: a.Key, Number: a.Number, Subkey: a.Subkey}
	if data.Was != nil {
		d.Was = *data.Was
	}
	if data.Is != nil {
		d.Is = *data.Is
	}
	return nil
}
