package classic

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// directives are what a mask may have after a %, and what stands there in a text
// (Python: _strptime.py, with the names of the C locale).
var directives = map[byte]string{
	'a': `mon|tue|wed|thu|fri|sat|sun`,
	'A': `monday|tuesday|wednesday|thursday|friday|saturday|sunday`,
	'b': `jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec`,
	'B': `january|february|march|april|may|june|july|august|september|october|november|december`,
	'd': `3[01]|[12]\d|0[1-9]|[1-9]| [1-9]`,
	'f': `\d{1,6}`,
	'H': `2[0-3]|[01]\d|\d`,
	'I': `1[0-2]|0[1-9]|[1-9]`,
	'j': `36[0-6]|3[0-5]\d|[12]\d\d|0[1-9]\d|00[1-9]|[1-9]\d|0[1-9]|[1-9]`,
	'm': `1[0-2]|0[1-9]|[1-9]`,
	'M': `[0-5]\d|\d`,
	'p': `am|pm`,
	'S': `[0-5]\d|\d`,
	'w': `[0-6]`,
	'y': `\d\d`,
	'Y': `\d{4}`,
	'z': `[+-]\d\d:?[0-5]\d`,
	'Z': `utc|gmt`,
}

// shorthands stand for several directives.
var shorthands = strings.NewReplacer("%%", "%%", "%c", "%a %b %d %H:%M:%S %Y", "%x", "%m/%d/%y", "%X", "%H:%M:%S",
	"%D", "%m/%d/%y", "%T", "%H:%M:%S", "%F", "%Y-%m-%d", "%R", "%H:%M")

// maxMask is how long a mask may be.
const maxMask = 200

// parseTime reads a datetime as mask says; without one it is in the form in which
// answers have datetimes, with a fraction of the second or none.
func parseTime(text, mask string) (time.Time, error) {
	if mask != "" {
		return strptime(text, mask)
	}
	if t, err := strptime(text, strings.TrimSuffix(defaultMask, ".%f")); err == nil {
		return t, nil
	}
	return strptime(text, defaultMask)
}

// strptime reads a time as Python's datetime.strptime does. One without a zone is
// in UTC.
func strptime(text, mask string) (time.Time, error) {
	form, err := maskForm(mask)
	if err != nil {
		return time.Time{}, err
	}
	found := form.FindStringSubmatch(text)
	if found == nil {
		return time.Time{}, clusto.Errorf(clusto.ErrInvalid, "time data %s does not match format %s", pythonRepr(text), pythonRepr(mask))
	}
	fields := map[byte]string{}
	for i, name := range form.SubexpNames() {
		if name != "" {
			fields[name[0]] = strings.ToLower(found[i])
		}
	}
	return timeOf(fields)
}

// maskForm returns what texts look like that a mask describes.
func maskForm(mask string) (*regexp.Regexp, error) {
	if len(mask) > maxMask {
		return nil, clusto.Errorf(clusto.ErrInvalid, "the mask has %d characters, the limit is %d", len(mask), maxMask)
	}
	bad := func(directive string) error {
		return clusto.Errorf(clusto.ErrInvalid, "%s is a bad directive in format %s", pythonRepr(directive), pythonRepr(mask))
	}
	var form strings.Builder
	form.WriteString(`(?is)\A`)
	expanded := shorthands.Replace(mask)
	seen := map[byte]bool{}
	for i := 0; i < len(expanded); i++ {
		switch b := expanded[i]; {
		case b == ' ' || b >= '\t' && b <= '\r':
			form.WriteString(`\s+`)
		case b != '%':
			form.WriteString(regexp.QuoteMeta(expanded[i : i+1]))
		case i+1 == len(expanded):
			return nil, bad("%")
		case expanded[i+1] == '%':
			i++
			form.WriteByte('%')
		default:
			i++
			looks, ok := directives[expanded[i]]
			if !ok || seen[expanded[i]] {
				return nil, bad(expanded[i : i+1])
			}
			seen[expanded[i]] = true
			form.WriteString(`(?P<` + expanded[i:i+1] + `>` + looks + `)`)
		}
	}
	compiled, err := regexp.Compile(form.String() + `\z`)
	if err != nil { // it is not UTF-8
		return nil, clusto.Errorf(clusto.ErrInvalid, "the mask %s cannot be understood", pythonRepr(mask))
	}
	return compiled, nil
}

// timeOf returns the time that the fields of a text say, each under its directive.
func timeOf(fields map[byte]string) (time.Time, error) {
	number := func(directive byte, otherwise int) int {
		n, err := strconv.Atoi(strings.TrimSpace(fields[directive]))
		if err != nil {
			return otherwise // it is not there: the form admits nothing but numbers
		}
		return n
	}
	year := number('Y', 1900)
	if short := number('y', -1); short >= 0 && fields['Y'] == "" {
		year = 1900 + short
		if short < 69 { // the century that POSIX has for it
			year += 100
		}
	}
	month, day := number('m', monthNamed(fields)), number('d', 1)
	hour := number('H', 0)
	if half := number('I', -1); half >= 0 && fields['H'] == "" {
		hour = half % 12
		if fields['p'] == "pm" {
			hour += 12
		}
	}
	fraction, _ := strconv.Atoi((fields['f'] + "000000")[:6])
	t := time.Date(year, time.Month(month), day, hour, number('M', 0), number('S', 0), fraction*1000, time.UTC)
	if t.Day() != day {
		return t, clusto.Errorf(clusto.ErrInvalid, "day is out of range for month")
	}
	if yearDay := number('j', 0); yearDay > 0 && fields['d'] == "" {
		t = t.AddDate(0, 0, yearDay-t.YearDay())
	}
	return t.Add(-offset(fields['z'])), nil
}

// monthNamed returns the month that is given by name, or January.
func monthNamed(fields map[byte]string) int {
	name := fields['b'] + fields['B']
	for m := time.January; m <= time.December; m++ {
		if len(name) >= 3 && strings.EqualFold(m.String()[:3], name[:3]) {
			return int(m)
		}
	}
	return int(time.January)
}

// offset returns how far a zone such as +0130 is ahead of UTC.
func offset(zone string) time.Duration {
	digits := strings.ReplaceAll(zone, ":", "")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return time.Duration(n/100)*time.Hour + time.Duration(n%100)*time.Minute
}
