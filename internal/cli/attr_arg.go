package cli

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/convert"
)

// attrArg is an attribute as people write it: key.subkey#number=value.
type attrArg struct {
	key      string
	subkey   *string
	number   string // digits, + for the next one, "" for none
	value    string
	hasValue bool
}

// parseAttr reads an attribute: key, key.subkey, key#2, key.subkey#2 or key#+, and
// perhaps =value behind it. The number may also stand before the subkey.
func parseAttr(text string) (attrArg, error) {
	var a attrArg
	path, value, hasValue := strings.Cut(text, "=")
	a.value, a.hasValue = value, hasValue
	key, subkey, hasSubkey := strings.Cut(path, ".")
	hash := &key
	if hasSubkey && strings.Contains(subkey, "#") {
		hash = &subkey
	}
	rest, number, numbered := strings.Cut(*hash, "#")
	*hash = rest
	if a.key = key; key == "" {
		return a, clusto.WithHint(usagef("%q is not an attribute: it has no key", text), "%s", attrForm)
	}
	if hasSubkey {
		if subkey == "" {
			return a, clusto.WithHint(usagef("%q is not an attribute: the subkey is empty", text), "%s", attrForm)
		}
		a.subkey = &subkey
	}
	if numbered {
		a.number = number
		if n, err := strconv.ParseInt(number, 10, 64); number != "+" && (err != nil || n < 0) {
			return a, clusto.WithHint(usagef("%q is not an attribute: %q is no number", text, number), "%s", attrForm)
		}
	}
	return a, nil
}

const attrForm = "write KEY[.SUBKEY][#NUMBER]=VALUE, such as system.memory=16384 or dns#0=192.0.2.53; # with + is the next number"

// attrPath returns what names an attribute, as parseAttr reads it.
func attrPath(key string, number *int64, subkey *string) string {
	text := key
	if subkey != nil {
		text += "." + *subkey
	}
	if number != nil {
		text += "#" + strconv.FormatInt(*number, 10)
	}
	return text
}

// String returns what names the attribute.
func (a attrArg) String() string {
	text := a.key
	if a.subkey != nil {
		text += "." + *a.subkey
	}
	if a.number != "" {
		text += "#" + a.number
	}
	return text
}

// newAttr returns the attribute as the API takes it.
func (a attrArg) newAttr() (api.NewAttr, error) {
	n := api.NewAttr{Key: a.key, Subkey: a.subkey}
	switch a.number {
	case "":
	case "+":
		n.Number = json.RawMessage("true")
	default:
		n.Number = json.RawMessage(a.number)
	}
	if !a.hasValue {
		return n, nil
	}
	var err error
	n.Type, n.Value, err = writtenValue(a.value)
	return n, err
}

// deletions returns what deletes the attribute of an entity. A value that is a plain
// number is deleted as a number and as a text: classic clusto's command stored texts.
func (a attrArg) deletions(entity string) ([]api.Operation, error) {
	d := api.DeleteAttrs{Entity: entity, Key: a.key, Subkey: a.subkey}
	switch a.number {
	case "":
	case "+":
		return nil, clusto.WithHint(usagef("which number of %s is to be deleted?", a.key), "give it: %s#0", a.key)
	default:
		d.Number = json.RawMessage(a.number)
	}
	if !a.hasValue {
		return []api.Operation{{DeleteAttrs: &d}}, nil
	}
	var err error
	if d.Type, d.Value, err = writtenValue(a.value); err != nil {
		return nil, err
	}
	ops := []api.Operation{{DeleteAttrs: &d}}
	if d.Type == api.ValueInt && !strings.Contains(a.value, ":") {
		text := d
		text.Type, text.Value = api.ValueString, jsonText(a.value)
		ops = append(ops, api.Operation{DeleteAttrs: &text})
	}
	return ops, nil
}

// writtenValue returns a value that somebody wrote, such as vlan, 442, string:442 or
// relation:web1, as the API takes it.
func writtenValue(text string) (api.ValueType, json.RawMessage, error) {
	v, to, err := convert.ParseValue(text)
	switch {
	case err != nil:
		return "", nil, err
	case to != "":
		return api.ValueRelation, jsonText(to), nil
	case v.IsNone():
		return "", json.RawMessage("null"), nil
	}
	switch v.Kind() {
	case clusto.KindInt:
		return api.ValueInt, json.RawMessage(strconv.FormatInt(v.Int64(), 10)), nil
	case clusto.KindJSON:
		return api.ValueJSON, json.RawMessage(v.Str()), nil
	case clusto.KindTime:
		return api.ValueDatetime, jsonText(clusto.FormatTime(v.Time())), nil
	}
	return api.ValueString, jsonText(v.Str()), nil
}

// writtenArgument returns an argument of a method, or a property, that somebody
// wrote, as the API takes it: JSON as it is, relation:web1 as an entity, and
// otherwise what writtenValue makes of it.
func writtenArgument(text string) (json.RawMessage, error) {
	if text != "" && strings.ContainsRune(`"[{tfn`, rune(text[0])) && json.Valid([]byte(text)) {
		return json.RawMessage(text), nil
	}
	kind, value, err := writtenValue(text)
	if err != nil {
		return nil, err
	}
	wrapped := func(member string) (json.RawMessage, error) {
		return json.Marshal(map[string]json.RawMessage{member: value})
	}
	switch kind {
	case api.ValueRelation:
		return wrapped("entity")
	case api.ValueDatetime:
		return wrapped("time")
	}
	return value, nil
}
