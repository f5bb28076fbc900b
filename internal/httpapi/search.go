package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/lookup"
	"github.com/clusto/clusto/internal/nearest"
	"github.com/clusto/clusto/resource"
)

// Limits of a search.
const (
	defaultHits = 20
	maxHits     = 1000
	maxWord     = 1000 // characters
)

// Search answers GET /search.
func (s *Server) Search(w http.ResponseWriter, r *http.Request, params api.SearchParams) {
	var result api.SearchResult
	limit, err := limitOf(r, params.Limit, defaultHits, maxHits)
	word := params.Q
	if !params.Exact {
		word = strings.TrimSpace(word)
	}
	switch {
	case err != nil:
	case strings.TrimSpace(word) == "":
		err = clusto.Errorf(clusto.ErrInvalid, "the parameter q is empty: what is to be found?")
	case utf8.RuneCountInString(word) > maxWord:
		err = clusto.Errorf(clusto.ErrInvalid, "the parameter q is longer than %d characters", maxWord)
	default:
		err = s.view(r.Context(), params.At, func(inv *clusto.Inventory) error {
			found := &search{word: word, limit: limit, known: map[clusto.EntityID]bool{}}
			if err := found.run(r.Context(), inv, params.Exact); err != nil {
				return err
			}
			version, err := inv.Version(r.Context())
			result = api.SearchResult{Hits: found.hits, More: found.more, Version: int64(version)}
			return err
		})
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.answer(w, r, http.StatusOK, result)
}

// search is a search for a word. What is called exactly so comes first and is
// found by indexes. Parts cost a look at every name and, if that is not enough, at
// every visible text: that is a scan in the database, which ends when there are
// as many hits as are wanted. If nothing is called so, names that are near come
// last. The number of questions does not depend on how much there is.
type search struct {
	word  string
	limit int
	hits  []api.Hit
	known map[clusto.EntityID]bool
	more  bool
}

func (s *search) run(ctx context.Context, inv *clusto.Inventory, exact bool) error {
	s.hits = []api.Hit{}
	found, err := lookup.Exact(ctx, inv, s.word)
	if err != nil {
		return err
	}
	for _, f := range found {
		s.add(f.Entity, api.Hit{Matched: string(f.By), Value: s.word, Exact: true})
	}
	if exact && len(found) == 0 {
		return notFound(ctx, inv, s.word)
	}
	if exact || s.more {
		return nil
	}
	before := len(s.hits)
	if err := s.names(ctx, inv); err != nil || s.more {
		return err
	}
	named := len(s.hits) > before
	if err := s.addresses(ctx, inv); err != nil || s.more {
		return err
	}
	if err := s.values(ctx, inv); err != nil || s.more || named || len(found) > 0 {
		return err
	}
	return s.near(ctx, inv)
}

// add notes a hit and reports whether there is room for more. An entity is one
// hit, however often it is found.
func (s *search) add(e clusto.Entity, hit api.Hit) bool {
	switch {
	case s.known[e.ID]:
	case len(s.hits) == s.limit:
		s.more = true
	default:
		s.known[e.ID] = true
		hit.Name, hit.Type, hit.Driver = e.Name, e.Type, e.Driver
		s.hits = append(s.hits, hit)
	}
	return !s.more
}

// names adds the entities with the word in their names: first those whose names
// begin with it, then the others, each in the order of the alphabet.
func (s *search) names(ctx context.Context, inv *clusto.Inventory) error {
	word := strings.ToLower(s.word)
	type named struct {
		clusto.Entity
		at int // where the word begins
	}
	best := &smallest[named]{most: s.limit + 1 + len(s.hits), compare: func(a, b named) int {
		return cmp.Or(cmp.Compare(min(a.at, 1), min(b.at, 1)), compareNames(a.Entity, b.Entity))
	}}
	for e, err := range inv.Find(ctx, clusto.Match{}) {
		if err != nil {
			return err
		}
		if at := strings.Index(strings.ToLower(e.Name), word); at >= 0 {
			best.add(named{e, at})
		}
	}
	for _, e := range best.sorted() {
		if !s.add(e.Entity, api.Hit{Matched: string(lookup.Name), Value: e.Name}) {
			break
		}
	}
	return nil
}

// maxNear is how many names are given that are only near the word.
const maxNear = 10

// near adds the entities whose names may be meant by a word with a typing mistake.
func (s *search) near(ctx context.Context, inv *clusto.Inventory) error {
	type similar struct {
		clusto.Entity
		cost int
	}
	best := &smallest[similar]{most: maxNear, compare: func(a, b similar) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), compareNames(a.Entity, b.Entity))
	}}
	word := nearest.NewWord(s.word)
	for e, err := range inv.Find(ctx, clusto.Match{}) {
		if err != nil {
			return err
		}
		if cost, ok := word.Cost(e.Name); ok && !s.known[e.ID] {
			best.add(similar{e, cost})
		}
	}
	for _, e := range best.sorted() {
		if !s.add(e.Entity, api.Hit{Matched: string(lookup.Name), Value: e.Name, Near: true}) {
			break
		}
	}
	return nil
}

