package query

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/clusto/clusto"
)

// MaxCandidates is how many candidates a completion has at most.
const MaxCandidates = 50

// Known is what may be compared with that no inventory says.
type Known struct {
	Types, Drivers []string
}

// Completion is what may stand at a place of a text that is to be a query.
type Completion struct {
	// The candidates stand in place of the characters From to To, counted from 0.
	From, To   int
	Candidates []Candidate
	More       bool // there are more than these
}

// Complete returns how text can go on at a position, counted in characters from 0;
// one behind the end is the end. text need not be a query. Names are looked for
// among all entities; of attributes, those that some entities of each type and
// driver have. How many questions it asks does not depend on the inventory.
func Complete(ctx context.Context, r clusto.Reader, text string, position int, known Known) (Completion, error) {
	runes := []rune(text)
	text = string(runes) // what is no UTF-8 is one character a byte
	position = max(0, min(position, len(runes)))
	c := &completer{reader: r, known: known, place: placeAt(text, len(string(runes[:position])))}
	if err := c.collect(ctx); err != nil {
		return Completion{}, err
	}
	candidates, more := c.best()
	return Completion{
		From: utf8.RuneCountInString(text[:c.place.from]), To: utf8.RuneCountInString(text[:c.place.to]),
		Candidates: candidates, More: more,
	}, nil
}

// completer collects candidates for a place.
type completer struct {
	reader clusto.Reader
	known  Known
	place  place
	found  []ranked
}

// ranked is a candidate with its place among others.
type ranked struct {
	Candidate
	rank, order int
}

// collect asks for what may stand at the place.
func (c *completer) collect(ctx context.Context) error {
	switch c.place.want {
	case wantField:
		c.addAll(CandidateField, aboutField, Fields()...)
		c.addAll(CandidateJoin, nil, "not")
		if c.place.begun == "" {
			return nil
		}
		return c.attrNames(ctx, fieldAttr+" ")
	case wantAttr:
		return c.attrNames(ctx, "")
	case wantOperator:
		c.addAll(CandidateOperator, aboutOperator, Operators()...)
		c.addAll(CandidateOperator, nil, "not")
	case wantNegated:
		c.addAll(CandidateOperator, aboutOperator, Operators()[2:]...)
	case wantSeparator:
		c.addAll(CandidateJoin, nil, ",", ")")
	case wantJoin:
		c.addAll(CandidateJoin, nil, "and", "or", "-")
	case wantValue:
		return c.values(ctx)
	}
	return nil
}

// values asks for what the field at the place can be compared with.
func (c *completer) values(ctx context.Context) error {
	p := &c.place
	if p.op.takesList() && !p.list && p.begun == "" {
		c.add(Candidate{Text: "(", Kind: CandidateJoin}, "(")
	}
	switch {
	case p.op == opMatches || p.op == opInCIDR:
		return nil
	case slices.Contains(attrColumns, p.field):
		return c.attrValues(ctx)
	case p.field == fieldType:
		c.addWords(c.known.Types)
	case p.field == fieldDriver:
		c.addWords(c.known.Drivers)
	case p.field == fieldRole:
		return c.names(ctx, "pool")
	case p.field == fieldName || p.field == fieldHostname || p.field == fieldParent:
		return c.names(ctx)
	case slices.Contains(containerTypes, p.field):
		return c.names(ctx, p.field)
	}
	return nil
}

// names adds the names of entities, of all types or of some.
func (c *completer) names(ctx context.Context, types ...string) error {
	for e, err := range c.reader.Find(ctx, clusto.Match{Types: types}) {
		if err != nil {
			return err
		}
		if c.rank(e.Name) >= 0 {
			c.add(Candidate{Text: wordOrQuoted(e.Name), Kind: CandidateName, About: e.Type}, e.Name)
			c.trim()
		}
	}
	return nil
}

// addWords adds values that are words.
func (c *completer) addWords(words []string) {
	for _, word := range slices.Sorted(slices.Values(words)) {
		c.add(Candidate{Text: wordOrQuoted(word), Kind: CandidateValue}, word)
	}
}

// addAll adds words of the language in their order.
func (c *completer) addAll(kind CandidateKind, about map[string]string, words ...string) {
	for _, word := range words {
		c.add(Candidate{Text: word, Kind: kind, About: about[word]}, word)
	}
}

// add adds a candidate that people know by a text, if that fits what was begun.
func (c *completer) add(candidate Candidate, text string) {
	if rank := c.rank(text); rank >= 0 {
		c.found = append(c.found, ranked{candidate, rank, len(c.found)})
	}
}

// rank returns how well a text fits what was begun: 0 if it begins so, 1 if it has
// it within, -1 if it does not. Words of the language only begin so.
func (c *completer) rank(text string) int {
	text = strings.ToLower(text)
	switch at := strings.Index(text, strings.ToLower(c.place.begun)); {
	case at == 0:
		return 0
	case at > 0 && (c.place.want == wantValue || c.place.want == wantAttr || c.place.want == wantField && len(c.place.begun) > 1):
		return 1
	}
	return -1
}

// trim forgets all but the best, when there are many.
func (c *completer) trim() {
	if len(c.found) >= 16*MaxCandidates {
		c.sort()
		c.found = c.found[:MaxCandidates+1]
	}
}

// sort puts what begins so first; names and values by the alphabet, words of the
// language in their order.
func (c *completer) sort() {
	slices.SortFunc(c.found, func(a, b ranked) int {
		if order := cmp.Compare(a.rank, b.rank); order != 0 {
			return order
		}
		if a.Kind == b.Kind && (a.Kind == CandidateName || a.Kind == CandidateAttr) {
			return strings.Compare(a.Text, b.Text)
		}
		return cmp.Compare(a.order, b.order)
	})
}

// best returns the first candidates, each once, and whether there are more.
func (c *completer) best() ([]Candidate, bool) {
	c.sort()
	candidates := []Candidate{}
	seen := map[string]bool{}
	for _, f := range c.found {
		if seen[f.Text] {
			continue
		}
		if len(candidates) == MaxCandidates {
			return candidates, true
		}
		seen[f.Text] = true
		candidates = append(candidates, f.Candidate)
	}
	return candidates, false
}

// wordOrQuoted returns a text as a value that is read as it stands.
func wordOrQuoted(s string) string {
	if isWord(s) {
		return s
	}
	return quoted(s)
}

// timeText is how a value that is a time stands in a query.
func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05") }
