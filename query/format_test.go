package query_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/query"
)

// TestFormat shows entities of the world in many ways.
func TestFormat(t *testing.T) {
	store := openWorld(t)
	for _, test := range []struct {
		format, query string
		merge         bool
		want          []string
	}{
		{format: "%name %type/%driver", query: "rack = r1", want: []string{"sw1 networkswitch/basicnetworkswitch", "web1 server/basicserver", "web2 server/penguinserver"}},
		{format: "100%% %{name}.example.com\\t|\\n\\d\\\\", query: "name = web1", want: []string{"100% web1.example.com\t|\n\\d\\"}},
		{format: "%hostname-%rack:%ru", query: "type = server", want: []string{"web2-r2:10", "lab1-:", "www-r1:3", "web10-r2:11", "web2-r1:4,5"}},
		{format: "%pool", query: "name in (web2, db1, lab1)", want: []string{"db,production", "", "web,retired,production"}},
		{format: "%parent", query: "name = web1", want: []string{"r1,web,cage7,production,sv3"}},
		{format: "%datacenter %cage %zone %role", query: "name in (web1, db1)", want: []string{"sv3   db", "sv3 cage7  web"}},
		{format: "%ip|%internal_ips|%public_ips|%mac", query: "name in (web1, web2, db1)", want: []string{
			"2001:db8::5||2001:db8::5|02:16:3e:00:00:03", "10.0.0.1|10.0.0.1||00:16:3e:00:00:01",
			"10.0.0.10,2001:db8:1::5|10.0.0.10|2001:db8:1::5|00:16:3e:00:00:02"}},
		{format: "%system.serial %attr(system.memory) %{attr(disk.size#1)} %disk.size#0 %disk.vendor", query: "name = web1", want: []string{"P0001 16384 512G 1T acme"}},
		{format: `%own("owner") %merged(owner) %attr(owner)`, query: "name in (web1, db1)", want: []string{"db db,ops db", " ops "}},
		{format: `%attr(owner) %own(owner)`, merge: true, query: "name in (web1, db1)", want: []string{"db,ops db", "ops "}},
		{format: "%merged(dhcp.enabled)", query: "name = web1", want: []string{"0,1"}},
		{format: "%port-nic-eth.connection %tags %bought", query: "name = web1", want: []string{`sw1 ["web", "front", ["edge", 7]] 2012-02-29T23:59:58`}},
		{format: "%note.", query: "name = lab1", want: nil},
		{format: "%attr(note).", query: "name = lab1", want: []string{"."}},
		{format: "", query: "name = lab1", want: []string{""}},
	} {
		f, err := query.ParseFormat(strings.ReplaceAll(strings.ReplaceAll(test.format, "%tags", "%attr(tags)"), "%bought", "%attr(bought)"))
		if (err != nil) != (test.want == nil) {
			t.Errorf("%s: %v", test.format, err)
		}
		if err != nil {
			continue
		}
		view(t, store, func(r clusto.Reader) {
			found, err := parse(t, test.query).Run(t.Context(), r, query.Options{Now: now})
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.Lines(t.Context(), r, found, query.Options{MergeAttrs: test.merge})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.format, diff)
			}
		})
	}
}

// TestFormatErrors checks what is said of formats that mean nothing.
func TestFormatErrors(t *testing.T) {
	for _, test := range []struct{ format, want, hint string }{
		{"%nmae", `column 2: there is no column "nmae"`, "did you mean name?"},
		{"%serial", `column 2: there is no column "serial"`, "attr(serial)"},
		{"100%", "column 4: want the name of a column after %", "write %% for a percent sign"},
		{"%{name", `column 2: the "{" is never closed`, ""},
		{"a %attr(system.serial", `column 8: the "(" is never closed`, ""},
		{"%attr()", "column 7: want the name of an attribute after attr, not the end", "key.subkey"},
		{"%own(a b)", `column 8: "b" does not belong into the name of an attribute`, ""},
	} {
		_, err := query.ParseFormat(test.format)
		var wrong *query.Error
		if !errors.As(err, &wrong) || err.Error() != test.want || !strings.Contains(clusto.Hint(err), test.hint) {
			t.Errorf("%s: %v (%s), want %s (%s)", test.format, err, clusto.Hint(err), test.want, test.hint)
		}
	}
	if _, err := query.NewColumns("name", "name rack"); !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("a column with a blank: %v", err)
	}
}

