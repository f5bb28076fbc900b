package cli

import (
	"encoding/json"
	"strconv"

	"github.com/clusto/clusto"
)

// classicTime is how classic clusto prints a datetime.
const classicTime = "2006-01-02 15:04:05"

// names are the names of the entities that relations refer to.
type names map[clusto.EntityID]string

// text returns v as classic clusto prints it, but a relation as the name of
// what it refers to, and json as JSON.
func (n names) text(v clusto.Value) string {
	switch {
	case v.IsNone():
		return "None"
	case v.Relation() != 0:
		return n[v.Relation()]
	case v.Kind() == clusto.KindTime:
		t := v.Time()
		if t.Nanosecond() != 0 {
			return t.Format(classicTime + ".000000")
		}
		return t.Format(classicTime)
	}
	return v.Text()
}

// data returns v as JSON and YAML have it.
func (n names) data(v clusto.Value) any {
	switch {
	case v.IsNone():
		return nil
	case v.Kind() == clusto.KindInt:
		return v.Int64()
	case v.Kind() == clusto.KindJSON:
		var decoded any
		if json.Unmarshal([]byte(v.Str()), &decoded) == nil {
			return decoded
		}
	}
	return n.text(v)
}

// numberText returns n, or none if there is no number.
func numberText(n clusto.Number, none string) string {
	if v, ok := n.Get(); ok {
		return strconv.FormatInt(v, 10)
	}
	return none
}
