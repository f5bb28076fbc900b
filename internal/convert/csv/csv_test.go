package csv_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/convert"
	"github.com/clusto/clusto/internal/convert/csv"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// read returns what Import makes of a text: records and problems by line.
func read(text io.Reader) []string {
	var all []string
	for r, err := range csv.Import(text) {
		if p, ok := errors.AsType[*convert.Problem](err); ok {
			all = append(all, fmt.Sprintf("%d: error: %v", p.Line, err))
			continue
		}
		if err != nil {
			return append(all, "ends: "+err.Error())
		}
		line := fmt.Sprintf("%d: %s|%s|%s", r.Line, r.Name, r.Type, r.Driver)
		for _, p := range r.In {
			line += fmt.Sprintf(", in %s%v", p.Container, p.Units)
		}
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
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{
			name: "columns",
			text: "name, type ,driver,k,k.s,k#1,k#1.s,k.s#1,k.,k:string,r:relation,type:\n" +
				"web1,server,d,1,2,3,4,5,6,7,b,t\n",
			want: []string{"2: web1|server|d, k=1, k.s=2, k#1=3, k.s#1=4, k.s#1=5, k.=6, k=string:7, r=relation:b, type=t"},
		},
		{
			name: "places",
			text: "name,parent,unit,pool,pool,parent\nweb1,rk,7-8,a,b,\nweb2,,,,,\nweb3,dc,,,,room\nweb4,rk,\"8,7\",,,\n",
			want: []string{
				"2: web1||, in a[], in b[], in rk[7 8]", "3: web2||", "4: web3||, in dc[], in room[]", "5: web4||, in rk[7 8]",
			},
		},
		{
			name: "lines",
			text: "\ufeffname,k\r\n\r\na,\"x\ny\"\r\nb,\"q\"\"q\"\r\n,\r\nc\r\n",
			want: []string{"3: a||, k=x\ny", `5: b||, k=q"q`, "7: c||"},
		},
		{name: "semicolons", text: "name;k\na;x,y\n", want: []string{"2: a||, k=x,y"}},
		{name: "tabs", text: "name\tk\na\tx;y\n", want: []string{"2: a||, k=x;y"}},
		{
			name: "problems",
			text: "name,k:int,parent,unit,d:datetime\na,x,,,y\nb,1,,7,\nc,1,rk,x,\n,1,,,\ne,1,,,,,z\nf,\"1\"2,,,\ng,\xff,,,\nh,2,,,\n",
			want: []string{
				`2: error: k: "x" is not a whole number`,
				`2: error: d: "y" is not a datetime such as 2026-11-22T13:45:00`,
				`2: a||`,
				`3: error: b: the unit is one of a parent, which must be named`,
				`3: b||, k=1`,
				`4: error: "x" does not name rack units: want 7, or 7-8`,
				`4: c||, in rk[], k=1`,
				`5: error: the row has no name`,
				`6: error: the row has 7 cells, and the first row names 5 columns`,
				`6: e||, k=1`,
				`7: error: extraneous or missing " in quoted-field`,
				`8: error: "\xff" is not UTF-8`,
				`8: g||`,
				`9: h||, k=2`,
			},
		},
		{name: "empty", text: "", want: []string{"ends: the table is empty: its first row names the columns"}},
		{
			name: "columns twice",
			text: "name,type,driver,name,driver,unit,parent,pool,parent,pool,k,k,unit,type\n",
			want: []string{"ends: the first row: two columns are called name\ntwo columns are called driver\n" +
				"two columns are called unit\ntwo columns are called type"},
		},
		{
			name: "wrong first row",
			text: "nmae,k.a.b,k#x,k#1#2,k:float,1k\n",
			want: []string{`ends: the first row: column "k.a.b": it has two subkeys` + "\n" + `column "k#x": "x" is not a number` + "\n" +
				`column "k#1#2": it has two numbers` + "\n" + `column "k:float": "float" is not int, string, datetime, json or relation` + "\n" +
				`column "1k": key "1k": want letters, digits, _ and -, beginning with a letter or _` + "\n" + `no column is called name`},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, read(strings.NewReader(c.text))); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

func TestImportBrokenFile(t *testing.T) {
	t.Parallel()
	broken := io.MultiReader(strings.NewReader("name,k\na,1\n"), iotest.ErrReader(errors.New("input/output error")))
	if diff := cmp.Diff([]string{"2: a||, k=1", "ends: input/output error"}, read(broken)); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

// store returns a database in which a rack holds a server of a pool.
func store(t *testing.T) clusto.Store {
	t.Helper()
	s := dbtest.New(t, sqlstore.Options{})
	_, err := s.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error { return fill(t.Context(), tx) })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fill(ctx context.Context, tx clusto.Tx) error {
	ids := map[string]clusto.EntityID{}
	for _, e := range [][3]string{{"web1", "server", "basicserver"}, {"rk-01", "rack", "basicrack"}, {"web", "pool", "pool"}, {"dc, east", "datacenter", "basicdatacenter"}} {
		made, err := tx.Create(ctx, e[0], e[1], e[2])
		if err != nil {
			return err
		}
		ids[e[0]] = made.ID
	}
	in := func(container string, number int, content string, subkey clusto.Subkey) clusto.Attr {
		return clusto.Attr{Entity: ids[container], Key: clusto.KeyContains, Number: clusto.Num(number), Subkey: subkey, Value: clusto.RelationTo(ids[content])}
	}
	return tx.AddAttrs(ctx,
		in("rk-01", 8, "web1", clusto.Sub("ru")), in("rk-01", 7, "web1", clusto.Sub("ru")),
		in("web", 0, "web1", clusto.Subkey{}), in("dc, east", 0, "rk-01", clusto.Subkey{}),
		clusto.Attr{Entity: ids["web1"], Key: "tags", Value: clusto.String("7")},
		clusto.Attr{Entity: ids["web1"], Key: "tags", Value: clusto.Int(7)},
		clusto.Attr{Entity: ids["web1"], Key: "type", Value: clusto.String("x")},
		clusto.Attr{Entity: ids["web1"], Key: "port-nic-eth", Number: clusto.Num(1), Subkey: clusto.Sub("connection"), Value: clusto.RelationTo(ids["rk-01"])},
		clusto.Attr{Entity: ids["web"], Key: "tags", Value: clusto.String("p,q")},
	)
}

func TestExport(t *testing.T) {
	t.Parallel()
	s := store(t)
	for _, c := range []struct {
		patterns []string
		want     string
	}{
		{nil, `name,type,driver,parent,unit,pool,port-nic-eth.connection#1,tags,tags,type:
"dc, east",datacenter,basicdatacenter,,,,,,,
rk-01,rack,basicrack,"dc, east",,,,,,
web,pool,pool,,,,,"p,q",,
web1,server,basicserver,rk-01,7-8,web,relation:rk-01,string:7,7,x
`},
		{[]string{"driver", "port-*"}, `name,driver,port-nic-eth.connection#1
"dc, east",basicdatacenter,
rk-01,basicrack,
web,pool,
web1,basicserver,relation:rk-01
`},
		{[]string{"_contains.ru*"}, `name,_contains.ru#7,_contains.ru#8
"dc, east",,
rk-01,relation:web1,relation:web1
web,,
web1,,
`},
	} {
		var out bytes.Buffer
		err := s.View(t.Context(), clusto.Live, func(r clusto.Reader) error { return csv.Export(t.Context(), r, &out, c.patterns) })
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, out.String()); diff != "" {
			t.Errorf("%v: want -, got +\n%s", c.patterns, diff)
		}
	}
}

// TestExportToFullDisk checks that a failing writer is noticed.
func TestExportToFullDisk(t *testing.T) {
	t.Parallel()
	full := errors.New("no space")
	in, out := io.Pipe()
	in.CloseWithError(full)
	err := store(t).View(t.Context(), clusto.Live, func(r clusto.Reader) error { return csv.Export(t.Context(), r, out, nil) })
	if !errors.Is(err, full) {
		t.Errorf("got error %v, want %v", err, full)
	}
}

// FuzzImport checks that no table is too odd, and that each record has a name and
// a line.
func FuzzImport(f *testing.F) {
	f.Add([]byte("name,type,driver,parent,unit,pool,k.s#1:int\nweb1,server,basicserver,rk,7-8,web,7\n"))
	f.Add([]byte("\ufeffname;k\n\"a\n\";json:{}\n;\n\"x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines := bytes.Count(data, []byte("\n")) + 1
		for r, err := range csv.Import(bytes.NewReader(data)) {
			if err == nil && (r.Name == "" || r.Line < 2 || r.Line > lines) {
				t.Errorf("record %q on line %d of %d", r.Name, r.Line, lines)
			}
			for _, a := range r.Attrs {
				if err == nil && (clusto.Attr{Key: a.Key, Number: a.Number, Subkey: a.Subkey}).Validate() != nil {
					t.Errorf("a column called %q", a.Key)
				}
			}
		}
	})
}
