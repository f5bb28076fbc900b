package operation

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// attr returns an attribute that a request gives to o. Only what may be written
// takes the next number.
func (r *runner) attr(ctx context.Context, o *clusto.Object, given *api.NewAttr) (clusto.Attr, error) {
	a := clusto.Attr{Entity: o.ID, Key: given.Key, Subkey: subkey(given.Subkey)}
	n, next, err := number(given.Number)
	if err != nil {
		return a, about(err, "attribute %s", a.Name())
	}
	a.Number = n
	if a.Value, err = r.value(ctx, given.Type, given.Value); err != nil {
		return a, about(err, "attribute %s", a.Name())
	}
	if err := a.Validate(); err != nil || !next {
		return a, err
	}
	taken, err := o.NextNumber(ctx, a.Key)
	a.Number = clusto.Num(taken)
	return a, err
}

// addTo adds attributes to o.
func (r *runner) addTo(ctx context.Context, o *clusto.Object, given []api.NewAttr) error {
	attrs := make([]clusto.Attr, len(given))
	for i := range given {
		a, err := r.attr(ctx, o, &given[i])
		if err != nil {
			return err
		}
		attrs[i] = a
	}
	if len(attrs) == 0 {
		return nil
	}
	return o.AddAttrs(ctx, attrs...)
}

// errNoAttrs says that an operation on attributes names none.
func errNoAttrs() error {
	return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "attrs has no attributes"), `write "attrs": [{"key": "owner", "value": "web team"}]`)
}

func (r *runner) addAttrs(ctx context.Context, c *api.ChangeAttrs) (api.OperationResult, error) {
	if len(c.Attrs) == 0 {
		return api.OperationResult{}, errNoAttrs()
	}
	o, err := r.object(ctx, c.Entity)
	if err != nil {
		return api.OperationResult{}, err
	}
	if err := r.addTo(ctx, o, c.Attrs); err != nil {
		return api.OperationResult{}, about(err, "%s", o.Name)
	}
	return named(o), nil
}

func (r *runner) setAttrs(ctx context.Context, c *api.ChangeAttrs) (api.OperationResult, error) {
	if len(c.Attrs) == 0 {
		return api.OperationResult{}, errNoAttrs()
	}
	o, err := r.object(ctx, c.Entity)
	if err != nil {
		return api.OperationResult{}, err
	}
	for i := range c.Attrs {
		a, err := r.attr(ctx, o, &c.Attrs[i])
		if err != nil {
			return api.OperationResult{}, about(err, "%s", o.Name)
		}
		if err := o.SetAttr(ctx, a); err != nil {
			return api.OperationResult{}, r.severalError(ctx, o, a, err)
		}
	}
	return named(o), nil
}

func (r *runner) deleteAttrs(ctx context.Context, c *api.DeleteAttrs) (api.OperationResult, error) {
	o, err := r.object(ctx, c.Entity)
	if err != nil {
		return api.OperationResult{}, err
	}
	m, err := r.deletion(ctx, c)
	if err != nil {
		return api.OperationResult{}, about(err, "%s", o.Name)
	}
	result := named(o)
	result.Count, err = o.DelAttrs(ctx, m)
	return result, err
}

// deletion returns the attributes that are to be deleted. Hidden ones are meant only
// where the key says so: to delete all must not take things out of containers.
func (r *runner) deletion(ctx context.Context, c *api.DeleteAttrs) (clusto.AttrMatch, error) {
	m := clusto.AttrMatch{Visible: len(c.Key) == 0 || c.Key[0] != '_'}
	if c.Key != "" {
		m.Key = textCond(c.Key)
	}
	if s := c.Subkey; s != nil && *s != "" {
		m.Subkey = textCond(*s)
	} else if s != nil {
		m.Subkey = clusto.IsAbsent[string]()
	}
	if !isNothing(c.Number) {
		n, any, err := number(c.Number)
		if err != nil {
			return m, err
		}
		m.Number = clusto.Exactly(n)
		if any {
			m.Number = clusto.IsPresent[int64]()
		}
	}
	if len(bytes.TrimSpace(c.Value)) > 0 {
		v, err := r.value(ctx, c.Type, c.Value)
		m.Value = clusto.Is(v)
		if v.IsNone() {
			m.Value = clusto.IsAbsent[clusto.Value]()
		}
		return m, err
	}
	if c.Type != "" {
		return m, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "a type %s without a value", c.Type),
			"the type says what the value is; to delete attributes of a type is not possible")
	}
	return m, nil
}

// textCond returns the condition that a text is as given, where * stands for any text. A
// transaction remembers more of what it is asked without one.
func textCond(text string) clusto.Cond[string] {
	if strings.Contains(text, "*") {
		return clusto.Like(text)
	}
	return clusto.Is(text)
}

// severalError returns err, which says that o has several attributes like a, with what
// they are.
func (r *runner) severalError(ctx context.Context, o *clusto.Object, a clusto.Attr, err error) error {
	m := clusto.AttrMatch{Key: clusto.Is(a.Key), Number: clusto.Exactly(a.Number), Subkey: clusto.Exactly(a.Subkey)}
	there, errThere := o.Attrs(ctx, m)
	if errThere != nil || len(there) < 2 {
		return err
	}
	var texts []string
	for _, a := range there[:min(maxSeveral, len(there))] {
		text, errText := r.inv.ValueText(ctx, a.Value)
		if errText != nil {
			return err
		}
		texts = append(texts, excerpt([]byte(text)))
	}
	if len(there) > maxSeveral {
		texts = append(texts, "…")
	}
	return clusto.WithHint(fmt.Errorf("%w: they are %s", err, strings.Join(texts, ", ")), "%s", clusto.Hint(err))
}

// maxSeveral is how many attributes are shown of several where one was meant.
const maxSeveral = 5
