package clusto

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Opt is something that may be absent. The zero Opt is absent.
type Opt[T any] struct {
	value T
	ok    bool
}

// Some returns an Opt that holds v.
func Some[T any](v T) Opt[T] { return Opt[T]{v, true} }

// Get returns what o holds and whether it holds anything.
func (o Opt[T]) Get() (T, bool) { return o.value, o.ok }

// Or returns what o holds, or v if it holds nothing.
func (o Opt[T]) Or(v T) T {
	if o.ok {
		return o.value
	}
	return v
}

// Number is an attribute's number, if it has one.
type Number = Opt[int64]

// Subkey is an attribute's subkey, if it has one. Classic databases may hold
// an empty subkey, which is not the same as none.
type Subkey = Opt[string]

// Num returns the Number n.
func Num[I int | int64](n I) Number { return Some(int64(n)) }

// Sub returns the Subkey s.
func Sub(s string) Subkey { return Some(s) }

// AttrID is the number of an attribute's row. Rows made later have higher numbers.
type AttrID int64

// Attr is one attribute of an entity. Several attributes may agree in all but
// their ID.
type Attr struct {
	ID      AttrID   // set by the store
	Entity  EntityID // whose attribute it is
	Key     string
	Number  Number
	Subkey  Subkey
	Value   Value
	Version Version // that made it; set by the store
}

// Limits of the classic schema's columns, in characters, held on every database.
const (
	MaxNameLen   = 128
	MaxTypeLen   = 32
	MaxDriverLen = 32
	MaxKeyLen    = 256
	MaxUserLen   = 64
)

// KeyContains is the key of the relation that makes one entity a container of
// another.
const KeyContains = "_contains"

// SubkeyProperty is the subkey under which a driver's properties are stored.
const SubkeyProperty = "property"

// keyForm is what keys and subkeys look like (classic: schema.py, Attribute).
var keyForm = regexp.MustCompile(`^[A-Za-z_]+[0-9A-Za-z_-]*\z`)

// Validate returns ErrInvalid if a has a key, a subkey or a value that must not
// be written.
func (a Attr) Validate() error {
	if err := validateKey("key", a.Key); err != nil {
		return err
	}
	if subkey, ok := a.Subkey.Get(); ok && subkey != "" {
		if err := validateKey("subkey", subkey); err != nil {
			return err
		}
	}
	return a.validateValue()
}

// validateValue returns ErrInvalid if a has a value that not every database and
// export can hold.
func (a Attr) validateValue() error {
	switch text, year := a.Value.Str(), a.Value.Time().Year(); {
	case !utf8.ValidString(text) || strings.Contains(text, "\x00"):
		return Errorf(ErrInvalid, "attribute %s: %q is not a text; a text is in UTF-8 and without NUL", a.Name(), text)
	case a.Value.Kind() == KindTime && (year < 1 || year > 9999):
		return Errorf(ErrInvalid, "attribute %s: the year %d is not one from 1 to 9999", a.Name(), year)
	}
	return nil
}

func validateKey(what, s string) error {
	if len(s) > MaxKeyLen {
		return Errorf(ErrInvalid, "%s of %d characters is too long, the limit is %d", what, len(s), MaxKeyLen)
	}
	if !keyForm.MatchString(s) {
		return Errorf(ErrInvalid, "%s %q: want letters, digits, _ and -, beginning with a letter or _", what, s)
	}
	return nil
}

// Hidden reports whether a is shown only to those who ask for it.
func (a Attr) Hidden() bool { return strings.HasPrefix(a.Key, "_") }

// Name returns a's key, number and subkey as people write them: key.subkey#number.
func (a Attr) Name() string {
	s := a.Key
	if subkey, ok := a.Subkey.Get(); ok {
		s += "." + subkey
	}
	if n, ok := a.Number.Get(); ok {
		s += fmt.Sprintf("#%d", n)
	}
	return s
}

// CompareAttrs orders attributes by key, number, subkey and value, nothing
// first: the order of exports.
func CompareAttrs(a, b Attr) int {
	return cmp.Or(
		cmp.Compare(a.Key, b.Key),
		compareOpt(a.Number, b.Number),
		compareOpt(a.Subkey, b.Subkey),
		a.Value.Compare(b.Value),
	)
}

func compareOpt[T cmp.Ordered](a, b Opt[T]) int {
	if a.ok != b.ok {
		if b.ok {
			return -1
		}
		return 1
	}
	return cmp.Compare(a.value, b.value)
}

// SortByKey sorts attributes by key alone; those of one key keep their order.
// It is the order in which classic clusto shows attributes.
func SortByKey(attrs []Attr) {
	slices.SortStableFunc(attrs, func(a, b Attr) int { return cmp.Compare(a.Key, b.Key) })
}

// CondOp is what a [Cond] asks for.
type CondOp uint8

// What a condition may ask for.
const (
	Any     CondOp = iota // anything, present or not
	Equal                 // present and equal to Arg
	Absent                // not there
	Present               // there, whatever it is
	Glob                  // text that matches Arg, where * stands for any text
)

