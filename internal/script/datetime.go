package script

import (
	"time"

	startime "go.starlark.net/lib/time"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// datetimeModule has what scripts use of Python's datetime. Its values are those of the
// module time, and what attributes of that kind hold: points in time, in UTC.
func datetimeModule() starlark.Value {
	return fixed("datetime", starlark.StringDict{
		"datetime":  &datetimeClass{},
		"timedelta": starlark.NewBuiltin("timedelta", timedelta),
	})
}

// datetimeClass is datetime.datetime.
type datetimeClass struct{}

var (
	_ starlark.Callable   = (*datetimeClass)(nil)
	_ starlark.Comparable = (*datetimeClass)(nil)
)

func (*datetimeClass) Name() string          { return "datetime" }
func (*datetimeClass) String() string        { return "<type 'datetime'>" }
func (*datetimeClass) Type() string          { return "type" }
func (*datetimeClass) Freeze()               {}
func (*datetimeClass) Truth() starlark.Bool  { return starlark.True }
func (*datetimeClass) Hash() (uint32, error) { return starlark.String("datetime").Hash() }
func (*datetimeClass) AttrNames() []string   { return []string{"fromtimestamp", "now", "utcnow"} }

// CompareSameType has all of them equal: there is only one datetime.
func (*datetimeClass) CompareSameType(op syntax.Token, other starlark.Value, _ int) (bool, error) {
	_, same := other.(*datetimeClass)
	return same == (op == syntax.EQL), nil
}

func (*datetimeClass) Attr(name string) (starlark.Value, error) {
	switch name {
	case "now", "utcnow":
		return starlark.NewBuiltin(name, func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0); err != nil {
				return nil, err
			}
			return startime.Time(time.Now().UTC()), nil
		}), nil
	case "fromtimestamp":
		return startime.Module.Members["from_timestamp"], nil
	}
	return nil, nil
}

// CallInternal is datetime(year, month, day, hour=0, minute=0, second=0, microsecond=0).
func (*datetimeClass) CallInternal(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var year, month, day, hour, minute, second, microsecond int
	err := starlark.UnpackArgs("datetime", args, kwargs, "year", &year, "month", &month, "day", &day,
		"hour?", &hour, "minute?", &minute, "second?", &second, "microsecond?", &microsecond)
	if err != nil {
		return nil, err
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, microsecond*1000, time.UTC)
	if t.Year() != year || int(t.Month()) != month || t.Day() != day || t.Hour() != hour || t.Minute() != minute || t.Second() != second {
		return nil, raise(classValueError, "there is no such day or time")
	}
	return startime.Time(t), nil
}

// timedelta is datetime.timedelta(days=0, seconds=0, minutes=0, hours=0, weeks=0).
func timedelta(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var days, seconds, minutes, hours, weeks starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "days?", &days, "seconds?", &seconds, "minutes?", &minutes, "hours?", &hours, "weeks?", &weeks); err != nil {
		return nil, err
	}
	var total float64
	for _, part := range []struct {
		n    starlark.Value
		unit time.Duration
	}{{days, 24 * time.Hour}, {seconds, time.Second}, {minutes, time.Minute}, {hours, time.Hour}, {weeks, 7 * 24 * time.Hour}} {
		if part.n == nil {
			continue
		}
		f, ok := starlark.AsFloat(part.n)
		if !ok {
			return nil, raise(classTypeError, "timedelta wants numbers, not "+part.n.Type())
		}
		total += f * float64(part.unit)
	}
	return startime.Duration(total), nil
}
