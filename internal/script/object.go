package script

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/nearest"
)

// object is an entity. It holds the entity's ID and looks it up each time in
// the transaction that is open, so it survives renames, and the end of a
// transaction.
type object struct {
	env     *env
	id      clusto.EntityID
	name    string // when it was last seen
	private *scope // attributes that begin with "_", which are not stored; or nil
}

var (
	_ starlark.HasSetField = (*object)(nil)
	_ starlark.Container   = (*object)(nil)
	_ starlark.Iterable    = (*object)(nil)
	_ starlark.Comparable  = (*object)(nil)
)

// wrap returns an entity for scripts.
func (x *env) wrap(o *clusto.Object) *object {
	x.note(o)
	return &object{env: x, id: o.ID, name: o.Name}
}

// now returns the entity as it is in the open transaction.
func (o *object) now() (*clusto.Object, error) {
	got, err := o.env.object(o.id, o.name)
	if err == nil {
		o.name = got.Name
	}
	return got, err
}

// class returns the class of the entity's driver.
func (o *object) class() (*class, *clusto.Object, error) {
	now, err := o.now()
	if err != nil {
		return nil, nil, err
	}
	return o.env.engine.classOf(now.Driver()), now, nil
}

// Type returns the name of the class; "entity" if the entity is gone.
func (o *object) Type() string {
	c, _, err := o.class()
	if err != nil {
		return clusto.RootDriver
	}
	return c.name
}

// String returns the entity as classic's shell shows it.
func (o *object) String() string {
	c, now, err := o.class()
	if err != nil {
		return fmt.Sprintf("<%s: %v>", o.name, err)
	}
	return fmt.Sprintf("%s(name=%s, type=%s, driver=%s)", c.name, now.Name, now.Type, now.Entity.Driver)
}

func (o *object) Freeze()               {}
func (o *object) Truth() starlark.Bool  { return starlark.True }
func (o *object) Hash() (uint32, error) { return starlark.MakeInt64(int64(o.id)).Hash() }

// CompareSameType compares entities: equal are handles of one entity; the order
// is that of their names.
func (o *object) CompareSameType(op syntax.Token, other starlark.Value, _ int) (bool, error) {
	p, ok := other.(*object)
	if !ok {
		return op == syntax.NEQ, nil
	}
	switch op {
	case syntax.EQL:
		return o.id == p.id, nil
	case syntax.NEQ:
		return o.id != p.id, nil
	}
	if _, err := o.now(); err != nil {
		return false, err
	}
	if _, err := p.now(); err != nil {
		return false, err
	}
	c := strings.Compare(o.name, p.name)
	switch op {
	case syntax.LT:
		return c < 0, nil
	case syntax.LE:
		return c <= 0, nil
	case syntax.GT:
		return c > 0, nil
	}
	return c >= 0, nil
}

// Has answers "thing in entity": by __contains__ if the class has one, else
// whether thing is directly in the entity.
func (o *object) Has(thing starlark.Value) (bool, error) {
	c, now, err := o.class()
	if err != nil {
		return false, err
	}
	if fn, _ := c.find("__contains__", nil); fn != nil {
		v, err := starlark.Call(o.env.thread, fn, starlark.Tuple{o, thing}, nil)
		return err == nil && bool(v.Truth()), err
	}
	other, ok := thing.(*object)
	if !ok {
		return false, raise(classTypeError, fmt.Sprintf("'in %s' wants an entity, not %s", now.Name, thing.Type()))
	}
	content, err := other.now()
	if err != nil {
		return false, err
	}
	return now.Contains(o.env.ctx, content)
}

// Iterate goes through the contents.
func (o *object) Iterate() starlark.Iterator {
	c, now, err := o.class()
	if err != nil {
		return o.env.iterate(nil, err)
	}
	if fn, _ := c.find("__iter__", nil); fn != nil {
		v, err := starlark.Call(o.env.thread, fn, starlark.Tuple{o}, nil)
		return o.env.iterate(v, err)
	}
	contents, err := now.Contents(o.env.ctx, false, clusto.Match{})
	if err != nil {
		return o.env.iterate(nil, err)
	}
	v, err := o.env.fromGo(contents)
	return o.env.iterate(v, err)
}

