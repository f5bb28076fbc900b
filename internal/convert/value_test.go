package convert_test

import (
	"errors"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/convert"
)

func TestParseValue(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		text string
		want clusto.Value
		to   string
		err  error
	}{
		{text: "x", want: clusto.String("x")},
		{text: "442", want: clusto.Int(442)},
		{text: "-1", want: clusto.Int(-1)},
		{text: "007", want: clusto.String("007")},
		{text: "+1", want: clusto.String("+1")},
		{text: " 1", want: clusto.String(" 1")},
		{text: "9223372036854775808", want: clusto.String("9223372036854775808")},
		{text: "string:442", want: clusto.String("442")},
		{text: "string:string:x", want: clusto.String("string:x")},
		{text: "http://x", want: clusto.String("http://x")},
		{text: "int: 7 ", want: clusto.Int(7)},
		{text: "int:x", err: clusto.ErrInvalid},
		{text: "datetime:2026-11-22T12:00:00", want: clusto.Time(noon)},
		{text: "datetime:2026-11-22 12:00:00.000001", want: clusto.Time(noon.Add(time.Microsecond))},
		{text: "datetime:2026-11-22T13:00:00+01:00", want: clusto.Time(noon)},
		{text: "datetime:2026-11-22", want: clusto.Time(noon.Add(-12 * time.Hour))},
		{text: "datetime:noon", err: clusto.ErrInvalid},
		{text: `json:{"b":1}`, want: clusto.StoredJSON(`{"b": 1}`)},
		{text: `json:["é"]`, want: clusto.StoredJSON(`["é"]`)},
		{text: "json:x", err: clusto.ErrInvalid},
		{text: "relation:web1", to: "web1"},
		{text: "relation:", err: clusto.ErrInvalid},
		{text: "none:"},
		{text: "none:x", err: clusto.ErrInvalid},
	} {
		got, to, err := convert.ParseValue(c.text)
		if !errors.Is(err, c.err) || err == nil && (!got.Equal(c.want) || got.Str() != c.want.Str() || to != c.to) {
			t.Errorf("%q: got %s %q to %q, %v; want %s %q", c.text, got.Kind(), got.Text(), to, err, c.want.Kind(), c.want.Text())
		}
	}
}

// FuzzValue checks that what is read is written so that it is read again.
func FuzzValue(f *testing.F) {
	for _, seed := range []string{"", "x", "442", "007", "string:1", "json:[1, {\"a\":\"\u00e9\"}]", "datetime:2026-11-22T12:00:00.5", "relation:a:b", "none:"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, to, err := convert.ParseValue(text)
		if err != nil {
			return
		}
		again, toAgain, err := convert.ParseValue(convert.FormatValue(v, to))
		if err != nil || !again.Equal(v) || toAgain != to {
			t.Errorf("%q: %s %q to %q, and again %s %q to %q (%v)", text, v.Kind(), v.Text(), to, again.Kind(), again.Text(), toAgain, err)
		}
	})
}
