package clusto

import (
	"context"
	"fmt"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Method is something a driver can do. One table of methods feeds scripts,
// help, completion and every other front end.
type Method struct {
	Name   string
	Doc    string
	Params []Param
	// Reads says that scripts get the result by the name alone, as if it were a
	// value of the entity: server.hostname, without parentheses.
	Reads bool
	// OnClass says that the method belongs to the driver, not to an entity:
	// Call is then given no object.
	OnClass bool
	// Call runs the method. args has one element for each of Params; those
	// not given are [NotGiven].
	Call func(ctx context.Context, inv *Inventory, self *Object, args []any) (any, error)
}

// Param is a parameter of a method.
type Param struct {
	Name     string
	Optional bool
	// Default is what an optional parameter is when it is not given. NotGiven
	// lets the method tell "not given" from every value.
	Default any
}

// notGiven is the type of NotGiven.
type notGiven struct{}

// NotGiven stands in an argument list for an argument that was not given.
var NotGiven any = notGiven{}

// M declares a method of entities. params is a list as scripts write it:
// "device, rackU", "porttype, portnum=None, deep=False, key=?"; a default is a
// number, a quoted text, True, False, None or ?, which means that the method is
// told whether it was given. fn is a function
//
//	func(ctx context.Context, self *Object, …one for each parameter) (result, error)
//
// whose result may be left out. Parameters may be string, bool, int, int64,
// *Object, *Driver, slices of these, map[string]any, any, and Opt of these for
// a parameter that may be absent (None or not given). An *Object or *Driver is
// nil only if the parameter is optional. A single value is accepted where a
// slice is wanted. M panics if the list and fn disagree, which
// is a bug.
func M(name, params, doc string, fn any) *Method {
	m := &Method{Name: name, Doc: doc, Params: parseParams(name, params)}
	f := reflect.ValueOf(fn)
	m.check(f, reflect.TypeFor[*Object]())
	m.Call = func(ctx context.Context, inv *Inventory, self *Object, args []any) (any, error) {
		if self == nil {
			return nil, Errorf(ErrInvalid, "%s is a method of entities; call it on one", name)
		}
		return m.invoke(f, reflect.ValueOf(ctx), reflect.ValueOf(self), args)
	}
	return m
}

// Get declares a method without parameters whose result scripts read by the
// name alone; fn is as in [M].
func Get(name, doc string, fn any) *Method {
	m := M(name, "", doc, fn)
	m.Reads = true
	return m
}

// ClassM declares a method of the driver itself; fn has an *Inventory where a
// method of entities has an *Object.
func ClassM(name, params, doc string, fn any) *Method {
	m := &Method{Name: name, Doc: doc, Params: parseParams(name, params), OnClass: true}
	f := reflect.ValueOf(fn)
	m.check(f, reflect.TypeFor[*Inventory]())
	m.Call = func(ctx context.Context, inv *Inventory, _ *Object, args []any) (any, error) {
		return m.invoke(f, reflect.ValueOf(ctx), reflect.ValueOf(inv), args)
	}
	return m
}

// Signature returns the method as people write it: insert(device, rackU), or
// hostname if it is read by its name alone.
func (m *Method) Signature() string {
	if m.Reads {
		return m.Name
	}
	params := make([]string, len(m.Params))
	for i, p := range m.Params {
		params[i] = p.Name
		if p.Optional {
			params[i] += "=" + defaultText(p.Default)
		}
	}
	return m.Name + "(" + strings.Join(params, ", ") + ")"
}

func defaultText(v any) string {
	switch v := v.(type) {
	case nil, notGiven:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case string:
		return "'" + v + "'"
	}
	return fmt.Sprint(v)
}

// Arrange puts positional and named arguments in the order of the parameters,
// with NotGiven for those that are missing. It returns ErrInvalid if one is
// unknown, given twice, or missing and not optional.
func (m *Method) Arrange(positional []any, named map[string]any) ([]any, error) {
	if len(positional) > len(m.Params) {
		return nil, Errorf(ErrInvalid, "%s: got %d arguments, want at most %d", m.Signature(), len(positional), len(m.Params))
	}
	args := make([]any, len(m.Params))
	for i := range args {
		args[i] = NotGiven
	}
	copy(args, positional)
	left := len(named)
	for i, p := range m.Params {
		v, ok := named[p.Name]
		if !ok {
			continue
		}
		if i < len(positional) {
			return nil, Errorf(ErrInvalid, "%s: got two values for %s", m.Signature(), p.Name)
		}
		args[i] = v
		left--
	}
	if left > 0 {
		return nil, m.unknownArgument(named)
	}
	for i, p := range m.Params {
		if args[i] == NotGiven && !p.Optional {
			return nil, Errorf(ErrInvalid, "%s: missing argument %s", m.Signature(), p.Name)
		}
	}
	return args, nil
}

func (m *Method) unknownArgument(named map[string]any) error {
	known := make([]string, len(m.Params))
	for i, p := range m.Params {
		known[i] = p.Name
		delete(named, p.Name)
	}
	for name := range named {
		return WithHint(Errorf(ErrInvalid, "%s: unexpected argument %s", m.Signature(), name),
			"it takes %s", strings.Join(known, ", "))
	}
	return nil
}

// check panics if f does not fit the declared parameters.
func (m *Method) check(f reflect.Value, self reflect.Type) {
	t := f.Type()
	fits := t.Kind() == reflect.Func && t.NumIn() == len(m.Params)+2 &&
		t.In(0) == reflect.TypeFor[context.Context]() && t.In(1) == self &&
		(t.NumOut() == 1 || t.NumOut() == 2) && t.Out(t.NumOut()-1) == reflect.TypeFor[error]()
	if !fits {
		panic(fmt.Sprintf("method %s: %s does not fit %s", m.Name, t, m.Signature()))
	}
}

func (m *Method) invoke(f, ctx, self reflect.Value, args []any) (any, error) {
	if len(args) != len(m.Params) {
		return nil, Errorf(ErrInvalid, "%s: got %d arguments, want %d", m.Signature(), len(args), len(m.Params))
	}
	in := make([]reflect.Value, 0, len(args)+2)
	in = append(in, ctx, self)
	for i, p := range m.Params {
		v := args[i]
		if v == NotGiven && p.Optional {
			v = p.Default
		}
		want := f.Type().In(i + 2)
		if (v == nil || v == NotGiven) && p.Optional && want.Kind() == reflect.Pointer {
			in = append(in, reflect.Zero(want))
			continue
		}
		converted, err := convert(v, want)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", m.Name, p.Name, err)
		}
		in = append(in, converted)
	}
	out := f.Call(in)
	if err, _ := out[len(out)-1].Interface().(error); err != nil {
		return nil, err
	}
	if len(out) == 1 {
		return nil, nil
	}
	return out[0].Interface(), nil
}

