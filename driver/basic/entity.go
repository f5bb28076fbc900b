package basic

import (
	"context"
	"slices"

	"github.com/clusto/clusto"
)

// Entity is the driver that all others extend, and that stands in for a driver
// that is not loaded (classic: drivers/base/driver.py).
var Entity = &clusto.Driver{
	Name:  clusto.RootDriver,
	Class: "Driver",
	Type:  "generic",
	Doc:   "anything in the inventory",
	Mixins: []*clusto.Mixin{
		{Class: "Attributes", Doc: "what every entity can do with its attributes", Methods: attributeMethods},
		{Class: "Container", Doc: "what every entity can do as a container and in one", Methods: containerMethods},
	},
}

// Meta is the driver of the one entity that tells about the database itself.
var Meta = &clusto.Driver{
	Name:       "clustometa",
	Class:      "ClustoMeta",
	Type:       "clustometa",
	Base:       Entity,
	Properties: []clusto.Property{{Name: "schemaversion"}},
	Doc:        "what the database knows about itself",
}

var attributeMethods = []*clusto.Method{
	queryMethod("attrs", "The attributes that match, sorted by key.", askAttrs),
	queryMethod("attr_query", "The attributes that match, sorted by key.", askAttrs),
	queryMethod("attr_values", "The values of the attributes that match.", func(ctx context.Context, o *clusto.Object, q query) ([]clusto.Value, error) {
		return eachAttr(ctx, o, q, func(a clusto.Attr) clusto.Value { return a.Value })
	}),
	queryMethod("attr_keys", "The keys of the attributes that match.", func(ctx context.Context, o *clusto.Object, q query) ([]string, error) {
		return eachAttr(ctx, o, q, func(a clusto.Attr) string { return a.Key })
	}),
	queryMethod("attr_key_tuples", "Key, number and subkey of each attribute that matches.", func(ctx context.Context, o *clusto.Object, q query) ([][3]any, error) {
		return eachAttr(ctx, o, q, keyTuple)
	}),
	queryMethod("attr_items", "Key, number and subkey, and the value, of each attribute that matches.", func(ctx context.Context, o *clusto.Object, q query) ([][2]any, error) {
		return eachAttr(ctx, o, q, func(a clusto.Attr) [2]any { return [2]any{keyTuple(a), a.Value} })
	}),
	queryMethod("has_attr", "Whether an attribute matches.", func(ctx context.Context, o *clusto.Object, q query) (bool, error) {
		attrs, err := q.run(ctx, o)
		return len(attrs) > 0, err
	}),
	clusto.M("attr_value", queryParams+", default=None",
		"The value of the one attribute that matches, or default. With merge_container_attrs the nearest.", attrValue),
	clusto.ClassM("do_attr_query", "key=?, value=?, number=?, subkey=?, ignore_hidden=True, glob=False, count=False",
		"The attributes of all entities that match, or with count their number. With glob, * in key and subkey stands for any text.", everywhere),
	clusto.M("add_attr", "key, value=None, number=None, subkey=None",
		"Add an attribute, whatever is there already. number=True takes the next number.", addAttr),
	clusto.M("set_attr", "key, value, number=None, subkey=None",
		"Make this the only attribute with that key, number and subkey.", setAttr),
	clusto.M("del_attrs", "key=?, value=?, number=?, subkey=?, ignore_hidden=True",
		"Delete the attributes that match; without arguments all but the hidden ones.", delAttrs),
	clusto.M("references", referenceParams, "The attributes of other entities that refer to this one.", references),
	clusto.M("referencers", referenceParams, "The entities with an attribute that refers to this one.", referencers),
}

func askAttrs(ctx context.Context, o *clusto.Object, q query) ([]clusto.Attr, error) {
	return q.run(ctx, o)
}

// eachAttr returns what of makes of each attribute that q selects.
func eachAttr[T any](ctx context.Context, o *clusto.Object, q query, of func(clusto.Attr) T) ([]T, error) {
	attrs, err := q.run(ctx, o)
	if err != nil {
		return nil, err
	}
	all := make([]T, len(attrs))
	for i, a := range attrs {
		all[i] = of(a)
	}
	return all, nil
}

