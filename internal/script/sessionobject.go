package script

import (
	"fmt"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
)

// sessionObject is SESSION: who changes the inventory and why, and the version
// that is read (classic: clusto.SESSION).
type sessionObject struct{ s *Session }

var _ starlark.HasSetField = (*sessionObject)(nil)

func (o *sessionObject) String() string        { return "<SESSION>" }
func (o *sessionObject) Type() string          { return "SESSION" }
func (o *sessionObject) Freeze()               {}
func (o *sessionObject) Truth() starlark.Bool  { return starlark.True }
func (o *sessionObject) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: SESSION") }

func (o *sessionObject) AttrNames() []string {
	return []string{"clusto_description", "clusto_user", "clusto_version"}
}

func (o *sessionObject) Attr(name string) (starlark.Value, error) {
	switch name {
	case "clusto_user":
		return starlark.String(o.s.settings.user), nil
	case "clusto_description":
		return starlark.String(o.s.settings.description), nil
	case "clusto_version":
		if v := o.s.settings.version; v != clusto.Live {
			return starlark.MakeInt64(int64(v)), nil
		}
		return starlark.None, nil
	}
	return nil, nil
}

// SetField sets clusto_user, clusto_description for the next version, or
// clusto_version, from the next statement on: None is the live inventory.
func (o *sessionObject) SetField(name string, v starlark.Value) error {
	switch name {
	case "clusto_version":
		return o.setVersion(v)
	case "clusto_user", "clusto_description":
		s := ""
		if v != starlark.None {
			var ok bool
			if s, ok = starlark.AsString(v); !ok {
				return raise(classTypeError, fmt.Sprintf("SESSION.%s must be a string, not %s", name, v.Type()))
			}
		}
		if name == "clusto_user" {
			return o.setUser(s)
		}
		o.s.settings.description = s
		if inv := o.s.env.inv; inv != nil {
			if tx, err := inv.Tx(); err == nil {
				tx.Describe(s)
			}
		}
		return nil
	}
	return raise(classAttributeError, fmt.Sprintf("SESSION has no %s; it has clusto_user, clusto_description and clusto_version", name))
}

func (o *sessionObject) setUser(name string) error {
	if user := o.s.engine.opt.User; o.s.engine.opt.FixedUser && name != user {
		return clusto.WithHint(clusto.Errorf(clusto.ErrDenied, "SESSION.clusto_user cannot be %q: what you change is recorded for %q", name, user),
			"leave the line out; SESSION.clusto_description may say for whom it is done")
	}
	o.s.settings.user = name
	return nil
}

func (o *sessionObject) setVersion(v starlark.Value) error {
	if o.s.depth > 0 || o.s.atomic {
		return raise(classTransactionException, "SESSION.clusto_version cannot change inside a transaction; commit() first")
	}
	if v == starlark.None {
		o.s.settings.version = clusto.Live
		return nil
	}
	n, ok := v.(starlark.Int)
	number, small := n.Int64()
	if !ok || !small || number < 1 {
		return raise(classValueError, fmt.Sprintf("SESSION.clusto_version must be a version's number or None, not %s", str(v)))
	}
	o.s.settings.version = clusto.Version(number)
	return nil
}
