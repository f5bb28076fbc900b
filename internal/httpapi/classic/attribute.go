package classic

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// selected returns the attributes that the path and the parameters select.
func (c *call) selected() (clusto.AttrMatch, error) {
	var m clusto.AttrMatch
	key := c.r.PathValue("key")
	m.Visible = !strings.HasPrefix(key, "_")
	if key != "" {
		m.Key = clusto.Is(key)
	}
	if subkey := c.r.PathValue("subkey"); subkey != "" {
		m.Subkey = clusto.Is(subkey)
	}
	if number := c.r.PathValue("number"); number != "" {
		n, err := pythonInt64(number)
		if err != nil {
			return m, refuse(http.StatusNotFound, "Not found: "+pythonRepr(c.r.URL.Path))
		}
		m.Number = clusto.Is(n)
	}
	return m, nil
}

func showAttrs(c *call) (answer, error) {
	match, err := c.selected()
	if err != nil {
		return answer{}, err
	}
	return c.view(func(inv *clusto.Inventory) (answer, error) {
		o, err := c.find(inv, c.r.PathValue("name"), c.param("driver"))
		if err != nil {
			return answer{}, err
		}
		return c.attrs(inv, http.StatusOK, o, match)
	})
}

// attrs answers with those attributes of o that match.
func (c *call) attrs(inv *clusto.Inventory, status int, o *clusto.Object, match clusto.AttrMatch) (answer, error) {
	attrs, err := o.Attrs(c.ctx, match)
	if err != nil {
		return answer{}, err
	}
	known, err := entitiesOf(c.ctx, inv, related(attrs))
	if err != nil {
		return answer{}, err
	}
	return reply(status, known.attrs(attrs)), nil
}

func addAttrs(c *call) (answer, error) {
	return c.writeAttrs(http.StatusCreated, func(o *clusto.Object, attrs []clusto.Attr) error {
		return o.AddAttrs(c.ctx, attrs...)
	})
}

