package history_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
	"github.com/clusto/clusto/internal/classictest"
)

// roundTrip checks that what is read from the JSON of x is the same for people and
// in JSON.
func roundTrip[T any](t *testing.T, what string, x T, write func(*T, io.Writer) error) {
	t.Helper()
	text, err := json.Marshal(x)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	var read T
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatalf("%s: %s: %v", what, text, err)
	}
	again, err := json.Marshal(read)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if !bytes.Equal(text, again) {
		t.Fatalf("%s:\n%s\nwas read as\n%s", what, text, again)
	}
	var said, saidAgain strings.Builder
	if err := write(&x, &said); err != nil {
		t.Fatal(err)
	}
	if err := write(&read, &saidAgain); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(said.String(), saidAgain.String()); d != "" {
		t.Fatalf("%s is another for people when it was read:\n%s", what, d)
	}
}

// TestJSONRoundTrip reads back everything that there is to tell of classic's
// database.
func TestJSONRoundTrip(t *testing.T) {
	zone := time.FixedZone("test", 3600)
	err := classictest.Open(t).View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		h, err := clusto.Past(r)
		if err != nil {
			return err
		}
		ctx := t.Context()
		entries, err := history.Log(ctx, h, clusto.VersionMatch{})
		if err != nil {
			return err
		}
		if len(entries) < 50 {
			t.Errorf("only %d versions", len(entries))
		}
		for _, e := range entries {
			roundTrip(t, "entry", e, func(e *history.Entry, w io.Writer) error {
				return history.WriteLog(w, []history.Entry{*e}, zone)
			})
			if err := tellVersion(ctx, t, h, e.Version, zone); err != nil {
				return err
			}
		}
		entities, err := clusto.Collect(h.Find(ctx, clusto.Match{}))
		if err != nil {
			return err
		}
		for _, e := range entities {
			b, err := history.BlameOf(ctx, h, e)
			if err != nil {
				return err
			}
			roundTrip(t, e.Name, *b, func(b *history.Blame, w io.Writer) error { return b.WriteText(w, zone) })
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tellVersion reads back what a version did, what was different before, and what it
// would take to undo it.
func tellVersion(ctx context.Context, t *testing.T, h clusto.History, v clusto.Version, zone *time.Location) error {
	shown, err := history.Show(ctx, h, v)
	if err != nil {
		return err
	}
	roundTrip(t, "version", *shown, func(s *history.Shown, w io.Writer) error { return s.WriteText(w, zone) })
	d, err := history.Between(ctx, h, v, 1, nil)
	if err != nil {
		return err
	}
	roundTrip(t, "difference", *d, (*history.Diff).WriteText)
	if plan, err := history.PlanRevert(ctx, h, v); err == nil {
		roundTrip(t, "plan", *plan, (*history.Plan).WriteText)
	}
	return nil
}

// TestValueJSON reads back values that are hard to keep.
func TestValueJSON(t *testing.T) {
	for _, v := range []history.Value{
		{},
		{Value: clusto.Int(1<<63 - 1)},
		{Value: clusto.Int(-1 << 63)},
		{Value: clusto.String("")},
		{Value: clusto.String("<a href=\"é\">\u2028 & \\u003c")},
		{Value: clusto.Time(time.Date(2012, 2, 29, 23, 59, 58, 123000, time.UTC))},
		{Value: clusto.Time(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC))},
		{Value: clusto.RelationTo(0), Name: "web1"},
		{Value: clusto.StoredJSON(`{"b": [1, 12345678901234567890, 1.50, 1e2], "a": "<\u00e9&>"}`)},
		{Value: clusto.StoredJSON(`{"b":1 ,  "a":"é"}`)},
		{Value: clusto.StoredJSON(`"\u003c \\u003c <"`)},
		{Value: clusto.StoredJSON("null")},
		{Value: clusto.StoredJSON(`"text"`)},
		{Value: clusto.StoredJSON(`no JSON: "`)},
		{Value: clusto.StoredJSON("")},
	} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Errorf("%v: %v", v, err)
			continue
		}
		var read history.Value
		if err := json.Unmarshal(text, &read); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if read.Kind() != v.Kind() || read.IsNone() != v.IsNone() || read.Str() != v.Str() || read.Int64() != v.Int64() ||
			!read.Time().Equal(v.Time()) || read.Name != v.Name || read.Text() != v.Text() {
			t.Errorf("%s was read as %#v, want %#v", text, read, v)
		}
	}
	for _, text := range []string{
		`{"type": "int", "value": "1"}`, `{"type": "int", "value": 1.5}`, `{"type": "int", "value": 9223372036854775808}`, `{"type": "int"}`,
		`{"type": "string", "value": 1}`, `{"type": "datetime", "value": "yesterday"}`, `{"type": "relation", "value": null}`,
		`{"type": "colour", "value": "red"}`, `{"type": "relation"}`, `[]`,
	} {
		var read history.Value
		if err := json.Unmarshal([]byte(text), &read); err == nil {
			t.Errorf("%s was read as %#v", text, read)
		}
	}
}
