package query

import (
	"context"
	"slices"
	"strconv"

	"github.com/clusto/clusto"
)

// How many entities of each type and driver are looked at for the attributes that
// there may be, and for their values.
const (
	sampleForNames  = 16
	sampleForValues = 128
)

// maxSampled is how many attributes of them are looked at.
const maxSampled = 20_000

// sample is entities of one type and driver, spread evenly.
type sample struct {
	ids          []clusto.EntityID
	stride, left int
}

// add takes an entity or leaves it out.
func (s *sample) add(id clusto.EntityID, most int) {
	if s.left > 0 {
		s.left--
		return
	}
	if len(s.ids) == most { // from now on half as many
		for i := range most / 2 {
			s.ids[i] = s.ids[2*i+1]
		}
		s.ids = s.ids[:most/2]
		s.stride = 2*s.stride + 1
	}
	s.ids = append(s.ids, id)
	s.left = s.stride
}

// sample returns some entities of each type and driver.
func (c *completer) sample(ctx context.Context, most int) ([]clusto.EntityID, error) {
	type kind struct{ typ, driver string }
	kinds := map[kind]*sample{}
	for e, err := range c.reader.Find(ctx, clusto.Match{}) {
		if err != nil {
			return nil, err
		}
		s := kinds[kind{e.Type, e.Driver}]
		if s == nil {
			s = &sample{}
			kinds[kind{e.Type, e.Driver}] = s
		}
		s.add(e.ID, most)
	}
	ids := []clusto.EntityID{}
	for _, s := range kinds {
		ids = append(ids, s.ids...)
	}
	slices.Sort(ids)
	return ids, nil
}

// attrNames adds the names of attributes, each with a text before it.
func (c *completer) attrNames(ctx context.Context, before string) error {
	ids, err := c.sample(ctx, sampleForNames)
	if err != nil {
		return err
	}
	type name struct{ key, subkey string }
	known := map[name]bool{}
	rows := 0
	for a, err := range c.reader.Attrs(ctx, clusto.AttrMatch{Entities: ids, Visible: true}) {
		if err != nil {
			return err
		}
		known[name{a.Key, a.Subkey.Or("")}] = true
		if rows++; rows == maxSampled {
			break
		}
	}
	for n := range known {
		plain, shown := n.key, attrName{key: keyPart(n.key)}
		if n.subkey != "" {
			plain, shown.subkey = n.key+"."+n.subkey, keyPart(n.subkey)
		}
		c.add(Candidate{Text: before + shown.String(), Kind: CandidateAttr}, plain)
	}
	return nil
}

// keyPart returns a key as it stands in a query.
func keyPart(key string) part {
	return part{text: key, quoted: !isBareKey(key) || part{text: key}.pattern()}
}

// attrValues adds values that the attribute at the place has.
func (c *completer) attrValues(ctx context.Context) error {
	name, ok := attrNameOf(c.place.attr)
	if !ok {
		return nil
	}
	ids, err := c.sample(ctx, sampleForValues)
	if err != nil {
		return err
	}
	m := name.match()
	m.Entities, m.Visible = ids, true
	var related []clusto.EntityID
	rows := 0
	for a, err := range c.reader.Attrs(ctx, m) {
		if err != nil {
			return err
		}
		c.addValue(a.Value, &related)
		if rows++; rows == maxSampled {
			break
		}
	}
	slices.SortStableFunc(c.found, func(a, b ranked) int { return compareTexts(a.Text, b.Text) })
	for i := range c.found {
		c.found[i].order = i
	}
	return c.addRelated(ctx, related)
}

// addValue adds a value, and notes what it refers to.
func (c *completer) addValue(v clusto.Value, related *[]clusto.EntityID) {
	switch {
	case v.Relation() != 0:
		*related = append(*related, v.Relation())
	case v.Kind() == clusto.KindInt:
		text := strconv.FormatInt(v.Int64(), 10)
		c.add(Candidate{Text: text, Kind: CandidateValue}, text)
	case v.Kind() == clusto.KindTime:
		text := timeText(v.Time())
		c.add(Candidate{Text: text, Kind: CandidateValue}, text)
	case v.Kind() == clusto.KindString && v.Str() != "" && len(v.Str()) <= maxShownValue:
		c.add(Candidate{Text: wordOrQuoted(v.Str()), Kind: CandidateValue}, v.Str())
	}
}

// maxShownValue is how long a value may be, in bytes, that is a candidate.
const maxShownValue = 200

// addRelated adds the names of what values refer to.
func (c *completer) addRelated(ctx context.Context, related []clusto.EntityID) error {
	if len(related) == 0 {
		return nil
	}
	r := &runner{reader: c.reader, seen: map[clusto.EntityID]clusto.Entity{}}
	there, err := r.load(ctx, setOf(related, false))
	if err != nil {
		return err
	}
	for _, id := range there.ids {
		e := r.seen[id]
		c.add(Candidate{Text: wordOrQuoted(e.Name), Kind: CandidateName, About: e.Type}, e.Name)
	}
	return nil
}

// attrNameOf reads the name of an attribute.
func attrNameOf(text string) (attrName, bool) {
	tokens, err := lex(text)
	if err != nil || len(tokens) < 2 {
		return attrName{}, false
	}
	p := &parser{text: text, tokens: tokens}
	name, err := p.attrName(token{kind: tokenWord, text: fieldAttr})
	return name, err == nil
}
