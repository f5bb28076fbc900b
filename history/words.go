package history

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// Telling is what is different between two states, told in words, thing by thing.
type Telling struct {
	From, To clusto.Version
	Things   []Told // by name
	Redacted []Redaction
}

// Told is what happened to one thing.
type Told struct {
	Change Change  `json:"change"` // Made, Deleted or Changed
	Name   string  `json:"name"`
	Type   string  `json:"type"`
	Driver string  `json:"driver"`
	Events []Event `json:"events"`
	// Attrs are the attributes that no event tells about.
	Attrs []AttrDiff `json:"attrs"`
}

// Event is something that happened to a thing: a sentence whose subject is the
// thing, such as "moved from r1 unit 7 to r2 unit 8".
type Event struct {
	Kind  EventKind `json:"kind"`
	Words []Word    `json:"words"` // what follows the thing's name
	cable cable     // of KindCable, so that its other end need not tell it again
}

// EventKind says what an Event is about.
type EventKind string

// The kinds of events.
const (
	KindThing   EventKind = "thing"   // it was made, deleted, renamed, or got another driver
	KindPlace   EventKind = "place"   // where it is
	KindCable   EventKind = "cable"   // what its ports are connected to
	KindAddress EventKind = "address" // its addresses, and whatever else managers hand out
	KindAttr    EventKind = "attr"    // another attribute; only in the lines of a log
)

// Word is a part of a sentence: a text, or the name of a thing.
type Word struct {
	Text string `json:"text,omitempty"`
	Name string `json:"name,omitempty"`
}

// Line is an Event in a log, with the thing that it is about.
type Line struct {
	Thing string    `json:"thing"`
	Type  string    `json:"type"`
	Kind  EventKind `json:"kind"`
	Words []Word    `json:"words"` // what follows the thing's name
}

// String returns the line as a sentence.
func (l Line) String() string { return l.Thing + " " + sentence(l.Words) }

// say makes a sentence of texts and of things, which are Words themselves.
func say(parts ...any) []Word {
	var words []Word
	for _, p := range parts {
		switch p := p.(type) {
		case Word:
			words = append(words, p)
		case []Word:
			for _, w := range p {
				words = joinWord(words, w)
			}
		case string:
			words = joinWord(words, Word{Text: p})
		}
	}
	return words
}

// joinWord adds w to words; a text after a text becomes one with it.
func joinWord(words []Word, w Word) []Word {
	if n := len(words); n > 0 && w.Name == "" && words[n-1].Name == "" {
		words[n-1].Text += w.Text
		return words
	}
	return append(words, w)
}

func thing(name string) Word { return Word{Name: name} }

// String returns the sentence without its subject.
func (e Event) String() string { return sentence(e.Words) }

func sentence(words []Word) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteString(w.Text + w.Name)
	}
	return b.String()
}

// Tell returns Between in words. From may be one less than the first version.
// [clusto.Live] as to stands for the newest version.
func Tell(ctx context.Context, h clusto.History, from, to clusto.Version, about []clusto.EntityID) (*Telling, error) {
	if to == clusto.Live {
		var err error
		if to, err = h.Version(ctx); err != nil {
			return nil, err
		}
	}
	t := &Telling{From: from, To: to}
	first, last := min(from, to), max(from, to)
	if first == last {
		return t, nil
	}
	n, err := netOf(ctx, h, clusto.EditMatch{After: first, To: last, About: about})
	if err != nil {
		return nil, err
	}
	names, err := namesOf(ctx, h, n.ids(), first)
	if err != nil {
		return nil, err
	}
	if err := n.identify(ctx, h, names, first, last); err != nil {
		return nil, err
	}
	d := n.named(names, first, last)
	if from > to {
		d.turnRound()
	}
	t.Redacted = d.Redacted
	t.Things = tell(d, func(id clusto.EntityID) clusto.Entity { return names.entity(id, to) })
	return t, nil
}

