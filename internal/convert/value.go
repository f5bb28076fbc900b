package convert

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// none is how a value that is none is written, beside the kinds.
const none = "none"

// kinds are what may stand before the colon of a value.
var kinds = []string{
	string(clusto.KindString), string(clusto.KindInt), string(clusto.KindTime),
	string(clusto.KindJSON), string(clusto.KindRelation), none,
}

// FormatValue returns v as text that [ParseValue] reads: a number and a text as
// they are, all else, and texts that would be taken for it, behind its kind and
// a colon. A relation has the name of the entity it refers to.
func FormatValue(v clusto.Value, to string) string {
	switch {
	case v.Relation() != 0 || to != "":
		return string(clusto.KindRelation) + ":" + to
	case v.IsNone():
		return none + ":"
	case v.Kind() == clusto.KindInt:
		return v.Text()
	case v.Kind() == clusto.KindString && isPlain(v.Str()):
		return v.Str()
	}
	return string(v.Kind()) + ":" + v.Text()
}

// isPlain reports whether text is read as a text as it stands.
func isPlain(text string) bool {
	_, _, typed := cutKind(text)
	return text != "" && !typed && !isNumber(text)
}

// isNumber reports whether text is a number as clusto writes it; 007 is a text.
func isNumber(text string) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && strconv.FormatInt(n, 10) == text
}

// cutKind returns the kind that stands before a colon at the beginning of text,
// and the rest.
func cutKind(text string) (kind, rest string, found bool) {
	kind, rest, found = strings.Cut(text, ":")
	return kind, rest, found && slices.Contains(kinds, kind)
}

// ParseValue returns the value that a text is for people, or the name of the
// entity that a relation refers to: vlan, 442, string:442, datetime:2026-11-22,
// json:[1,2], relation:web1, none:. It returns ErrInvalid if the text is not of the
// kind that it says.
func ParseValue(text string) (v clusto.Value, to string, err error) {
	kind, rest, typed := cutKind(text)
	switch {
	case typed:
		return ParseKind(kind, rest)
	case isNumber(text):
		return ParseKind(string(clusto.KindInt), text)
	}
	return clusto.String(text), "", nil
}

// IsKind reports whether ParseKind knows a kind.
func IsKind(kind string) bool { return slices.Contains(kinds, kind) }

// ParseKind is ParseValue for a text that is known to be of a kind.
func ParseKind(kind, text string) (v clusto.Value, to string, err error) {
	switch kind {
	case string(clusto.KindInt):
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err != nil {
			return v, "", clusto.Errorf(clusto.ErrInvalid, "%q is not a whole number", text)
		}
		return clusto.Int(n), "", nil
	case string(clusto.KindTime):
		t, err := ParseTime(text)
		return clusto.Time(t), "", err
	case string(clusto.KindJSON):
		v, err := ParseJSON([]byte(text))
		return v, "", err
	case string(clusto.KindRelation):
		if text == "" {
			return v, "", clusto.Errorf(clusto.ErrInvalid, "a relation needs the name of an entity")
		}
		return v, text, nil
	case none:
		if text != "" {
			return v, "", clusto.Errorf(clusto.ErrInvalid, "%q stands where no value is said to be", text)
		}
		return v, "", nil
	}
	return clusto.String(text), "", nil
}

// timeForms are the forms of datetimes that are read; fractions may follow the
// seconds. Without a zone they are in UTC.
var timeForms = []string{clusto.TimeLayout, time.DateTime, time.DateOnly, time.RFC3339}

// ParseTime reads a datetime, or returns ErrInvalid.
func ParseTime(text string) (time.Time, error) {
	for _, form := range timeForms {
		if t, err := time.Parse(form, strings.TrimSpace(text)); err == nil {
			return t, nil
		}
	}
	return time.Time{}, clusto.Errorf(clusto.ErrInvalid, "%q is not a datetime such as 2026-11-22T13:45:00", text)
}

// ParseJSON returns the value of a JSON text in the form that classic clusto
// gives it, unless that would not give back the same text.
func ParseJSON(text []byte) (clusto.Value, error) {
	v, err := clusto.JSON(text)
	if err != nil {
		return v, err
	}
	if compact := compactJSON(text); compactJSON([]byte(v.Str())) != compact {
		return clusto.StoredJSON(compact), nil
	}
	return v, nil
}
