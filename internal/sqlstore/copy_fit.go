package sqlstore

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// limits are what a column of a certain database cannot hold. They are found
// by trying, because databases differ by how they were made: classic clusto's
// int_value has 32 bits unless it was widened, its times in MySQL no fractions.
type limits struct {
	strict   bool // nothing but what belongs into a column of its kind
	small    bool // numbers of 32 bits
	seconds  bool // times without fraction
	narrow   int  // texts of so many characters; 0: as many as there are
	short    int  // texts of so many bytes; 0: as many as there are
	utf8     bool // texts in UTF-8 only, without NUL
	plane0   bool // no characters beyond U+FFFF
	existing bool // numbers of entities that exist only
}

// The most that a TEXT of MySQL holds, in bytes, and the highest character of
// its old form of UTF-8.
const (
	shortText  = 1<<16 - 1
	lastPlane0 = '\uffff'
)

// fit returns v, which is plain, as the column can hold it, and what is lost
// with that: "" for nothing.
func (l *limits) fit(kind dataKind, v driver.Value) (driver.Value, string) {
	switch v := v.(type) {
	case int64:
		if l.small && v != int64(int32(v)) {
			return nil, "numbers of more than 32 bits"
		}
	case time.Time:
		if whole := v.Truncate(time.Second); l.seconds && !whole.Equal(v) {
			return whole, lossFraction
		}
	case string:
		switch {
		case kind == asText:
			return l.fitText(v)
		case l.strict:
			return nil, "values that are " + kind.not()
		}
	}
	return v, ""
}

// lossFraction is the one loss that a copy may have without being told to.
const lossFraction = "fractions of a second"

func (k dataKind) not() string {
	switch k {
	case asTime, asStamp:
		return "no times"
	case asBytes:
		return "no bytes"
	}
	return "no numbers"
}

func (l *limits) fitText(s string) (driver.Value, string) {
	if l.utf8 && (!utf8.ValidString(s) || strings.ContainsRune(s, 0)) {
		fitting, _ := l.fitText(strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", ""))
		return fitting, "texts with characters that are none"
	}
	if l.plane0 && strings.ContainsFunc(s, func(r rune) bool { return r > lastPlane0 }) {
		fitting, _ := l.fitText(strings.Map(func(r rune) rune { return min(r, '\ufffd') }, s))
		return fitting, "texts with characters beyond U+FFFF"
	}
	if l.narrow > 0 && utf8.RuneCountInString(s) > l.narrow {
		return cut(s, l.narrow), fmt.Sprintf("texts of more than %d characters", l.narrow)
	}
	if l.short > 0 && len(s) > l.short {
		end := l.short
		for !utf8.RuneStart(s[end]) {
			end--
		}
		return s[:end], fmt.Sprintf("texts of more than %d bytes", l.short)
	}
	return s, ""
}

// stored returns a plain value as statements take it.
func (k dataKind) stored(v driver.Value) driver.Value {
	t, ok := v.(time.Time)
	switch {
	case !ok:
		return v
	case k == asStamp && t.Nanosecond() == 0:
		return t.Format(storedStamp)
	}
	return t.Format(storedTime)
}