// iterate returns an iterator over v. Starlark has no way for an iterator to
// fail, so an error stops the thread, which reports it.
func (x *env) iterate(v starlark.Value, err error) starlark.Iterator {
	if err == nil {
		if it := starlark.Iterate(v); it != nil {
			return it
		}
		err = raise(classTypeError, "__iter__ must return a list or something else to iterate over")
	}
	if x.stop != nil {
		x.stop.set(err)
	}
	x.thread.Cancel(err.Error())
	return starlark.Tuple{}.Iterate()
}

// Attr returns, in this order, what is private to the handle, the entity's own
// fields, a property, a member of the class.
func (o *object) Attr(name string) (starlark.Value, error) {
	if o.private != nil {
		if v, ok := o.private.names[name]; ok {
			return v, nil
		}
	}
	c, now, err := o.class()
	if err != nil {
		return nil, err
	}
	switch name {
	case "name":
		return starlark.String(now.Name), nil
	case "type":
		return starlark.String(now.Type), nil
	case "driver":
		return starlark.String(now.Entity.Driver), nil
	case "__class__":
		return c, nil
	}
	if _, ok := now.Driver().Property(name); ok {
		v, err := now.Property(o.env.ctx, name)
		if err != nil {
			return nil, err
		}
		return o.env.fromValue(v)
	}
	if v, err := o.member(name, nil); v != nil || err != nil {
		return v, err
	}
	if fn, _ := c.find("__getattr__", nil); fn != nil {
		return starlark.Call(o.env.thread, fn, starlark.Tuple{o, starlark.String(name)}, nil)
	}
	return nil, nil
}

// member returns a member of the class, or of those behind after, as the entity
// sees it.
func (o *object) member(name string, after *class) (starlark.Value, error) {
	c, _, err := o.class()
	if err != nil {
		return nil, err
	}
	v, m := c.find(name, after)
	switch {
	case m != nil && m.Reads:
		return o.env.callMethod(m, o, nil, nil)
	case m != nil:
		return &goMethod{method: m, class: c, self: o}, nil
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case *property:
		return starlark.Call(o.env.thread, v.get, starlark.Tuple{o}, nil)
	case *classFunc:
		return &bound{recv: c, fn: v.fn}, nil
	case *staticFunc:
		return v.fn, nil
	case *starlark.Function:
		return &bound{recv: o, fn: v}, nil
	}
	return v, nil
}

// AttrNames returns the names that Attr knows.
func (o *object) AttrNames() []string {
	names := []string{"name", "type", "driver"}
	c, now, err := o.class()
	if err != nil {
		return names
	}
	for _, p := range now.Driver().AllProperties() {
		names = append(names, p.Name)
	}
	return append(names, c.AttrNames()...)
}

// SetField stores a property. Names that begin with "_" are kept by the handle
// and not stored. All else is refused: classic lost such values silently.
func (o *object) SetField(name string, v starlark.Value) error {
	c, now, err := o.class()
	if err != nil {
		return err
	}
	if _, ok := now.Driver().Property(name); ok {
		value, err := o.env.toValue(v)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", now.Name, name, err)
		}
		return now.SetProperty(o.env.ctx, name, value)
	}
	if p, _ := c.find(name, nil); p != nil {
		if p, ok := p.(*property); ok {
			return p.assign(o.env.thread, o, name, v)
		}
	}
	if strings.HasPrefix(name, "_") {
		if o.private == nil {
			o.private = newScope(nil)
		}
		return o.private.SetField(name, v)
	}
	return o.unknownField(now, name)
}

func (o *object) unknownField(now *clusto.Object, name string) error {
	err := clusto.Errorf(clusto.ErrInvalid, "%s has no property %s to assign", now.Name, name)
	switch name {
	case "name":
		return clusto.WithHint(err, "use rename('%s', newname)", now.Name)
	case "driver", "type":
		return clusto.WithHint(err, "use change_driver('%s', NewDriver)", now.Name)
	}
	hint := fmt.Sprintf("store it with set_attr(key='%s', value=…)", name)
	var known []string
	for _, p := range now.Driver().AllProperties() {
		known = append(known, p.Name)
	}
	if near := nearest.Name(name, known); near != "" {
		hint = nearest.Question(near) + " else " + hint
	}
	return clusto.WithHint(err, "%s", hint)
}