// Cond is a condition on one field of an attribute. The zero Cond is met by all.
type Cond[T any] struct {
	Op  CondOp
	Arg T
}

// Is returns the condition that a field is there and equals v.
func Is[T any](v T) Cond[T] { return Cond[T]{Equal, v} }

// IsAbsent returns the condition that a field is not there.
func IsAbsent[T any]() Cond[T] { return Cond[T]{Op: Absent} }

// IsPresent returns the condition that a field is there.
func IsPresent[T any]() Cond[T] { return Cond[T]{Op: Present} }

// Like returns the condition that a text matches pattern, in which * stands
// for any text and nothing else is special.
func Like(pattern string) Cond[string] { return Cond[string]{Glob, pattern} }

// Exactly returns the condition that a field is what o is, absence included.
func Exactly[T any](o Opt[T]) Cond[T] {
	if v, ok := o.Get(); ok {
		return Is(v)
	}
	return IsAbsent[T]()
}

// AttrMatch selects attributes: those that meet every condition. The zero
// AttrMatch selects all attributes of all entities, hidden ones included.
type AttrMatch struct {
	// IDs limits to these rows; nil means no limit, empty means none.
	IDs []AttrID
	// Entities limits the owners; nil means any, empty means none.
	Entities []EntityID
	Key      Cond[string] // Absent and Present make no sense here
	Number   Cond[int64]
	Subkey   Cond[string]
	Value    Cond[Value] // Absent asks for attributes without a value; Glob is not possible
	// Values, if not nil, limits the value to one of these.
	Values []Value
	// RelatedTo limits to relations to one of these entities; nil means no limit.
	RelatedTo []EntityID
	// Contains, if not nil, limits to texts with one of these in them. The case
	// of the letters A to Z does not count.
	Contains []string
	// MAC limits to texts that are this hardware address in any spelling.
	MAC *MAC
	// Visible leaves out keys that begin with "_".
	Visible bool
	// ByEntity asks for the answer ordered by owner first, so that one
	// entity's attributes come together. Otherwise rows come as they were made.
	ByEntity bool
}

// Matches reports whether a meets m. Stores answer in SQL what this function
// defines; it serves what is held in memory.
func (m *AttrMatch) Matches(a Attr) bool {
	switch {
	case m.IDs != nil && !slices.Contains(m.IDs, a.ID),
		m.Entities != nil && !slices.Contains(m.Entities, a.Entity),
		!matchText(m.Key, Some(a.Key)),
		!matchText(m.Subkey, a.Subkey),
		!matchNumber(m.Number, a.Number),
		!matchValue(m.Value, a.Value),
		m.Visible && a.Hidden():
		return false
	}
	if m.Values != nil && !slices.ContainsFunc(m.Values, a.Value.Equal) {
		return false
	}
	if m.RelatedTo != nil {
		to := a.Value.Relation()
		if to == 0 || !slices.Contains(m.RelatedTo, to) {
			return false
		}
	}
	if m.Contains != nil && !(a.Value.kind == KindString && containsAny(a.Value.text, m.Contains)) {
		return false
	}
	if m.MAC != nil {
		mac, err := ParseMAC(a.Value.Str())
		return err == nil && a.Value.Kind() == KindString && mac == *m.MAC
	}
	return true
}

// containsAny reports whether text has one of parts in it, whatever the case of
// letters in ASCII.
func containsAny(text string, parts []string) bool {
	text = lowerASCII(text)
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, lowerASCII(part)) })
}

// lowerASCII returns s with the letters A to Z in lower case. That is what all
// databases agree on.
func lowerASCII(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return 'A' <= r && r <= 'Z' }) {
		return s
	}
	lower := []byte(s)
	for i, c := range lower {
		if 'A' <= c && c <= 'Z' {
			lower[i] = c + 'a' - 'A'
		}
	}
	return string(lower)
}

func matchNumber(c Cond[int64], n Number) bool {
	v, ok := n.Get()
	switch c.Op {
	case Equal:
		return ok && v == c.Arg
	case Absent:
		return !ok
	case Present:
		return ok
	}
	return true
}

func matchText(c Cond[string], s Opt[string]) bool {
	v, ok := s.Get()
	switch c.Op {
	case Equal:
		return ok && v == c.Arg
	case Absent:
		return !ok
	case Present:
		return ok
	case Glob:
		return ok && MatchGlob(c.Arg, v)
	}
	return true
}

func matchValue(c Cond[Value], v Value) bool {
	switch c.Op {
	case Equal:
		return v.Equal(c.Arg)
	case Absent:
		return v.IsNone()
	case Present:
		return !v.IsNone()
	}
	return true
}

// MatchGlob reports whether s matches pattern, in which * stands for any text,
// also none, and nothing else is special.
func MatchGlob(pattern, s string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return s == pattern
	}
	if !strings.HasPrefix(s, first) {
		return false
	}
	s = s[len(first):]
	for {
		part, more, star := strings.Cut(rest, "*")
		if !star {
			return strings.HasSuffix(s, part)
		}
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s, rest = s[i+len(part):], more
	}
}
