package script

import (
	"encoding/json"
	"time"

	startime "go.starlark.net/lib/time"
	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
)

// historyModule is the module history: what was changed, by whom, and how to undo it.
func historyModule() starlark.Value {
	members := starlark.StringDict{}
	for name, fn := range map[string]builtinFunc{
		"log": historyLog, "show": historyShow, "diff": historyDiff, "blame": historyBlame, "version": historyVersion,
		"at": historyAt, "revert": historyRevert, "undelete": historyUndelete,
	} {
		members[name] = starlark.NewBuiltin("history."+name, fn)
	}
	return fixed("history", members)
}

// past returns the history of the inventory that is open, opening it if need be.
func (x *env) past() (clusto.History, error) {
	inv, err := x.inventory()
	if err != nil {
		return nil, err
	}
	return clusto.Past(inv.Reader)
}

// plain returns what v is as JSON, in lists and dicts.
func (x *env) plain(v any) (starlark.Value, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return fromJSON(x.thread, string(text)), nil
}

// versionOf returns the version that a script names: by its number, by a text as
// the commands take it, or by a datetime; None is the newest.
func (x *env) versionOf(h clusto.History, v starlark.Value) (clusto.Version, error) {
	text := ""
	switch v := v.(type) {
	case nil, starlark.NoneType:
		return h.Version(x.ctx)
	case starlark.Int:
		text = v.String()
	case starlark.String:
		text = string(v)
	case startime.Time:
		text = time.Time(v).Format(time.RFC3339Nano)
	default:
		return 0, raise(classTypeError, "want a version's number, a text or a datetime, not "+v.Type())
	}
	found, err := history.Resolve(x.ctx, h, text, time.Now())
	if err == nil && found == clusto.Live {
		return h.Version(x.ctx)
	}
	return found, err
}

// textOf returns a version or time as the commands take it; None is "".
func textOf(v starlark.Value) (string, error) {
	switch v := v.(type) {
	case nil, starlark.NoneType:
		return "", nil
	case starlark.String:
		return string(v), nil
	case starlark.Int:
		return v.String(), nil
	case startime.Time:
		return time.Time(v).Format(time.RFC3339Nano), nil
	}
	return "", raise(classTypeError, "want a version's number, a text or a datetime, not "+v.Type())
}

// lives returns the IDs of what a script names: an entity, or what is or was
// called so; None is nil.
func (x *env) lives(h clusto.History, v starlark.Value) ([]clusto.EntityID, error) {
	switch v := v.(type) {
	case nil, starlark.NoneType:
		return nil, nil
	case *object:
		return []clusto.EntityID{v.id}, nil
	case starlark.String:
		found, err := history.Find(x.ctx, h, string(v))
		return history.IDs(found), err
	}
	return nil, raise(classTypeError, "want an entity or a name, not "+v.Type())
}

// historyLog is history.log(name=None, since=None, until=None, user=None, grep=None, limit=None).
func historyLog(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	m := clusto.VersionMatch{NewestFirst: true}
	var name, since, until, user, grep, limit starlark.Value
	err := starlark.UnpackArgs(b.Name(), args, kwargs, "name?", &name, "since?", &since, "until?", &until,
		"user?", &user, "grep?", &grep, "limit?", &limit)
	if err != nil {
		return nil, err
	}
	x := envOf(t)
	h, err := x.past()
	if err != nil {
		return nil, err
	}
	if m.About, err = x.lives(h, name); err != nil {
		return nil, err
	}
	from, err := textOf(since)
	if err != nil {
		return nil, err
	}
	to, err := textOf(until)
	if err != nil {
		return nil, err
	}
	if err := history.Limit(&m, from, to, time.Now()); err != nil {
		return nil, err
	}
	if m.User, err = optionalText("user", user); err != nil {
		return nil, err
	}
	if m.Grep, err = optionalText("grep", grep); err != nil {
		return nil, err
	}
	if orNone(limit) != starlark.None {
		if m.Limit, err = starlark.AsInt32(limit); err != nil || m.Limit < 1 {
			return nil, raise(classValueError, "limit must be a number from 1 on, or None for all")
		}
	}
	entries, err := history.Log(x.ctx, h, m)
	if err != nil {
		return nil, err
	}
	return x.plain(append([]history.Entry{}, entries...))
}

func orNone(v starlark.Value) starlark.Value {
	if v == nil {
		return starlark.None
	}
	return v
}