func setAttrs(c *call) (answer, error) {
	return c.writeAttrs(http.StatusOK, func(o *clusto.Object, attrs []clusto.Attr) error {
		for _, a := range attrs {
			if err := o.SetAttr(c.ctx, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeAttrs writes the attributes that a request describes and answers with all
// that the entity has then.
func (c *call) writeAttrs(status int, write func(o *clusto.Object, attrs []clusto.Attr) error) (answer, error) {
	described, err := c.described()
	if err != nil {
		return answer{}, err
	}
	return c.update(func(inv *clusto.Inventory) (answer, error) {
		o, err := c.find(inv, c.r.PathValue("name"), c.param("driver"))
		if err != nil {
			return answer{}, err
		}
		attrs, err := c.parseAttrs(inv, described)
		if err != nil {
			return answer{}, err
		}
		if err := write(o, attrs); err != nil {
			return answer{}, err
		}
		return c.attrs(inv, status, o, clusto.AttrMatch{Visible: true})
	})
}

// described returns the fields of the attributes that a request describes: from a
// JSON body or the parameters, and what the path says about all of them.
func (c *call) described() ([]object, error) {
	all, err := c.fromJSON()
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		fields := object{}
		for name := range c.params {
			if name != "driver" {
				fields[name] = c.param(name)
			}
		}
		all = []object{fields}
	}
	for _, fields := range all {
		for _, name := range []string{"name", "key", "subkey", "number"} {
			if err := fromPath(fields, name, c.r.PathValue(name)); err != nil {
				return nil, err
			}
		}
		delete(fields, "name")
		if err := checkFields(fields); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// fromJSON returns the fields of the attributes in a JSON body, if there are any.
func (c *call) fromJSON() ([]object, error) {
	if strings.TrimSpace(c.json) == "" {
		return nil, nil
	}
	decoded, err := decodeJSON(c.json)
	if err != nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "the body is not JSON: %v", err)
	}
	items, isList := decoded.(list)
	if !isList {
		items = list{decoded}
	}
	var all []object
	for _, item := range items {
		fields, ok := item.(object)
		if !ok {
			return nil, clusto.Errorf(clusto.ErrInvalid, "the body is neither an object nor a list of objects, each an attribute")
		}
		if len(fields) > 0 || isList {
			all = append(all, fields)
		}
	}
	if len(all) > 0 && len(c.query) > 0 {
		return nil, refuse(http.StatusBadRequest, "Error: json and query params may not be passed in the same request.")
	}
	return all, nil
}

// fromPath sets the field of an attribute that the path says; the attribute must
// not say something else.
func fromPath(fields object, name, inPath string) error {
	if inPath == "" {
		return nil
	}
	there, ok := fields[name]
	said, isText := there.(string)
	if number, isNumber := there.(json.Number); isNumber {
		said, isText = number.String(), true
	}
	if ok && (!isText || said != inPath) {
		if !isText {
			said = string(encode(there, true))
		}
		return refuse(http.StatusBadRequest, `Two different values were submitted for "`+name+`": [`+pythonRepr(inPath)+", "+pythonRepr(said)+"]")
	}
	fields[name] = inPath
	return nil
}

// attrFields are what describes an attribute.
var attrFields = []string{"key", "value", "subkey", "number", "datatype", "mask"}

func checkFields(fields object) error {
	for _, name := range attrFields[:2] {
		if _, ok := fields[name]; !ok {
			return refuse(http.StatusPreconditionFailed, `Provide at least "key" and "value"`)
		}
	}
	for name := range fields {
		if !slices.Contains(attrFields, name) {
			return clusto.Errorf(clusto.ErrInvalid, "an attribute has no %q; it has %s", name, strings.Join(attrFields, ", "))
		}
	}
	return nil
}

// parseAttrs returns the attributes that are described.
func (c *call) parseAttrs(inv *clusto.Inventory, described []object) ([]clusto.Attr, error) {
	attrs := make([]clusto.Attr, len(described))
	values := make([]typed, len(described))
	for i, fields := range described {
		var err error
		if attrs[i], err = parseAttr(fields); err != nil {
			return nil, err
		}
		if values[i], err = castField(fields); err != nil {
			return nil, err
		}
	}
	found, err := c.relations(inv, values)
	if err != nil {
		return nil, err
	}
	for i := range attrs {
		attrs[i].Value = found[i]
	}
	return attrs, nil
}

// parseAttr returns the attribute that is described, without its value.
func parseAttr(fields object) (clusto.Attr, error) {
	var a clusto.Attr
	var err error
	if a.Key, err = textField(fields, "key"); err != nil {
		return a, err
	}
	if fields["subkey"] != nil {
		subkey, err := textField(fields, "subkey")
		if err != nil {
			return a, err
		}
		a.Subkey = clusto.Sub(subkey)
	}
	if fields["number"] != nil {
		number, ok := fields["number"].(json.Number)
		text := number.String()
		if !ok {
			if text, err = textField(fields, "number"); err != nil {
				return a, err
			}
		}
		n, err := pythonInt64(text)
		if err != nil {
			return a, err
		}
		a.Number = clusto.Num(n)
	}
	return a, a.Validate()
}

// textField returns a field that must be a text, or "" if it is not there.
func textField(fields object, name string) (string, error) {
	v, ok := fields[name]
	text, isText := v.(string)
	if ok && v != nil && !isText {
		return "", clusto.Errorf(clusto.ErrInvalid, "%s: %.100s is not a text", name, encode(v, true))
	}
	return text, nil
}

// deleteAttrs deletes attributes. Parameters narrow down what the path says, so
// that a client who writes the subkey there does not lose all of a key.
func deleteAttrs(c *call) (answer, error) {
	match, err := c.selected()
	if err != nil {
		return answer{}, err
	}
	if c.params.Has("subkey") && c.r.PathValue("subkey") == "" {
		match.Subkey = clusto.Is(c.param("subkey"))
	}
	if c.params.Has("number") && c.r.PathValue("number") == "" {
		n, err := pythonInt64(c.param("number"))
		if err != nil {
			return answer{}, err
		}
		match.Number = clusto.Is(n)
	}
	return c.update(func(inv *clusto.Inventory) (answer, error) {
		o, err := c.find(inv, c.r.PathValue("name"), c.param("driver"))
		if err != nil {
			return answer{}, err
		}
		if c.params.Has("value") {
			value, err := c.wantedValue(inv)
			if err != nil {
				return answer{}, err
			}
			match.Value = clusto.Is(value)
		}
		if _, err := o.DelAttrs(c.ctx, match); err != nil {
			return answer{}, err
		}
		return c.attrs(inv, http.StatusOK, o, clusto.AttrMatch{Visible: true})
	})
}