// addresses adds the entities with addresses that the word is a part of: first those
// that begin with it, then the others, each in the order of their numbers. It is a
// question about addresses alone.
func (s *search) addresses(ctx context.Context, inv *clusto.Inventory) error {
	if !partOfAddress(s.word) {
		return nil
	}
	type held struct {
		clusto.Attr
		begins int
		addr   netip.Addr
	}
	best := &smallest[held]{most: s.limit + 1 + len(s.hits), compare: func(a, b held) int {
		return cmp.Or(cmp.Compare(a.begins, b.begins), a.addr.Compare(b.addr), cmp.Compare(a.Entity, b.Entity))
	}}
	word := strings.ToLower(s.word)
	m := clusto.AttrMatch{Key: clusto.Is(resource.KeyIP), Subkey: clusto.Is(resource.SubkeyIPString), Contains: []string{word}}
	for a, err := range inv.Attrs(ctx, m) {
		if err != nil {
			return err
		}
		if addr, err := netip.ParseAddr(a.Value.Str()); err == nil {
			best.add(held{a, min(1, strings.Index(a.Value.Str(), word)), addr})
		}
	}
	var found []clusto.Attr
	for _, h := range best.sorted() {
		found = append(found, h.Attr)
	}
	entities, err := inv.Known(ctx, owners(found))
	if err != nil {
		return err
	}
	for _, a := range found {
		if e, alive := entities[a.Entity]; alive && !s.add(e, api.Hit{Matched: string(lookup.Address), Value: a.Value.Str()}) {
			break
		}
	}
	return nil
}

// partOfAddress reports whether a word may be a part of an address: digits with dots,
// or hexadecimal digits with colons.
func partOfAddress(word string) bool {
	word = strings.ToLower(word)
	return strings.Contains(word, ".") && strings.Trim(word, "0123456789.") == "" ||
		strings.Contains(word, ":") && strings.Trim(word, hexDigits+":") == ""
}

// values adds the entities that have a visible text with the word in it, in the
// order in which these were written.
func (s *search) values(ctx context.Context, inv *clusto.Inventory) error {
	m := clusto.AttrMatch{Visible: true, Contains: append([]string{s.word}, macParts(s.word)...)}
	var found []clusto.Attr
	seen := map[clusto.EntityID]bool{}
	for a, err := range inv.Attrs(ctx, m) {
		if err != nil {
			return err
		}
		if s.known[a.Entity] || seen[a.Entity] || !s.means(a) {
			continue
		}
		seen[a.Entity] = true
		if found = append(found, a); len(found) > s.limit-len(s.hits) {
			break
		}
	}
	entities, err := inv.Known(ctx, owners(found))
	if err != nil {
		return err
	}
	for _, a := range found {
		if e, alive := entities[a.Entity]; alive {
			s.add(e, api.Hit{Matched: matched(a), Value: a.Value.Str()})
		}
	}
	return nil
}

// means reports whether an attribute that has the word, or a hardware address
// that it may be a part of, is meant: other texts are not spelled in other ways.
func (s *search) means(a clusto.Attr) bool {
	if a.Subkey.Or("") == "mac" {
		return true
	}
	plain := clusto.AttrMatch{Contains: []string{s.word}}
	return plain.Matches(a)
}

// matched returns by what an entity was found that has an attribute.
func matched(a clusto.Attr) string {
	switch subkey := a.Subkey.Or(""); {
	case subkey == "mac":
		return string(lookup.MAC)
	case a.Key == "system" && subkey == "serial":
		return string(lookup.Serial)
	case a.Key == resource.KeyIP && slices.Contains([]string{"", resource.SubkeyIPString, resource.SubkeyCIDR}, subkey):
		return string(lookup.Address)
	}
	return a.Name()
}

// minMACPart is how many digits a part of a hardware address must have to be
// looked for in other spellings.
const minMACPart = 4

// macParts returns how hardware addresses may be spelled that have word in them, or
// nothing if it cannot be a part of one: with colons between each two digits,
// of which the first may be the second of its two, and with none.
func macParts(word string) []string {
	digits := strings.NewReplacer(":", "", "-", "", ".", "").Replace(strings.ToLower(word))
	if len(digits) < minMACPart || len(digits) > 12 || strings.Trim(digits, hexDigits) != "" {
		return nil
	}
	return []string{digits, pairs(digits), digits[:1] + ":" + pairs(digits[1:])}
}

// pairs returns text with a colon between each two characters.
func pairs(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if i > 0 && i%2 == 0 {
			b.WriteByte(':')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
