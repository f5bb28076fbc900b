package history

import (
	"encoding/json"
	"time"

	"github.com/clusto/clusto"
)

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

// MarshalJSON has the lists even when they are empty.
func (d *Diff) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Entities []EntityDiff `json:"entities"`
		Redacted []Redaction  `json:"redacted"`
	}{orEmpty(d.Entities), orEmpty(d.Redacted)})
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
	return json.Marshal(struct {
		Change Change `json:"change"`
		*entityJSON
		Was   *entityJSON `json:"was,omitempty"`
		Attrs []AttrDiff  `json:"attrs"`
	}{d.Change, now, was, orEmpty(d.Attrs)})
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

// valueJSON is a value as JSON has it.
type valueJSON struct {
	Type  clusto.Kind `json:"type"`
	Value any         `json:"value"`
}

func valueData(v Value) *valueJSON { return &valueJSON{v.Kind(), v.Data()} }

// MarshalJSON has the old value of what was removed or changed, and the new one
// of what was added or changed.
func (d AttrDiff) MarshalJSON() ([]byte, error) {
	var was, is *valueJSON
	if d.Change != Added {
		was = valueData(d.Was)
	}
	if d.Change != Removed {
		is = valueData(d.Is)
	}
	return json.Marshal(struct {
		Change Change `json:"change"`
		attrJSON
		Was *valueJSON `json:"was,omitempty"`
		Is  *valueJSON `json:"is,omitempty"`
	}{d.Change, attrData(d.Key, d.Number, d.Subkey), was, is})
}

// versionJSON is a version as JSON has it.
type versionJSON struct {
	Version     clusto.Version `json:"version"`
	Time        *string        `json:"time"` // in UTC
	User        string         `json:"user"`
	Description string         `json:"description"`
	Origin      string         `json:"origin,omitempty"`
}

func versionData(v clusto.VersionInfo) versionJSON {
	data := versionJSON{Version: v.Version, User: v.User, Description: v.Description, Origin: v.Origin}
	if !v.Time.IsZero() {
		text := v.Time.UTC().Format(time.RFC3339Nano)
		data.Time = &text
	}
	return data
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
