package query

import (
	"cmp"
	"encoding/json"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// test is what a condition asks of a value, made ready for one run.
type test struct {
	op       operator
	literals []literal      // with absolute times
	pattern  *regexp.Regexp // of opMatches
	networks []netip.Prefix // of opInCIDR
}

// newTest makes the test of c for a run at now. What [parser.check] let
// through cannot fail here.
func newTest(c *condition, now time.Time) *test {
	t := &test{op: c.op, literals: slices.Clone(c.values)}
	for i := range t.literals {
		l := &t.literals[i]
		l.when = l.when.at(now)
		switch c.op {
		case opMatches:
			t.pattern = regexp.MustCompile(l.text)
		case opInCIDR:
			prefix, _ := parsePrefix(l.text)
			t.networks = append(t.networks, prefix)
		}
	}
	return t
}

// exact reports whether the test is for equality alone.
func (t *test) exact() bool { return t.op == opEqual || t.op == opIn }

// texts returns what an exact test compares with.
func (t *test) texts() []string {
	texts := make([]string, len(t.literals))
	for i := range t.literals {
		texts[i] = t.literals[i].text
	}
	return texts
}

// text reports whether a name, or another plain text, passes.
func (t *test) text(s string) bool {
	if t.op == opExists {
		return true
	}
	for i := range t.literals {
		if t.textIs(s, &t.literals[i]) {
			return true
		}
	}
	return false
}

func (t *test) textIs(s string, l *literal) bool {
	switch t.op {
	case opEqual, opIn:
		return s == l.text
	case opStartsWith:
		return strings.HasPrefix(s, l.text)
	case opEndsWith:
		return strings.HasSuffix(s, l.text)
	case opContains:
		return strings.Contains(s, l.text)
	case opLike:
		return clusto.MatchGlob(l.text, s)
	case opMatches:
		return t.pattern.MatchString(s)
	case opInCIDR:
		return t.inNetwork(s)
	}
	return t.ordered(cmp.Compare(s, l.text))
}

// ordered reports whether a value passes that stands to what it is compared
// with as order says.
func (t *test) ordered(order int) bool {
	switch t.op {
	case opLess:
		return order < 0
	case opLessEqual:
		return order <= 0
	case opGreater:
		return order > 0
	case opGreaterEqual:
		return order >= 0
	}
	return false
}

// inNetwork reports whether s is an address, perhaps with the length of a
// prefix, in one of the networks.
func (t *test) inNetwork(s string) bool {
	s, _, _ = strings.Cut(s, "/")
	addr, err := resource.ParseAddr(s)
	return err == nil && t.inNetworks(addr)
}

func (t *test) inNetworks(addr netip.Addr) bool {
	return slices.ContainsFunc(t.networks, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// attr reports whether the value of an attribute passes. A relation is the name
// of what it refers to, related.
func (t *test) attr(a *clusto.Attr, related string) bool {
	v := a.Value
	switch {
	case t.op == opExists:
		return true
	case v.IsNone():
		return false
	case t.exact():
		return slices.ContainsFunc(t.literals, func(l literal) bool { return l.equals(v, related) })
	case v.Kind() == clusto.KindRelation:
		return t.text(related)
	case v.Kind() == clusto.KindTime:
		return t.time(v)
	case v.Kind() == clusto.KindJSON:
		return t.json(v.Str())
	case v.Kind() == clusto.KindInt:
		return t.number(v, a.Key == resource.KeyIP)
	}
	return t.written(v.Str())
}

// equals reports whether v is what an exact condition asks for. What it says
// for all but times and JSON, [literal.equalTo] says to the database.
func (l *literal) equals(v clusto.Value, related string) bool {
	switch v.Kind() {
	case clusto.KindRelation:
		return related == l.text
	case clusto.KindTime:
		return l.when.ok && l.when.compare(v.Time()) == 0
	}
	return slices.ContainsFunc(l.equalTo(), v.Equal)
}

// equalTo returns the values that are equal to the literal, but for times and
// relations: the text, the number in its usual spelling and as a number, the
// JSON value.
func (l *literal) equalTo() []clusto.Value {
	values := []clusto.Value{clusto.String(l.text)}
	n := l.number
	if l.quoted {
		if n = parseNumber(l.text); n.text() != l.text {
			n = number{}
		}
	}
	if n.ok && n.text() != l.text {
		values = append(values, clusto.String(n.text()))
	}
	if n.ok && n.whole {
		values = append(values, clusto.Int(n.integer))
	}
	if l.quoted && strings.IndexAny(strings.TrimSpace(l.text), "[{") == 0 {
		if v, err := clusto.JSON([]byte(l.text)); err == nil {
			values = append(values, v)
		}
	}
	return values
}

// written reports whether a text passes, which may be one of a number or of a time.
func (t *test) written(s string) bool {
	if !t.op.orders() {
		return t.text(s)
	}
	l := &t.literals[0]
	switch {
	case l.quoted:
		return t.textIs(s, l)
	case l.number.ok:
		n := parseNumber(s)
		return n.ok && t.ordered(n.compare(l.number))
	case l.when.ok:
		m := parseMoment(s)
		return m.ok && !m.relative() && t.ordered(l.when.compare(m.from))
	}
	return t.textIs(s, l)
}

// number reports whether a whole number passes; one that is an address is
// stored as classic clusto stores it.
func (t *test) number(v clusto.Value, isAddr bool) bool {
	switch {
	case t.op.orders():
		l := &t.literals[0]
		return l.number.ok && t.ordered(wholeNumber(v.Int64()).compare(l.number))
	case t.op == opInCIDR:
		addr, err := resource.ValueAddr(v)
		return isAddr && err == nil && t.inNetworks(addr)
	}
	return t.text(v.Text())
}

// time reports whether a time passes.
func (t *test) time(v clusto.Value) bool {
	if l := &t.literals[0]; t.op.orders() {
		return l.when.ok && t.ordered(l.when.compare(v.Time()))
	}
	return t.text(v.Text())
}

// json reports whether a JSON value passes: a list if one of its elements does.
func (t *test) json(text string) bool {
	var list []any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if d.Decode(&list) != nil {
		return t.written(text)
	}
	return t.anyElement(list)
}

func (t *test) anyElement(list []any) bool {
	return slices.ContainsFunc(list, func(e any) bool {
		switch e := e.(type) {
		case []any:
			return t.anyElement(e)
		case string:
			return t.written(e)
		case nil:
			return false
		}
		plain, err := json.Marshal(e)
		return err == nil && t.written(string(plain))
	})
}
