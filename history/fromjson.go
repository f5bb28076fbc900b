package history

import (
	"encoding/json"
	"time"

	"github.com/clusto/clusto"
)

// elsewhere is the entity that a relation refers to if only its name is known.
const elsewhere clusto.EntityID = -1

// value returns what d has. It returns ErrInvalid if its value is not of its type.
func (d *valueFrom) value() (Value, error) {
	var err error
	text := func() (s string) {
		err = json.Unmarshal(d.Value, &s)
		return s
	}
	var v Value
	switch {
	case string(d.Value) == "null" && d.Type == clusto.KindString:
		return Value{}, nil
	case d.Type == clusto.KindString:
		v.Value = clusto.String(text())
	case d.Type == clusto.KindInt:
		var n int64
		err = json.Unmarshal(d.Value, &n)
		v.Value = clusto.Int(n)
	case d.Type == clusto.KindJSON:
		v.Value, err = clusto.JSON(d.Value)
	case d.Type == clusto.KindRelation:
		v = Value{clusto.RelationTo(elsewhere), text()}
	case d.Type == clusto.KindTime:
		var t time.Time
		if s := text(); err == nil {
			t, err = time.Parse(timeLayout, s) // takes a fraction too
		}
		v.Value = clusto.Time(t)
	default:
		return Value{}, clusto.Errorf(clusto.ErrInvalid, "there is no type of values %q", d.Type)
	}
	if err != nil {
		return Value{}, clusto.Errorf(clusto.ErrInvalid, "%.100s is no value of type %s: %w", d.Value, d.Type, err)
	}
	return v, nil
}

// valueFrom is a value as it comes from JSON.
type valueFrom struct {
	Type  clusto.Kind     `json:"type"`
	Value json.RawMessage `json:"value"`
}

func (d attrJSON) place() (clusto.Number, clusto.Subkey) {
	var number clusto.Number
	var subkey clusto.Subkey
	if d.Number != nil {
		number = clusto.Num(*d.Number)
	}
	if d.Subkey != nil {
		subkey = clusto.Sub(*d.Subkey)
	}
	return number, subkey
}

func (d versionJSON) info() (clusto.VersionInfo, error) {
	info := clusto.VersionInfo{Version: d.Version, User: d.User, Description: d.Description}
	if d.Time == nil {
		return info, nil
	}
	t, err := time.Parse(time.RFC3339Nano, *d.Time)
	if err != nil {
		return info, clusto.Errorf(clusto.ErrInvalid, "the time of version %d: %w", d.Version, err)
	}
	info.Time = t.UTC()
	return info, nil
}

func (d entityJSON) entity() clusto.Entity {
	return clusto.Entity{Name: d.Name, Type: d.Type, Driver: d.Driver}
}

// UnmarshalJSON reads what MarshalJSON writes. IDs are not known then.
func (d *EntityDiff) UnmarshalJSON(data []byte) error {
	var from struct {
		Change Change `json:"change"`
		entityJSON
		Was   *entityJSON `json:"was"`
		Attrs []AttrDiff  `json:"attrs"`
	}
	if err := json.Unmarshal(data, &from); err != nil {
		return err
	}
	*d = EntityDiff{Change: from.Change, Attrs: from.Attrs}
	if from.Change != Deleted {
		d.Is = from.entity()
	}
	switch {
	case from.Was != nil:
		d.Was = from.Was.entity()
	case from.Change != Made:
		d.Was = from.entity()
	}
	return nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (d *AttrDiff) UnmarshalJSON(data []byte) error {
	var from struct {
		Change Change `json:"change"`
		attrJSON
		Was *valueFrom `json:"was"`
		Is  *valueFrom `json:"is"`
	}
	if err := json.Unmarshal(data, &from); err != nil {
		return err
	}
	*d = AttrDiff{Change: from.Change, Key: from.Key}
	d.Number, d.Subkey = from.place()
	var err error
	if from.Was != nil {
		if d.Was, err = from.Was.value(); err != nil {
			return err
		}
	}
	if from.Is != nil {
		d.Is, err = from.Is.value()
	}
	return err
}

// UnmarshalJSON reads what MarshalJSON writes.
func (e *Entry) UnmarshalJSON(data []byte) error {
	var from struct {
		versionJSON
		Made         []string `json:"made"`
		Deleted      []string `json:"deleted"`
		Renamed      []Rename `json:"renamed"`
		Changed      []string `json:"changed"`
		AttrsAdded   int      `json:"attrs_added"`
		AttrsRemoved int      `json:"attrs_removed"`
		AttrsChanged int      `json:"attrs_changed"`
		Redacted     int      `json:"redacted"`
	}
	if err := json.Unmarshal(data, &from); err != nil {
		return err
	}
	info, err := from.info()
	*e = Entry{
		VersionInfo: info, Made: from.Made, Deleted: from.Deleted, Renamed: from.Renamed, Changed: from.Changed,
		AttrsAdded: from.AttrsAdded, AttrsRemoved: from.AttrsRemoved, AttrsChanged: from.AttrsChanged, Redacted: from.Redacted,
	}
	return err
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Shown) UnmarshalJSON(data []byte) error {
	var from struct {
		versionJSON
		Entities []EntityDiff `json:"entities"`
		Redacted []Redaction  `json:"redacted"`
	}
	if err := json.Unmarshal(data, &from); err != nil {
		return err
	}
	info, err := from.info()
	*s = Shown{info, &Diff{from.Entities, from.Redacted}}
	return err
}

// UnmarshalJSON reads what MarshalJSON writes. The entity's ID is not known then.
func (b *Blame) UnmarshalJSON(data []byte) error {
	var from struct {
		entityJSON
		Made   versionJSON  `json:"made"`
		Attrs  []BlamedAttr `json:"attrs"`
		Others []BlamedAttr `json:"others"`
	}
	if err := json.Unmarshal(data, &from); err != nil {
		return err
	}
	made, err := from.Made.info()
	*b = Blame{Entity: from.entity(), Made: made, Attrs: from.Attrs, Others: from.Others}
	b.Entity.Version = made.Version
	return err
}

// UnmarshalJSON reads what MarshalJSON writes. Of the attribute, IDs are not known
// then.
func (a *BlamedAttr) UnmarshalJSON(data []byte) error {
	var from struct {
		Owner string `json:"owner"`
		attrJSON
		valueFrom
		By versionJSON `json:"by"`
	}
	if err := json.Unmarshal(data, &from); err != nil {
		return err
	}
	by, err := from.By.info()
	if err != nil {
		return err
	}
	value, err := from.value()
	if err != nil {
		return err
	}
	number, subkey := from.place()
	*a = BlamedAttr{
		Owner: from.Owner, Value: value, By: by,
		Attr: clusto.Attr{Key: from.Key, Number: number, Subkey: subkey, Value: value.Value, Version: by.Version},
	}
	return nil
}
