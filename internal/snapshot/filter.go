package snapshot

import (
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// filter decides what an AttrMatch selects, but for its Entities, on rows as
// they are stored. It decides as clusto.AttrMatch.Matches does.
type filter struct {
	m       *clusto.AttrMatch
	names   *names
	only    []number // the names that the match admits; nil if it is all, or all visible ones
	visible bool     // only visible names, if only is nil
	limited bool     // there are conditions on the value, or on IDs
	ids     []clusto.AttrID
	related []clusto.EntityID
	parts   []string // of m.Contains, in lower case
	mac     uint64
	hashes  map[uint32]bool // of m.Values, if they are many
	s       *Snapshot
	at      row       // the one that is looked at
	one     [1]uint32 // for the hash of mac
}

// manyValues is how many values are better looked up than compared one by one.
const manyValues = 8

// filter returns the filter of m.
func (s *Snapshot) filter(m *clusto.AttrMatch) *filter {
	f := &filter{s: s, m: m, names: s.names}
	f.admitNames()
	f.limited = m.IDs != nil || m.Value.Op != clusto.Any || m.Values != nil || m.RelatedTo != nil || m.Contains != nil || m.MAC != nil
	if !f.limited {
		return f
	}
	f.ids, f.related = ascending(m.IDs), ascending(m.RelatedTo)
	for _, part := range m.Contains {
		f.parts = append(f.parts, lowerCase(part))
	}
	if m.MAC != nil {
		f.mac = macNumber(*m.MAC)
	}
	if len(m.Values) > manyValues {
		f.hashes = make(map[uint32]bool, len(m.Values))
		for _, v := range m.Values {
			f.hashes[s.hashOf(0, v)] = true
		}
	}
	return f
}

// ascending returns all in ascending order, each once.
func ascending[T ~int64](all []T) []T {
	if len(all) < 2 {
		return all
	}
	return slices.Compact(slices.Sorted(slices.Values(all)))
}

// lowerCase returns s with the letters A to Z in lower case.
func lowerCase(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// hashOf is valueHash, of a clusto.Value.
func (s *Snapshot) hashOf(of number, v clusto.Value) uint32 {
	f, value := formOf(v)
	return valueHash(s.seed, of, f, value, v.Str())
}

// admitNames finds out which names m admits.
func (f *filter) admitNames() {
	m := f.m
	all := m.Key.Op == clusto.Any || m.Key.Op == clusto.Present
	if all && m.Subkey.Op == clusto.Any {
		f.visible = m.Visible
		return
	}
	probe := clusto.AttrMatch{Key: m.Key, Subkey: m.Subkey, Visible: m.Visible}
	admits := func(no number) bool {
		n := &f.names.all[no]
		return probe.Matches(clusto.Attr{Key: n.key, Subkey: n.subkey})
	}
	f.only = []number{}
	if m.Key.Op == clusto.Equal {
		for _, no := range f.names.byKey[m.Key.Arg] {
			if admits(no) {
				f.only = append(f.only, no)
			}
		}
		return
	}
	for no := range number(len(f.names.all)) {
		if admits(no) {
			f.only = append(f.only, no)
		}
	}
}

// admitsName reports whether the names that m admits are among them.
func (f *filter) admitsName(no number) bool {
	switch {
	case f.only == nil:
		return !f.visible || !f.names.all[no].hidden
	case len(f.only) <= manyValues:
		return slices.Contains(f.only, no)
	}
	_, found := slices.BinarySearch(f.only, no)
	return found
}

// none reports whether m selects nothing, whatever there is.
func (f *filter) none() bool {
	m := f.m
	return f.only != nil && len(f.only) == 0 || m.IDs != nil && len(m.IDs) == 0 || m.Entities != nil && len(m.Entities) == 0 ||
		m.Values != nil && len(m.Values) == 0 || m.Contains != nil && len(m.Contains) == 0 || m.RelatedTo != nil && len(m.RelatedTo) == 0
}

// admits reports whether m selects the row.
func (f *filter) admits(r *row) bool {
	return f.admitsName(r.name) && f.admitsNumber(r) && (!f.limited || f.admitsValue(r))
}

func (f *filter) admitsNumber(r *row) bool {
	numbered := r.head&hasNumber != 0
	switch f.m.Number.Op {
	case clusto.Equal:
		return numbered && r.number == f.m.Number.Arg
	case clusto.Absent:
		return !numbered
	case clusto.Present:
		return numbered
	}
	return true
}

// admitsValue decides about what the row has besides name and number.
func (f *filter) admitsValue(r *row) bool {
	m := f.m
	if m.RelatedTo != nil {
		if _, found := slices.BinarySearch(f.related, r.relation()); !found || r.relation() == 0 {
			return false
		}
	}
	if m.IDs != nil {
		if _, found := slices.BinarySearch(f.ids, clusto.AttrID(r.id)); !found {
			return false
		}
	}
	if m.MAC != nil {
		if mac, ok := r.mac(); !ok || mac != f.mac {
			return false
		}
	}
	if m.Contains != nil && !(r.form() == formText && f.containsAny(r.text)) {
		return false
	}
	return f.meets(r) && (m.Values == nil || f.isOne(r))
}

// meets decides about m.Value.
func (f *filter) meets(r *row) bool {
	want := &f.m.Value
	switch want.Op {
	case clusto.Equal:
		return r.equals(&want.Arg)
	case clusto.Absent:
		return r.form() == formNone
	case clusto.Present:
		return r.form() != formNone
	}
	return true
}

// equals reports whether the row has the value v.
func (r *row) equals(v *clusto.Value) bool {
	form, value := formOf(*v)
	if form != r.form() {
		return false
	}
	switch form {
	case formText:
		return r.text == v.Str()
	case formJSON:
		return r.clustoValue().Equal(*v)
	}
	return r.value == value
}

// isOne decides about m.Values.
func (f *filter) isOne(r *row) bool {
	if f.hashes != nil && !f.hashes[valueHash(f.s.seed, 0, r.form(), r.value, r.text)] {
		return false
	}
	for i := range f.m.Values {
		if r.equals(&f.m.Values[i]) {
			return true
		}
	}
	return false
}

// containsAny reports whether text has one of f.parts in it, whatever the case
// of the letters A to Z.
func (f *filter) containsAny(text string) bool {
	for _, part := range f.parts {
		if containsFold(text, part) {
			return true
		}
	}
	return false
}

// containsFold reports whether text, in lower case, contains part.
func containsFold(text, part string) bool {
	for i := 0; i+len(part) <= len(text); i++ {
		j := 0
		for j < len(part) && lowerByte(text[i+j]) == part[j] {
			j++
		}
		if j == len(part) {
			return true
		}
	}
	return false
}

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// containment returns the filter of what makes an entity a container.
func (s *Snapshot) containment() *filter {
	return s.filter(&clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), Value: clusto.IsPresent[clusto.Value]()})
}
