package jsonl_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/convert"
	"github.com/clusto/clusto/internal/convert/jsonl"
)

// read returns what Import makes of a text: records and problems by line.
func read(t testing.TB, text string) []string {
	t.Helper()
	var all []string
	for r, err := range jsonl.Import(strings.NewReader(text)) {
		if p, ok := errors.AsType[*convert.Problem](err); ok {
			all = append(all, fmt.Sprintf("%d: error: %v", p.Line, err))
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf("%d: %s %s %s", r.Line, r.Name, r.Type, r.Driver)
		for _, a := range r.Attrs {
			name := clusto.Attr{Key: a.Key, Number: a.Number, Subkey: a.Subkey}.Name()
			line += ", " + name + "=" + convert.FormatValue(a.Value, a.To)
		}
		all = append(all, line)
	}
	return all
}

func TestImport(t *testing.T) {
	t.Parallel()
	const text = "\ufeff" + `{"name":"a","type":"server","driver":"basicserver","attrs":[` +
		`{"key":"k","number":3,"subkey":"s","datatype":"string","value":"7"},` +
		`{"key":"k","number":null,"subkey":"","datatype":"int","value":7},` +
		`{"key":"k","datatype":"relation","value":"b"},{"key":"k","datatype":"datetime","value":"2012-02-29T23:59:58"},` +
		`{"key":"k","datatype":"json","value":"text"},{"key":"k","datatype":"json","value":null},{"key":"k","datatype":"string","value":null}]}` + "\r\n" +
		`{"name":"b","attrs":[{"key":"k","value":"x"},{"key":"k","value":1},{"key":"k","value":true},{"key":"k","value":[1]},{"key":"k","value":{}},{"key":"k"}]}` + "\n\n" +
		`{"name":"c"} {}` + "\n" + `[]` + "\n" + `{"driver":"x"}` + "\n" +
		`{"name":"d","attrs":[{"key":"k","value":1.5},{"key":"l","datatype":"string","value":1},{"key":"m","datatype":"float","value":1},{"key":"n","datatype":"relation","value":""}]}` + "\n" +
		"{\"name\":\"\xff\"}\n" + `{"name":"end"}`
	want := []string{
		`1: a server basicserver, k.s#3=string:7, k.=7, k=relation:b, k=datetime:2012-02-29T23:59:58, k=json:"text", k=json:null, k=none:`,
		`2: b  , k=x, k=1, k=1, k=json:[1], k=json:{}, k=none:`,
		`4: error: there is more than one entity on the line`,
		`5: error: not an entity as JSON: it cannot be of the kind array`,
		`6: error: the entity has no name`,
		"7: error: d: k: \"1.5\" is not a whole number\nd: l: a value of datatype string is a JSON text, not 1\n" +
			"d: m: datatype \"float\" is not int, string, datetime, json or relation\nd: n: a relation needs the name of an entity",
		"7: d  ",
		`8: error: the line is not UTF-8`,
		`9: end  `,
	}
	if diff := gocmp.Diff(want, read(t, text)); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

// TestImportBrokenFile has the file end with an error of the disk.
func TestImportBrokenFile(t *testing.T) {
	t.Parallel()
	broken := errors.New("input/output error")
	var got error
	for _, err := range jsonl.Import(iotest.ErrReader(broken)) {
		got = err
	}
	if !errors.Is(got, broken) {
		t.Errorf("got error %v", got)
	}
}

// FuzzImport checks that what is read can be written and read again.
func FuzzImport(f *testing.F) {
	f.Add([]byte(`{"name":"a","type":"t","driver":"d","attrs":[{"key":"k","number":1,"subkey":"s","datatype":"json","value":{"a":[1,null,"\u00e9"]}}]}`))
	f.Add([]byte("{\"name\":\"a\",\"attrs\":[{\"key\":\"k\",\"value\":\"x\"},{\"key\":\"k\",\"datatype\":\"relation\",\"value\":\"b\"}]}\n\n{}\n[\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines := bytes.Count(data, []byte("\n")) + 1
		var out []byte
		for r, err := range jsonl.Import(bytes.NewReader(data)) {
			if err != nil {
				continue
			}
			if r.Name == "" || r.Line < 1 || r.Line > lines {
				t.Errorf("record %q on line %d of %d", r.Name, r.Line, lines)
			}
			out = append(out, encode(t, r)...)
		}
		first := read(t, string(out))
		if slices.ContainsFunc(first, func(s string) bool { return strings.Contains(s, ": error: ") }) {
			t.Errorf("what was read is not read again: %q\n%s", first, out)
		}
	})
}

// encode writes a record as Export does.
func encode(t *testing.T, r convert.Record) []byte {
	e := jsonl.Entity{Name: r.Name, Type: r.Type, Driver: r.Driver}
	for _, a := range r.Attrs {
		w := jsonl.Attr{Key: a.Key, Datatype: a.Value.Kind()}
		if n, ok := a.Number.Get(); ok {
			w.Number = &n
		}
		if s, ok := a.Subkey.Get(); ok {
			w.Subkey = &s
		}
		value := any(a.Value.Str())
		switch {
		case a.To != "":
			w.Datatype, value = clusto.KindRelation, a.To
		case a.Value.IsNone():
			value = nil
		case a.Value.Kind() == clusto.KindInt:
			value = a.Value.Int64()
		case a.Value.Kind() == clusto.KindTime:
			value = clusto.FormatTime(a.Value.Time())
		case a.Value.Kind() == clusto.KindJSON:
			value = json.RawMessage(a.Value.Str())
		}
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatalf("%s: %v", a.Value.Text(), err)
		}
		w.Value = raw
		e.Attrs = append(e.Attrs, w)
	}
	out, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}
