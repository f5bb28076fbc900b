package script

import (
	"time"

	startime "go.starlark.net/lib/time"
	"go.starlark.net/starlark"
)

// timeModule is Starlark's module time, with time() and sleep() as Python has them.
func timeModule() starlark.Value {
	members := starlark.StringDict{}
	for name, v := range startime.Module.Members {
		members[name] = v
	}
	members["time"] = starlark.NewBuiltin("time", seconds)
	members["sleep"] = starlark.NewBuiltin("sleep", sleep)
	return fixed("time", members)
}

// seconds is time.time(): the seconds since 1970. With arguments it makes a point in
// time, as in Starlark.
func seconds(t *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args)+len(kwargs) > 0 {
		return starlark.Call(t, startime.Module.Members["time"], args, kwargs)
	}
	return starlark.Float(float64(time.Now().UnixMicro()) / 1e6), nil
}

// sleep is time.sleep(seconds). The end of the script's time, or Ctrl-C, ends it.
func sleep(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var pause starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &pause); err != nil {
		return nil, err
	}
	s, ok := starlark.AsFloat(pause)
	if !ok || !(s >= 0 && s < maxSleep) {
		return nil, raise(classValueError, "sleep() wants a number of seconds, from 0 to a day, not "+repr(pause))
	}
	ctx := envOf(t).ctx
	timer := time.NewTimer(time.Duration(s * float64(time.Second)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return starlark.None, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// maxSleep is a day, in seconds: more is a mistake in the unit.
const maxSleep = 86_400
