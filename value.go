package clusto

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Kind is the kind of an attribute's value. Its text is what classic clusto
// stores in the column datatype (classic: schema.py, Attribute).
type Kind string

// The kinds of values.
const (
	KindString   Kind = "string"
	KindInt      Kind = "int"
	KindTime     Kind = "datetime"
	KindJSON     Kind = "json"
	KindRelation Kind = "relation"
)

// Value is the value of an attribute. The zero Value is no value at all, which
// classic clusto stores as a string that is NULL. Values are compared with
// [Value.Equal], not with ==.
type Value struct {
	kind Kind // "" means no value
	num  int64
	text string
	time time.Time
}

// String returns the Value of a text.
func String(s string) Value { return Value{kind: KindString, text: s} }

// Int returns the Value of a number.
func Int(n int64) Value { return Value{kind: KindInt, num: n} }

// Bool returns the Value of a truth: the number 1 or 0, as classic clusto stores it.
func Bool(b bool) Value {
	if b {
		return Int(1)
	}
	return Int(0)
}

// Time returns the Value of a point in time, in UTC and cut to microseconds,
// which is what the column holds.
func Time(t time.Time) Value {
	return Value{kind: KindTime, time: t.UTC().Truncate(time.Microsecond)}
}

// RelationTo returns the Value that refers to the entity id.
func RelationTo(id EntityID) Value { return Value{kind: KindRelation, num: int64(id)} }

// ValueOf returns the Value for a Go value as classic clusto's type rules have
// it: truths and whole numbers are ints, times datetimes, entities relations,
// lists and maps json, fractions their text; nil is no value. Anything else is
// refused with ErrInvalid: classic stored its text without a word.
func ValueOf(v any) (Value, error) {
	switch v := v.(type) {
	case nil:
		return Value{}, nil
	case Value:
		return v, nil
	case string:
		return String(v), nil
	case bool:
		return Bool(v), nil
	case int:
		return Int(int64(v)), nil
	case int64:
		return Int(v), nil
	case float64:
		return String(FormatFloat(v)), nil
	case time.Time:
		return Time(v), nil
	case EntityID:
		return RelationTo(v), nil
	case *Object:
		return RelationTo(v.ID), nil
	case []any, map[string]any:
		return jsonOf(v)
	}
	return Value{}, Errorf(ErrInvalid, "a %s cannot be an attribute's value; use a string, an int, a datetime, a list, a map or an entity", WordFor(v))
}

// Kind returns the kind of v; no value has KindString, as in the database.
func (v Value) Kind() Kind {
	if v.kind == "" {
		return KindString
	}
	return v.kind
}

// IsNone reports whether v is no value.
func (v Value) IsNone() bool { return v.kind == "" }

// Str returns the text of a string or JSON value, else "".
func (v Value) Str() string { return v.text }

// Int64 returns the number of an int value, else 0.
func (v Value) Int64() int64 {
	if v.kind == KindInt {
		return v.num
	}
	return 0
}

// Time returns the time of a datetime value, in UTC, else the zero time.
func (v Value) Time() time.Time { return v.time }

// Relation returns the entity a relation refers to, else 0, which is no entity.
func (v Value) Relation() EntityID {
	if v.kind == KindRelation {
		return EntityID(v.num)
	}
	return 0
}

// Truthy reports whether v counts as true in a setting such as dhcp.enabled:
// a number that is not 0, a text that is neither empty nor "0", "false", "no"
// or "off", or anything else that is there.
func (v Value) Truthy() bool {
	switch v.kind {
	case "":
		return false
	case KindInt:
		return v.num != 0
	case KindString:
		switch v.text {
		case "", "0", "false", "False", "no", "off":
			return false
		}
	}
	return true
}

// TimeLayout is the form of a datetime in exports and answers, without
// fraction; [FormatTime] adds six digits when there is one.
const TimeLayout = "2006-01-02T15:04:05"

// FormatTime returns t in UTC as 2012-02-29T23:59:58, with exactly six fraction
// digits when the fraction is not zero, and no zone.
func FormatTime(t time.Time) string {
	t = t.UTC().Truncate(time.Microsecond)
	if t.Nanosecond() != 0 {
		return t.Format(TimeLayout + ".000000")
	}
	return t.Format(TimeLayout)
}

// Text returns v for people, on one line at most; a relation shows only its number, because
// a Value does not know names: see [Inventory.ValueText].
func (v Value) Text() string {
	switch v.kind {
	case KindInt:
		return strconv.FormatInt(v.num, 10)
	case KindTime:
		return FormatTime(v.time)
	case KindRelation:
		return fmt.Sprintf("entity %d", v.num)
	}
	return v.text
}

// FormatFloat returns a fraction as classic clusto, which is written in Python,
// stores and shows it: with a point or an exponent, in as few digits as tell it from
// all others.
func FormatFloat(f float64) string {
	size := math.Abs(f)
	switch {
	case math.IsInf(f, 0), math.IsNaN(f):
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(f, 'g', -1, 64), "+"))
	case size != 0 && (size < 1e-4 || size >= 1e16):
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// Equal reports whether v and w are the same value. JSON is compared by
// meaning: order of keys and spacing do not count.
func (v Value) Equal(w Value) bool {
	if v.kind != w.kind {
		return false
	}
	switch v.kind {
	case KindTime:
		return v.time.Equal(w.time)
	case KindJSON:
		return v.text == w.text || canonicalJSON(v.text) == canonicalJSON(w.text)
	}
	return v.num == w.num && v.text == w.text
}

// Compare orders values for output: nothing first, then by kind, then by value.
func (v Value) Compare(w Value) int {
	return cmp.Or(
		cmp.Compare(v.kind, w.kind),
		cmp.Compare(v.num, w.num),
		v.time.Compare(w.time),
		cmp.Compare(v.text, w.text),
	)
}