// keyTuple returns key, number and subkey of a. Arrays are tuples in scripts.
func keyTuple(a clusto.Attr) [3]any {
	tuple := [3]any{a.Key}
	if n, ok := a.Number.Get(); ok {
		tuple[1] = n
	}
	if s, ok := a.Subkey.Get(); ok {
		tuple[2] = s
	}
	return tuple
}

func attrValue(ctx context.Context, o *clusto.Object, key, value, number, subkey any,
	ignoreHidden, merged, regex bool, types, drivers []any, fallback any) (any, error) {
	q, err := newQuery(o.Inventory(), key, value, number, subkey, ignoreHidden, regex, types, drivers)
	if err != nil {
		return nil, err
	}
	q.merged = merged
	attrs, err := q.run(ctx, o)
	switch {
	case err != nil:
		return nil, err
	case len(attrs) == 0:
		return fallback, nil
	case len(attrs) > 1 && !merged:
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%s: %d attributes match, %s and others, where one is wanted", o.Name, len(attrs), attrs[0].Name()),
			"give number and subkey too, or use attr_values")
	}
	return attrs[0].Value, nil
}

// newAttr returns the attribute that the arguments of add_attr and set_attr
// describe. number is None, False, a number, or True for the next one.
func newAttr(ctx context.Context, o *clusto.Object, key string, value, number any, subkey clusto.Opt[string]) (clusto.Attr, error) {
	v, err := clusto.ValueOf(value)
	if err != nil {
		return clusto.Attr{}, err
	}
	a := clusto.Attr{Entity: o.ID, Key: key, Subkey: subkey, Value: v}
	if err := a.Validate(); err != nil {
		return a, err
	}
	cond, err := numberCond(number)
	switch cond.Op {
	case clusto.Equal:
		a.Number = clusto.Num(cond.Arg)
	case clusto.Present:
		n, err := o.NextNumber(ctx, key)
		a.Number = clusto.Num(n)
		return a, err
	}
	return a, err
}

// addAttr stores no value if none is given: classic stored the text "()".
func addAttr(ctx context.Context, o *clusto.Object, key string, value, number any, subkey clusto.Opt[string]) (clusto.Attr, error) {
	a, err := newAttr(ctx, o, key, value, number, subkey)
	if err != nil {
		return a, err
	}
	return a, o.AddAttr(ctx, a)
}

func setAttr(ctx context.Context, o *clusto.Object, key string, value, number any, subkey clusto.Opt[string]) (clusto.Attr, error) {
	a, err := newAttr(ctx, o, key, value, number, subkey)
	if err != nil {
		return a, err
	}
	return a, o.SetAttr(ctx, a)
}

func delAttrs(ctx context.Context, o *clusto.Object, key, value, number, subkey any, ignoreHidden bool) error {
	m, err := attrMatch(key, value, number, subkey, ignoreHidden)
	if err != nil {
		return err
	}
	_, err = o.DelAttrs(ctx, m)
	return err
}

// referenceParams are the parameters of the methods that ask who refers to an
// entity. Hidden attributes, such as those of containers, count.
const referenceParams = "key=?, number=?, subkey=?, clusto_types=None, clusto_drivers=None"

// references limits the owners of the attributes by clusto_types and clusto_drivers.
func references(ctx context.Context, o *clusto.Object, key, number, subkey any, types, drivers []any) ([]clusto.Attr, error) {
	m, err := attrMatch(key, clusto.NotGiven, number, subkey, false)
	if err != nil {
		return nil, err
	}
	attrs, err := o.ReferringAttrs(ctx, m)
	if err != nil || types == nil && drivers == nil {
		return attrs, err
	}
	owners, err := referencers(ctx, o, key, number, subkey, types, drivers)
	return slices.DeleteFunc(attrs, func(a clusto.Attr) bool {
		return !slices.ContainsFunc(owners, func(x *clusto.Object) bool { return x.ID == a.Entity })
	}), err
}

func referencers(ctx context.Context, o *clusto.Object, key, number, subkey any, types, drivers []any) ([]*clusto.Object, error) {
	m, err := attrMatch(key, clusto.NotGiven, number, subkey, false)
	if err != nil {
		return nil, err
	}
	wanted, err := matchOf(o.Inventory().Drivers(), types, drivers)
	if err != nil {
		return nil, err
	}
	objects, err := o.Referencers(ctx, m)
	return limit(objects, wanted), err
}
