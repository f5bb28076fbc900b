package history_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
)

// TestFromJSON has what is read of JSON written again as the same JSON, and shown
// to people as the same text.
func TestFromJSON(t *testing.T) {
	at := time.Date(2026, 11, 20, 14, 0, 0, 5000, time.UTC)
	info := clusto.VersionInfo{Version: 7, Time: at, User: "ann", Description: "why\nnot"}
	web := clusto.Entity{Name: "web1", Type: "server", Driver: "basicserver"}
	renamed := web
	renamed.Name = "web2"
	number, subkey := clusto.Num(3), clusto.Sub("")
	list, err := clusto.JSON([]byte(`{"a": "ü", "b": [1, 2.5, null]}`))
	if err != nil {
		t.Fatal(err)
	}
	attr := func(change history.Change, was, is history.Value) history.AttrDiff {
		return history.AttrDiff{Change: change, Key: "k", Number: number, Subkey: subkey, Was: was, Is: is}
	}
	diff := &history.Diff{
		Entities: []history.EntityDiff{
			{Change: history.Made, Is: web, Attrs: []history.AttrDiff{
				attr(history.Added, history.Value{}, history.Value{Value: clusto.Time(at)}),
				attr(history.Changed, history.Value{Value: clusto.Int(-5)}, history.Value{Value: clusto.RelationTo(9), Name: "sw1"}),
				attr(history.Removed, history.Value{Value: list}, history.Value{}),
				attr(history.Added, history.Value{}, history.Value{}),
			}},
			{Change: history.Changed, Was: web, Is: renamed},
			{Change: history.Changed, Was: web, Is: web},
			{Change: history.Deleted, Was: web, Attrs: []history.AttrDiff{{Change: history.Removed, Key: "x", Was: history.Value{Value: clusto.String("a\nb")}}}},
		},
		Redacted: []history.Redaction{{Name: "web1", Key: "password", Values: 2}},
	}
	blamed := history.BlamedAttr{
		Owner: "web1", Attr: clusto.Attr{Key: "k", Number: number, Subkey: subkey}, Value: history.Value{Value: clusto.String("v")}, By: info,
	}
	for name, c := range map[string]struct{ from, to any }{
		"diff":  {diff, &history.Diff{}},
		"shown": {&history.Shown{VersionInfo: info, Diff: diff}, &history.Shown{}},
		"entry": {history.Entry{VersionInfo: info, Made: []string{"a"}, Renamed: []history.Rename{{From: "x", To: "y"}}, AttrsAdded: 3, Redacted: 1}, &history.Entry{}},
		"blame": {&history.Blame{Entity: web, Made: clusto.VersionInfo{Version: 1}, Attrs: []history.BlamedAttr{blamed}}, &history.Blame{}},
	} {
		t.Run(name, func(t *testing.T) {
			want, err := json.Marshal(c.from)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(want, c.to); err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(c.to)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
	data, err := json.Marshal(diff)
	if err != nil {
		t.Fatal(err)
	}
	read := &history.Diff{}
	if err := json.Unmarshal(data, read); err != nil {
		t.Fatal(err)
	}
	var got, want strings.Builder
	if err := errors.Join(read.WriteText(&got), diff.WriteText(&want)); err != nil {
		t.Fatal(err)
	}
	if got.String() != want.String() {
		t.Errorf("as text:\n%s\nwant:\n%s", got.String(), want.String())
	}
}

// TestFromBadJSON has values refused that are not of their type.
func TestFromBadJSON(t *testing.T) {
	for _, value := range []string{
		`{"type": "int", "value": "x"}`, `{"type": "datetime", "value": "soon"}`, `{"type": "datetime", "value": 5}`,
		`{"type": "relation", "value": {}}`, `{"type": "colour", "value": "red"}`, `{"type": "string"}`,
	} {
		err := json.Unmarshal([]byte(`{"change": "added", "key": "k", "is": `+value+`}`), &history.AttrDiff{})
		if !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%s: got error %v, want ErrInvalid", value, err)
		}
	}
}
