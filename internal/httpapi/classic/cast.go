package classic

import (
	"encoding/json"
	"strings"

	"github.com/clusto/clusto"
)

// typed is a value that a request describes: the value, or of a relation the name
// of the entity.
type typed struct {
	value    clusto.Value
	relation string
}

// defaultMask is how datetimes are written unless the request says otherwise.
const defaultMask = "%Y-%m-%dT%H:%M:%S.%f"

// cast returns the value of a datatype that a text means; no datatype is string.
func cast(text, datatype, mask string) (typed, error) {
	switch clusto.Kind(datatype) {
	case "", clusto.KindString:
		return typed{value: clusto.String(text)}, nil
	case clusto.KindInt:
		n, err := pythonInt64(text)
		return typed{value: clusto.Int(n)}, err
	case clusto.KindTime:
		t, err := parseTime(text, mask)
		return typed{value: clusto.Time(t)}, err
	case clusto.KindRelation:
		if text == "" || !storable(text) {
			return typed{}, clusto.Errorf(clusto.ErrInvalid, "%q is not the name of an entity", text)
		}
		return typed{relation: text}, nil
	case clusto.KindJSON:
		decoded, err := decodeJSON(text)
		if err != nil {
			return typed{}, clusto.Errorf(clusto.ErrInvalid, "the value %.100q is not JSON: %v", text, err)
		}
		v, err := clusto.JSON(encode(decoded, true))
		return typed{value: v}, err
	}
	return typed{}, notDatatype(datatype)
}

func notDatatype(datatype string) error {
	return clusto.Errorf(clusto.ErrInvalid, "%q is not a datatype; there are int, string, datetime, relation and json", datatype)
}

// castField returns the value that the fields of an attribute describe.
func castField(fields object) (typed, error) {
	datatype, err := textField(fields, "datatype")
	if err != nil {
		return typed{}, err
	}
	mask, err := textField(fields, "mask")
	if err != nil {
		return typed{}, err
	}
	v := fields["value"]
	switch {
	case fields["datatype"] == nil:
		value, err := plainValue(v)
		return typed{value: value}, err
	case datatype == "":
		return typed{}, notDatatype(datatype)
	}
	switch v := v.(type) {
	case string:
		return cast(v, datatype, mask)
	case json.Number:
		return cast(v.String(), datatype, mask)
	case bool:
		if datatype == string(clusto.KindInt) {
			return typed{value: clusto.Bool(v)}, nil
		}
	}
	if datatype != string(clusto.KindJSON) {
		return typed{}, clusto.Errorf(clusto.ErrInvalid, "the value %.100s is not of the datatype %s", encode(v, true), datatype)
	}
	return cast(string(encode(v, true)), datatype, mask)
}

// plainValue returns the value for what stands in JSON, as classic clusto's type
// rules have it.
func plainValue(v any) (clusto.Value, error) {
	switch v := v.(type) {
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return clusto.String(pythonNumber(v)), nil
		}
		n, err := pythonInt64(v.String())
		return clusto.Int(n), err
	case list, object:
		return clusto.JSON(encode(v, true))
	case string:
		if !storable(v) {
			return clusto.Value{}, notText("a value", v)
		}
	}
	return clusto.ValueOf(v)
}

// relations returns the values, those of relations among them in one question.
// An entity may be named as answers name it, with its driver: /driver/name.
func (c *call) relations(inv *clusto.Inventory, values []typed) ([]clusto.Value, error) {
	var names []string
	for _, v := range values {
		if v.relation != "" {
			names = append(names, v.relation, shortName(v.relation))
		}
	}
	found, err := c.named(inv, names)
	if err != nil {
		return nil, err
	}
	out := make([]clusto.Value, len(values))
	for i, v := range values {
		if v.relation == "" {
			out[i] = v.value
			continue
		}
		o := found[v.relation]
		if o == nil {
			o = found[shortName(v.relation)]
		}
		if o == nil {
			return nil, clusto.Errorf(clusto.ErrInvalid, "%s does not exist.", v.relation)
		}
		out[i] = clusto.RelationTo(o.ID)
	}
	return out, nil
}

// shortName returns the name in /driver/name, or what is not of that form.
func shortName(s string) string {
	if rest, ok := strings.CutPrefix(s, "/"); ok {
		if _, name, ok := strings.Cut(rest, "/"); ok && name != "" {
			return name
		}
	}
	return s
}