// WriteText writes t for people: a thing on a line with what happened to it below.
func (t *Telling) WriteText(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, told := range t.Things {
		fmt.Fprintf(out, "%s %s (%s, %s)\n", sign[told.Change], told.Name, told.Type, told.Driver)
		for _, e := range told.Events {
			fmt.Fprintf(out, "    %s\n", e)
		}
		for _, a := range told.Attrs {
			fmt.Fprintf(out, "    %s\n", a)
		}
	}
	for _, r := range t.Redacted {
		fmt.Fprintf(out, "%s: %s of %s taken out of the history\n", r.Name, count(r.Values, "old value", "old values"), r.Key)
	}
	return out.Flush()
}

// maxTold is how many differences of a version are read for the lines of a log,
// and shownLines how many lines it has: a version that did more is summed up.
const (
	maxTold    = 400
	shownLines = 3
)

// lines returns the first of what n did as lines, and how many more there are. Of a
// thing that was deleted only that is told, and of a cable one end.
func lines(n *net, names *names, v clusto.Version) (all []Line, more int) {
	things := tell(n.named(names, v-1, v), func(id clusto.EntityID) clusto.Entity { return names.entity(id, v) })
	slices.SortStableFunc(things, func(a, b Told) int { return rank(a) - rank(b) })
	ends := map[string]bool{} // of the cables that were told
	for _, t := range things {
		for i, e := range slices.Concat(t.Events, attrEvents(t)) {
			told := e.Kind == KindCable && (ends["at "+e.cable.there] || ends["to "+e.cable.here]) || t.Change == Deleted && i > 0
			ends["at "+e.cable.here], ends["to "+e.cable.there] = true, true
			switch {
			case told:
			case len(all) == shownLines:
				more++
			default:
				all = append(all, Line{t.Name, t.Type, e.Kind, e.Words})
			}
		}
	}
	return all, more
}

// rank orders what is told: first what was deleted and made, then servers, since of
// the two ends of a cable theirs is what people think of.
func rank(t Told) int {
	switch {
	case t.Change == Deleted:
		return 0
	case t.Change == Made:
		return 1
	case t.Type == "server":
		return 2
	}
	return 3
}

// attrEvents returns the attributes of a thing that is neither new nor gone as events.
func attrEvents(t Told) []Event {
	if t.Change != Changed {
		return nil
	}
	var events []Event
	for _, d := range t.Attrs {
		a := clusto.Attr{Key: d.Key, Number: d.Number, Subkey: d.Subkey}
		var words []Word
		switch d.Change {
		case Added:
			words = say("got "+a.Name()+" = ", value(a, d.Is))
		case Removed:
			words = say("lost "+a.Name()+" = ", value(a, d.Was))
		default:
			words = say("changed "+a.Name()+" from ", value(a, d.Was), " to ", value(a, d.Is))
		}
		events = append(events, Event{Kind: KindAttr, Words: words})
	}
	return events
}

// longest is how many letters of a value a sentence has.
const longest = 60

// value returns a value as a part of a sentence: what it refers to, or a text that
// is not too long.
func value(a clusto.Attr, v Value) any {
	if v.Kind() == clusto.KindRelation {
		return thing(v.Name)
	}
	text := []rune(shown(a, v))
	if len(text) > longest {
		return string(text[:longest]) + "…"
	}
	return string(text)
}

// units returns the units of a rack as people write them: " units 7-8".
func units(of []int64) string {
	slices.Sort(of)
	of = slices.Compact(of)
	switch n := len(of); {
	case n == 0:
		return ""
	case n == 1:
		return fmt.Sprintf(" unit %d", of[0])
	case of[n-1]-of[0] == int64(n-1):
		return fmt.Sprintf(" units %d-%d", of[0], of[n-1])
	}
	text := make([]string, len(of))
	for i, u := range of {
		text[i] = fmt.Sprint(u)
	}
	return " units " + strings.Join(text, ", ")
}