// optionalText returns a text that a script may leave out.
func optionalText(what string, v starlark.Value) (string, error) {
	if orNone(v) == starlark.None {
		return "", nil
	}
	text, ok := starlark.AsString(v)
	if !ok {
		return "", raise(classTypeError, what+" must be a string, not "+v.Type())
	}
	return text, nil
}

// historyShow is history.show(version=None).
func historyShow(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var which starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "version?", &which); err != nil {
		return nil, err
	}
	x := envOf(t)
	h, err := x.past()
	if err != nil {
		return nil, err
	}
	v, err := x.versionOf(h, which)
	if err != nil {
		return nil, err
	}
	shown, err := history.Show(x.ctx, h, v)
	if err != nil {
		return nil, err
	}
	return x.plain(shown)
}

// historyDiff is history.diff(a, b=None, name=None).
func historyDiff(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var from, to, name starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "a", &from, "b?", &to, "name?", &name); err != nil {
		return nil, err
	}
	x := envOf(t)
	h, err := x.past()
	if err != nil {
		return nil, err
	}
	first, err := x.versionOf(h, from)
	if err != nil {
		return nil, err
	}
	last, err := x.versionOf(h, to)
	if err != nil {
		return nil, err
	}
	about, err := x.lives(h, name)
	if err != nil {
		return nil, err
	}
	d, err := history.Between(x.ctx, h, first, last, about)
	if err != nil {
		return nil, err
	}
	return x.plain(d)
}

// historyBlame is history.blame(entity).
func historyBlame(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var which starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "entity", &which); err != nil {
		return nil, err
	}
	x := envOf(t)
	h, err := x.past()
	if err != nil {
		return nil, err
	}
	o, err := x.entity(which)
	if err != nil {
		return nil, err
	}
	blame, err := history.BlameOf(x.ctx, h, o.Entity)
	if err != nil {
		return nil, err
	}
	return x.plain(blame)
}

// historyVersion is history.version(when).
func historyVersion(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var when starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "when", &when); err != nil {
		return nil, err
	}
	x := envOf(t)
	h, err := x.past()
	if err != nil {
		return nil, err
	}
	v, err := x.versionOf(h, when)
	return starlark.MakeInt64(int64(v)), err
}

// historyAt is history.at(version, fn, …): it calls fn with the inventory as it was
// then, which cannot be changed.
func historyAt(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) < 2 {
		return nil, raise(classTypeError, "history.at(version, fn, …) wants a version and a function")
	}
	x := envOf(t)
	h, err := x.past()
	if err != nil {
		return nil, err
	}
	v, err := x.versionOf(h, args[0])
	if err != nil {
		return nil, err
	}
	var result starlark.Value
	err = x.engine.opt.Store.View(x.ctx, v, func(r clusto.Reader) error {
		leave := x.enter(x.ctx, clusto.NewInventory(r, x.engine.opt.Drivers))
		x.inside++
		defer func() {
			x.inside--
			leave()
		}()
		result, err = starlark.Call(t, args[1], args[2:], kwargs)
		return err
	})
	return result, err
}

// historyRevert is history.revert(version, …).
func historyRevert(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 || len(kwargs) > 0 {
		return nil, raise(classTypeError, "history.revert(version, …) wants versions")
	}
	return envOf(t).change(func(x *env, tx clusto.Tx) (*history.Plan, error) {
		versions := make([]clusto.Version, len(args))
		for i, arg := range args {
			var err error
			if versions[i], err = x.versionOf(tx, arg); err != nil {
				return nil, err
			}
		}
		return history.Revert(x.ctx, tx, versions...)
	})
}

// historyUndelete is history.undelete(name, new_name=None, version=None).
func historyUndelete(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	what := history.Undeletion{}
	var name, version starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "name", &what.Name, "new_name?", &name, "version?", &version); err != nil {
		return nil, err
	}
	var err error
	if what.As, err = optionalText("new_name", name); err != nil {
		return nil, err
	}
	return envOf(t).change(func(x *env, tx clusto.Tx) (*history.Plan, error) {
		if orNone(version) != starlark.None {
			if what.Version, err = x.versionOf(tx, version); err != nil {
				return nil, err
			}
		}
		return history.Undelete(x.ctx, tx, what)
	})
}

// change calls fn, which changes the inventory in the transaction that is open,
// and returns what it changed.
func (x *env) change(fn func(x *env, tx clusto.Tx) (*history.Plan, error)) (starlark.Value, error) {
	result, err := x.inGo(func() (any, error) {
		tx, err := x.tx()
		if err != nil {
			return nil, err
		}
		return fn(x, tx)
	})
	if err != nil {
		return nil, err
	}
	return x.plain(result)
}
