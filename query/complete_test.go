package query_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/query"
)

// known are the types and drivers of completions in tests.
var known = query.Known{Types: []string{"server", "rack", "pool"}, Drivers: []string{"basicserver", "basicrack", "a driver"}}

// complete completes text, in which | is the position.
func complete(tb testing.TB, store clusto.Store, text string) (got query.Completion) {
	tb.Helper()
	before, after, _ := strings.Cut(text, "|")
	err := store.View(tb.Context(), clusto.Live, func(r clusto.Reader) (err error) {
		got, err = query.Complete(tb.Context(), r, before+after, utf8.RuneCountInString(before), known)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return got
}

func TestComplete(t *testing.T) {
	store := openWorld(t)
	for _, c := range []struct {
		text     string
		want     string // texts that are among the candidates
		not      string // and those that are not
		from, to int
	}{
		{text: "|", want: "name type attr not", not: "and =", from: 0, to: 0},
		{text: "ty|", want: "type", not: "name", from: 0, to: 2},
		{text: "t|yp = x", want: "type", from: 0, to: 3},
		{text: "type |", want: "= != in exists not", not: "server and", from: 5, to: 5},
		{text: "type !|", want: "!=", not: "=", from: 5, to: 6},
		{text: "type not |", want: "in exists", not: "= != not", from: 9, to: 9},
		{text: "type = s|", want: "server", not: "rack", from: 7, to: 8},
		{text: "type = server |", want: "and or -", not: "name", from: 14, to: 14},
		{text: "type = server an|", want: "and", not: "or", from: 14, to: 16},
		{text: "type = server and |", want: "name", not: "and", from: 18, to: 18},
		{text: "type in |", want: "( server", from: 8, to: 8},
		{text: "type in (server, |", want: "rack", not: "(", from: 17, to: 17},
		{text: "type in (server |", want: ", )", not: "and", from: 16, to: 16},
		{text: "(type = rack) |", want: "and", from: 14, to: 14},
		{text: "driver = a|", want: `"a driver" basicrack`, from: 9, to: 10},
		{text: `driver = "a d|" and name exists`, want: `"a driver"`, from: 9, to: 14},
		{text: "attr system.mem|", want: "system.memory", from: 5, to: 15},
		{text: "attr system.memory |", want: ">= exists", not: "and", from: 19, to: 19},
		{text: "system|", want: "attr system.memory", from: 0, to: 6},
		{text: "name matches |", not: "web1", from: 13, to: 13},
	} {
		t.Run(c.text, func(t *testing.T) {
			got := complete(t, store, c.text)
			var texts []string
			for _, candidate := range got.Candidates {
				texts = append(texts, candidate.Text)
			}
			joined := strings.Join(texts, "\n")
			for _, want := range wordsOf(c.want, texts) {
				t.Errorf("%q is not among\n%s", want, joined)
			}
			for not := range strings.FieldsSeq(c.not) {
				if slices.Contains(texts, not) {
					t.Errorf("%q is among\n%s", not, joined)
				}
			}
			if got.From != c.from || got.To != c.to {
				t.Errorf("in place of %d to %d, want %d to %d", got.From, got.To, c.from, c.to)
			}
		})
	}
}

// wordsOf returns what of a list of texts, of which those with a blank begin as one
// of texts does, is not among texts.
func wordsOf(list string, texts []string) []string {
	for _, text := range texts {
		if strings.Contains(text, " ") {
			list = strings.ReplaceAll(list, text, "")
		}
	}
	return slices.DeleteFunc(strings.Fields(list), func(word string) bool { return slices.Contains(texts, word) })
}

// TestCompleteNames: names that begin so come before those that have it within,
// and there are never more than can be shown.
func TestCompleteNames(t *testing.T) {
	store := openWorld(t)
	_, err := store.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		for i := range 3000 {
			name := "within-zz" + strconv.Itoa(i)
			if _, err := tx.Create(t.Context(), name, "server", "basicserver"); err != nil {
				return err
			}
		}
		_, err := tx.Create(t.Context(), "zz top", "server", "basicserver")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got := complete(t, store, "name = zz|")
	if len(got.Candidates) != query.MaxCandidates || !got.More {
		t.Errorf("%d candidates, more: %v", len(got.Candidates), got.More)
	}
	if first := got.Candidates[0]; first.Text != `"zz top"` || first.Kind != query.CandidateName || first.About != "server" {
		t.Errorf("the first is %+v", first)
	}
}

// FuzzComplete: whatever the text and wherever the position, there is no panic, the
// place is in the text, and a candidate can be read as a part of a query.
func FuzzComplete(f *testing.F) {
	for _, seed := range []string{"", "type = server", `attr "a b".c = 'x`, "name in (a, b) - pool = ", "merged owner#1 !", "attr a.b:3 exists", "\xff\"", "not not (~"} {
		for position := 0; position <= len(seed); position += 3 {
			f.Add(seed, position)
		}
	}
	store := openWorld(f)
	f.Fuzz(func(t *testing.T, text string, position int) {
		var got query.Completion
		err := store.View(t.Context(), clusto.Live, func(r clusto.Reader) (err error) {
			got, err = query.Complete(t.Context(), r, text, position, known)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		n := len([]rune(text))
		if got.From < 0 || got.From > got.To || got.To > n || len(got.Candidates) > query.MaxCandidates {
			t.Fatalf("%q at %d: %+v", text, position, got)
		}
		for _, c := range got.Candidates {
			if c.Kind != query.CandidateName && c.Kind != query.CandidateValue {
				continue
			}
			if _, err := query.Parse("name = " + c.Text); err != nil {
				t.Fatalf("%q at %d: %q cannot be read: %v", text, position, c.Text, err)
			}
		}
	})
}
