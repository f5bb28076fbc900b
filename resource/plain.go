package resource

import (
	"context"

	"github.com/clusto/clusto"
)

// plainRules are those of a manager that hands out whatever it is told to, and
// what the other kinds share.
type plainRules struct{ m *Manager }

func (p plainRules) form(resource any) (clusto.Value, error) {
	v, err := clusto.ValueOf(resource)
	if err == nil && v.IsNone() {
		err = clusto.Errorf(clusto.ErrInvalid, "%s: nothing is not a resource", p.m.Name)
	}
	return v, err
}

func (plainRules) has(clusto.Value) error { return nil }

// users are those who have it from this manager: each manager has names and numbers
// of its own. Classic asked all managers of a kind.
func (p plainRules) users(ctx context.Context, resources ...clusto.Value) ([]clusto.Attr, error) {
	return p.m.own(ctx, resources...)
}

func (plainRules) beside(clusto.Value) []clusto.Attr { return nil }

func (plainRules) text(resource clusto.Value) string { return resource.Text() }
