package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// classicTime is how classic clusto prints a datetime.
const classicTime = "2006-01-02 15:04:05"

// attr is an attribute as the API tells it: what a relation refers to has a name,
// and no number.
type attr struct {
	clusto.Attr
	related string // the name of what the value refers to
}

// attrOf returns an attribute of the API.
func attrOf(a api.Attr) attr {
	shown := attr{Attr: clusto.Attr{Key: a.Key}}
	if a.Number != nil {
		shown.Number = clusto.Num(*a.Number)
	}
	if a.Subkey != nil {
		shown.Subkey = clusto.Sub(*a.Subkey)
	}
	shown.Value, shown.related = valueOf(a)
	return shown
}

// attrsOf returns the attributes of an entity that the API tells.
func attrsOf(e *api.Entity) []attr {
	if e == nil || e.Attrs == nil {
		return nil
	}
	all := make([]attr, len(*e.Attrs))
	for i, a := range *e.Attrs {
		all[i] = attrOf(a)
	}
	return all
}

// someEntity stands for the entity that a relation refers to: its number is not
// known, and its name is beside it.
const someEntity clusto.EntityID = 1

// valueOf returns the value of an attribute, and the name that a relation has.
func valueOf(a api.Attr) (v clusto.Value, related string) {
	if bytes.Equal(a.Value, []byte("null")) {
		return clusto.Value{}, ""
	}
	var number int64
	var text string
	switch kind := clusto.Kind(a.Type); {
	case kind == clusto.KindInt && json.Unmarshal(a.Value, &number) == nil:
		return clusto.Int(number), ""
	case kind == clusto.KindJSON:
		if v, err := clusto.JSON(a.Value); err == nil {
			return v, ""
		}
	case json.Unmarshal(a.Value, &text) != nil:
	case kind == clusto.KindRelation:
		return clusto.RelationTo(someEntity), text
	case kind == clusto.KindTime:
		if t, err := time.Parse(clusto.TimeLayout, text); err == nil {
			return clusto.Time(t), ""
		}
	default:
		return clusto.String(text), ""
	}
	return clusto.String(string(a.Value)), "" // a server of another version
}

// compareAttrs is clusto.CompareAttrs with relations in the order of their names.
func compareAttrs(a, b attr) int {
	return cmp.Or(clusto.CompareAttrs(a.Attr, b.Attr), cmp.Compare(a.related, b.related))
}

// text returns the value as classic clusto prints it, but a relation as the name
// of what it refers to, and json as JSON.
func (a attr) text() string {
	switch {
	case a.Value.IsNone():
		return "None"
	case a.Value.Kind() == clusto.KindRelation:
		return a.related
	case a.Value.Kind() == clusto.KindTime:
		return strings.Replace(a.Value.Text(), "T", " ", 1)
	}
	return a.Value.Text()
}

// data returns the value as JSON and YAML have it.
func (a attr) data() any {
	switch {
	case a.Value.IsNone():
		return nil
	case a.Value.Kind() == clusto.KindInt:
		return a.Value.Int64()
	case a.Value.Kind() == clusto.KindJSON:
		var decoded any
		if json.Unmarshal([]byte(a.Value.Str()), &decoded) == nil {
			return decoded
		}
	}
	return a.text()
}