// TestRows checks that values keep their types, also in JSON.
func TestRows(t *testing.T) {
	columns, err := query.NewColumns("name", "rack", "ru", "attr(system.memory)", "attr(tags)", "attr(bought)", "own(owner)", "attr(note)")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`{"name":"db1","rack":["r2"],"ru":[10],"attr(system.memory)":[65536],"attr(tags)":[{"role":"db"}],"attr(bought)":["2020-01-01"],"own(owner)":["db"],"attr(note)":[]}`,
		`{"name":"lab1","rack":[],"ru":[],"attr(system.memory)":[],"attr(tags)":[],"attr(bought)":["long ago"],"own(owner)":[],"attr(note)":[null]}`,
		`{"name":"web2","rack":["r1"],"ru":[4,5],"attr(system.memory)":["32768"],"attr(tags)":["web"],"attr(bought)":["2024-05-01T00:00:00"],"own(owner)":["web-team"],"attr(note)":[]}`,
	}
	view(t, openWorld(t), func(r clusto.Reader) {
		found, err := parse(t, "name in (db1, lab1, web2)").Run(t.Context(), r, query.Options{})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := columns.Rows(t.Context(), r, found, query.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			text, err := columns.MarshalRow(row)
			if err != nil || string(text) != want[i] {
				t.Errorf("%s (%v), want %s", text, err, want[i])
			}
		}
		if diff := cmp.Diff([]string{"web2", "r1", "4,5", "32768", "web", "2024-05-01T00:00:00", "web-team", ""}, rows[2].Texts()); diff != "" {
			t.Errorf("texts (-want +got):\n%s", diff)
		}
	})
}

// TestManyMACs checks that a long list of hardware addresses is answered too.
func TestManyMACs(t *testing.T) {
	text := "mac in (00163e000001, 0216.3e00.0003"
	for i := range 200 {
		text += fmt.Sprintf(", ee:ee:ee:ee:ee:%02x", i)
	}
	view(t, openWorld(t), func(r clusto.Reader) {
		found, err := parse(t, text+")").Run(t.Context(), r, query.Options{})
		if diff := cmp.Diff([]string{"db1", "web1"}, namesOf(found)); diff != "" || err != nil {
			t.Error(diff, err)
		}
	})
}

// TestOddTexts checks that what no database holds is not found, and is no error.
func TestOddTexts(t *testing.T) {
	view(t, openWorld(t), func(r clusto.Reader) {
		for _, odd := range []string{"a\x00b", strings.Repeat("long", 1000), "😀", "' or 1 = 1 --", "100%_"} {
			for _, field := range query.Fields() {
				switch field {
				case "ip", "mac":
					continue
				case "attr", "own", "merged":
					field += ` "` + odd + `"."` + odd + `"`
				}
				for _, op := range []string{"=", "in", "like", "<"} {
					text := field + " " + op + ` "` + odd + `"`
					found, err := parse(t, text).Run(t.Context(), r, query.Options{Warn: func(query.Warning) {}})
					if err != nil || len(found) > 0 && op != "<" {
						t.Errorf("%q: found %v, %v", text, namesOf(found), err)
					}
				}
			}
		}
	})
}

// secretive is a reader that does not show attributes.
type secretive struct{ clusto.Reader }

// Attrs implements clusto.Reader.
func (secretive) Attrs(context.Context, clusto.AttrMatch) iter.Seq2[clusto.Attr, error] {
	return func(yield func(clusto.Attr, error) bool) {
		yield(clusto.Attr{}, clusto.Errorf(clusto.ErrDenied, "ann may not read attributes"))
	}
}

// TestDenied checks that what a reader refuses is refused.
func TestDenied(t *testing.T) {
	view(t, openWorld(t), func(r clusto.Reader) {
		for _, text := range []string{"attr system.memory > 5", "not (name = web1 and attr system.memory > 5)", "mac ^ 00", "ip in_cidr 10.0.0.0/8", "pool exists"} {
			if _, err := parse(t, text).Run(t.Context(), secretive{r}, query.Options{}); !errors.Is(err, clusto.ErrDenied) {
				t.Errorf("%s: %v, want ErrDenied", text, err)
			}
		}
	})
}

// TestAnalyze checks that a plan says what was found, and what was skipped.
func TestAnalyze(t *testing.T) {
	view(t, openWorld(t), func(r clusto.Reader) {
		q := parse(t, "type = server and pool = web - name = web1")
		found, plan, err := q.Analyze(t.Context(), r, query.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"web10", "web2"}, namesOf(found)); diff != "" {
			t.Error(diff)
		}
		if plan.Ran.Entities != 2 || plan.Ran.Questions != 2 || len(plan.Steps) != 3 || !plan.Steps[2].Without {
			t.Errorf("plan %+v, ran %+v", plan, plan.Ran)
		}
		var text bytes.Buffer
		if err := plan.WriteText(&text); err != nil || !strings.Contains(text.String(), "└─ without name = web1") {
			t.Errorf("%v in\n%s", err, text.String())
		}
		_, plan, err = parse(t, "name = nobody and attr system.memory > 5").Analyze(t.Context(), r, query.Options{})
		if err != nil || !plan.Steps[1].Ran.Skipped {
			t.Errorf("after nothing was left: %+v, %v", plan.Steps[1].Ran, err)
		}
	})
}