// optional is what every Opt is, for convert.
type optional interface {
	hold(v any) (reflect.Value, error)
}

func (o Opt[T]) hold(v any) (reflect.Value, error) {
	if v == nil || v == NotGiven {
		return reflect.ValueOf(o), nil
	}
	inner, err := convert(v, reflect.TypeFor[T]())
	if err != nil {
		return reflect.Value{}, err
	}
	return reflect.ValueOf(Some(inner.Interface().(T))), nil
}

// convert returns v as a value of type want, or ErrInvalid.
func convert(v any, want reflect.Type) (reflect.Value, error) {
	if want == reflect.TypeFor[any]() {
		return reflect.ValueOf(&v).Elem(), nil
	}
	if o, ok := reflect.Zero(want).Interface().(optional); ok {
		return o.hold(v)
	}
	if v == nil || v == NotGiven {
		switch want.Kind() {
		case reflect.Slice, reflect.Map:
			return reflect.Zero(want), nil
		}
		return reflect.Value{}, Errorf(ErrInvalid, "got None, want %s", kindName(want))
	}
	got := reflect.ValueOf(v)
	if got.Type().AssignableTo(want) {
		return got, nil
	}
	switch want.Kind() {
	case reflect.Int, reflect.Int64:
		if b, ok := v.(bool); ok {
			v = int64(Bool(b).Int64())
			got = reflect.ValueOf(v)
		}
		if got.CanInt() {
			return got.Convert(want), nil
		}
	case reflect.Slice:
		return convertSlice(v, want)
	}
	return reflect.Value{}, Errorf(ErrInvalid, "got %s, want %s", kindName(got.Type()), kindName(want))
}

func convertSlice(v any, want reflect.Type) (reflect.Value, error) {
	items, ok := v.([]any)
	if !ok {
		items = []any{v}
	}
	out := reflect.MakeSlice(want, 0, len(items))
	for _, item := range items {
		element, err := convert(item, want.Elem())
		if err != nil {
			return reflect.Value{}, err
		}
		out = reflect.Append(out, element)
	}
	return out, nil
}

// WordFor returns what v is in the words of scripts, for messages: entity, int,
// list, None.
func WordFor(v any) string {
	if v == nil || v == NotGiven {
		return "None"
	}
	return kindName(reflect.TypeOf(v))
}

// kindName returns the name of a Go type in the words of scripts.
func kindName(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[*Object]():
		return "entity"
	case reflect.TypeFor[*Driver]():
		return "driver"
	case reflect.TypeFor[Value]():
		return "value"
	case reflect.TypeFor[time.Time]():
		return "datetime"
	case reflect.TypeFor[netip.Addr]():
		return "address"
	case reflect.TypeFor[netip.Prefix]():
		return "network"
	}
	switch t.Kind() {
	case reflect.Slice:
		return "list"
	case reflect.Map:
		return "dict"
	case reflect.Int64:
		return "int"
	case reflect.Float64:
		return "float"
	}
	return t.String()
}

// parseParams reads a parameter list; it panics if it cannot, which is a bug.
func parseParams(method, list string) []Param {
	var params []Param
	for item := range strings.SplitSeq(list, ",") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		name, text, optional := strings.Cut(item, "=")
		p := Param{Name: strings.TrimSpace(name), Optional: optional}
		if optional {
			p.Default = parseDefault(method, strings.TrimSpace(text))
		}
		params = append(params, p)
	}
	return params
}

func parseDefault(method, text string) any {
	switch text {
	case "None":
		return nil
	case "?":
		return NotGiven
	case "True":
		return true
	case "False":
		return false
	}
	if n := len(text); n >= 2 && text[0] == '\'' && text[n-1] == '\'' {
		return text[1 : n-1]
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic(fmt.Sprintf("method %s: default %s", method, text))
	}
	return n
}
