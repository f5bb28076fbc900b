package convert_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/convert"
	"github.com/clusto/clusto/internal/convert/csv"
	"github.com/clusto/clusto/internal/convert/jsonl"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// world is a database that things are imported into.
type world struct {
	*testing.T
	store      clusto.Store
	options    convert.Options
	statements []string
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, options: convert.Options{Drivers: all.Drivers()}}
	o := sqlstore.Options{OnStatement: func(sql string) { w.statements = append(w.statements, sql) }}
	w.store = dbtest.New(t, o)
	return w
}

// load imports a text: a table if it begins with a column's name, else JSON Lines.
func (w *world) load(text string) convert.Report {
	w.Helper()
	read := convert.Importer(jsonl.Import)
	if strings.HasPrefix(text, "name") {
		read = csv.Import
	}
	records, problems, err := convert.ReadAll(read, strings.NewReader(text), func(int) {})
	if err != nil {
		w.Fatal(err)
	}
	report, err := convert.Import(w.Context(), w.store, clusto.Change{Description: "test"}, records, problems, w.options)
	if err != nil {
		w.Fatal(err)
	}
	return report
}

// must is load of a text in which nothing may be wrong.
func (w *world) must(text string) convert.Report {
	w.Helper()
	report := w.load(text)
	if report.Problems != nil {
		w.Fatalf("problems: %s", strings.Join(problems(report), "\n"))
	}
	return report
}

func problems(report convert.Report) []string {
	var all []string
	for _, p := range report.Problems {
		text := fmt.Sprintf("%d: %s", p.Line, p.Error())
		if hint := clusto.Hint(p.Err); hint != "" {
			text += " (" + hint + ")"
		}
		all = append(all, text)
	}
	return all
}

// export returns the entities that the database holds besides clusto's own.
func (w *world) export() string {
	w.Helper()
	var b bytes.Buffer
	w.view(func(inv *clusto.Inventory) error { return jsonl.Export(w.Context(), inv, &b) })
	var kept []string
	for line := range strings.Lines(b.String()) {
		if !strings.HasPrefix(line, `{"name":"clustometa"`) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func (w *world) view(fn func(*clusto.Inventory) error) {
	w.Helper()
	err := w.store.View(w.Context(), clusto.Live, func(r clusto.Reader) error { return fn(clusto.NewInventory(r, w.options.Drivers)) })
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) update(fn func(context.Context, *clusto.Inventory) error) {
	w.Helper()
	_, err := w.store.Update(w.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		return fn(w.Context(), clusto.NewInventory(tx, w.options.Drivers))
	})
	if err != nil {
		w.Fatal(err)
	}
}

// attrs returns the attributes of an entity as an import shows them.
func (w *world) attrs(name string) []string {
	w.Helper()
	var all []string
	w.view(func(inv *clusto.Inventory) error {
		o, err := inv.Object(w.Context(), name)
		if err != nil {
			return err
		}
		attrs, err := o.Attrs(w.Context(), clusto.AttrMatch{})
		if err != nil {
			return err
		}
		names, err := inv.Names(w.Context(), attrs)
		for _, a := range attrs {
			all = append(all, a.Name()+" = "+convert.FormatValue(a.Value, names[a.Value.Relation()]))
		}
		return err
	})
	slices.Sort(all)
	return all
}

func (w *world) want(name string, want ...string) {
	w.Helper()
	if diff := cmp.Diff(want, w.attrs(name)); diff != "" {
		w.Errorf("%s: want -, got +\n%s", name, diff)
	}
}

// TestClassicAgain imports what was exported of a database of classic clusto.
func TestClassicAgain(t *testing.T) {
	t.Parallel()
	store := dbtest.Open(t, classictest.Copy(t), sqlstore.Options{})
	old := &world{T: t, store: store, options: convert.Options{Drivers: all.Drivers()}}
	text := old.export()
	for _, replace := range []bool{false, true} {
		old.options.Replace = replace
		if report := old.must(text); report.Version != 0 || report.Changes != nil {
			t.Errorf("an import of what is there (replace %t) made version %d: %+v", replace, report.Version, report.Changes)
		}
	}
	w := newWorld(t)
	if report := w.must(text); report.Version != 3 {
		t.Errorf("the import made version %d, want one, 3", report.Version)
	}
	if diff := cmp.Diff(text, w.export()); diff != "" {
		t.Errorf("exported, imported, exported: want -, got +\n%s", diff)
	}

	// The table that it gives changes nothing either, and makes the same servers.
	var table bytes.Buffer
	w.view(func(inv *clusto.Inventory) error { return csv.Export(t.Context(), inv, &table, nil) })
	if report := w.must(table.String()); report.Version != 0 {
		t.Errorf("an import of the table of what is there: %+v", report.Changes)
	}
	third := newWorld(t)
	third.must(table.String())
	for _, name := range []string{"node001", "node006", "sw-01", "net-prod"} {
		visible := slices.DeleteFunc(w.attrs(name), func(a string) bool { return strings.HasPrefix(a, "_") })
		if diff := cmp.Diff(visible, third.attrs(name)); diff != "" {
			t.Errorf("%s by way of a table: want -, got +\n%s", name, diff)
		}
	}
	var again bytes.Buffer
	third.view(func(inv *clusto.Inventory) error { return csv.Export(t.Context(), inv, &again, nil) })
	if diff := cmp.Diff(table.String(), again.String()); diff != "" {
		t.Errorf("table, import, table: want -, got +\n%s", diff)
	}
}

const server = `{"name":"%s","type":"server","driver":"basicserver","attrs":[%s]}` + "\n"

func TestUpdate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(fmt.Sprintf(server, "web1", `{"key":"tags","value":"a"},{"key":"tags","value":"b"},{"key":"tags","value":"b"},{"key":"k","number":1,"value":1},{"key":"k","number":1,"subkey":"s","value":[1,2]},{"key":"other","value":"stays"}`))
	w.want("web1", "k#1 = 1", "k.s#1 = json:[1, 2]", "other = stays", "tags = a", "tags = b", "tags = b")

	// In a slot that the file mentions all becomes as in the file; JSON is compared by meaning.
	report := w.must(fmt.Sprintf(server, "web1", `{"key":"tags","value":"b"},{"key":"tags","value":"c"},{"key":"k","number":1,"subkey":"s","value":[1 , 2]}`))
	w.want("web1", "k#1 = 1", "k.s#1 = json:[1, 2]", "other = stays", "tags = b", "tags = c")
	want := []convert.Change{{
		Name: "web1", Type: "server", Driver: "basicserver",
		Removed: []string{"tags = a", "tags = b", "tags = b"}, Added: []string{"tags = b", "tags = c"},
	}}
	if diff := cmp.Diff(want, report.Changes); diff != "" {
		t.Errorf("changes: want -, got +\n%s", diff)
	}

	// By itself a name changes nothing; a driver changes the type with it.
	if report := w.must(`{"name":"web1"}`); report.Version != 0 || report.Unchanged != 1 {
		t.Errorf("an import of a name: %+v", report)
	}
	report = w.must("name,driver\nweb1,basicappliance\n")
	if c := report.Changes[0]; c.Type != "appliance" || c.WasType != "server" || c.WasDriver != "basicserver" || c.New {
		t.Errorf("another driver: %+v", c)
	}

	w.options.Replace = true
	w.must("name,k#1\nweb1,7\n")
	w.want("web1", "k#1 = 7")
	w.must(`{"name":"web1"}`)
	w.want("web1")
}

// TestReplaceKeepsContents: a table does not tell what is in an entity, unless it
// has columns for that.
func TestReplaceKeepsContents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("name,driver,pool\nweb,pool,\nweb1,basicserver,web\n")
	w.options.Replace = true
	w.must("name,colour\nweb,red\n")
	w.want("web", "_contains#0 = relation:web1", "colour = red")
	w.must(`{"name":"web"}`)
	w.want("web")
}

func TestReferences(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("name,driver,owner:relation\na,basicserver,b\nb,basicserver,a\n")
	w.must("name,driver,owner\nc,basicserver,relation:a\na,,relation:c\n")
	w.want("a", "owner = relation:c")
	w.want("b", "owner = relation:a")
	w.want("c", "owner = relation:a")
	if report := w.must("name,owner\na,relation:c\n"); report.Version != 0 {
		t.Errorf("the same reference again: %+v", report)
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const table = "name,driver,parent,unit,pool\n" +
		"web1,basicserver,rk-01,7-8,web\n" +
		"rk-01,basicrack,dc,,\n" +
		"dc,basicdatacenter,,,\n" +
		"web,pool,,,\n" +
		"web2,basicserver,rk-01,9,web\n"
	w.must(table)
	w.want("rk-01", "_contains.ru#7 = relation:web1", "_contains.ru#8 = relation:web1", "_contains.ru#9 = relation:web2")
	w.want("web", "_contains#0 = relation:web1", "_contains#1 = relation:web2")
	w.want("dc", "_contains#0 = relation:rk-01")
	if report := w.must(table); report.Version != 0 {
		t.Errorf("the same again: %+v", report.Changes)
	}
	got := problems(w.load("name,driver,parent,unit\n" +
		"web3,basicserver,rk-01,9\nweb4,basicserver,rk-01,99\nweb5,basicserver,rk-1,1\nweb1,,rk-01,20\ndc,,rk-01,30\n"))
	want := []string{
		"2: insert web3 into rk-01: unit 9 holds web2",
		"3: insert web4 into rk-01: there is no unit 99; the rack has 1 to 45",
		`4: web5 is to be in "rk-1", which is neither in the inventory nor in the file (did you mean rk-01?)`,
		"5: insert web1 into rk-01: web1 is in rk-01 already",
		"6: dc cannot be in rk-01, which would be in it",
		"6: insert dc into rk-01: only devices go into a rack, and dc is a BasicDatacenter",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

// TestProblems wants everything that is wrong, by its line.
func TestProblems(t *testing.T) {
	t.Parallel()
	const ends = `{"key":"port-nic-eth","number":%d,"subkey":"connection","datatype":"relation","value":"%s"},{"key":"port-nic-eth","number":%d,"subkey":"otherportnum","value":%d}`
	for _, c := range []struct {
		name, there, text string
		want              []string
	}{
		{
			name: "drivers",
			text: "name,type,driver\nweb1,,basicsrever\nweb2,,\nweb3,pool,basicserver\nweb4,,basicserver\n",
			want: []string{
				`2: "web1" has the driver "basicsrever", which is not known (did you mean basicserver?)`,
				`3: "web2" is new: which driver does it have?`,
				`4: "web3" is a pool: its driver basicserver is for the type server`,
			},
		},
		{
			name: "names",
			text: "name,driver\na/b,basicserver\nweb1,basicserver\nweb1,basicserver\n,basicserver\n\nweb 2,basicserver,,x\n",
			want: []string{
				`2: name "a/b" contains a /`,
				`4: "web1" is on line 3 already`,
				`5: the row has no name`,
				`7: the row has 4 cells, and the first row names 2 columns`,
			},
		},
		{
			name:  "references",
			there: fmt.Sprintf(server, "web1", ""),
			text:  fmt.Sprintf(server, "web2", `{"key":"k","datatype":"relation","value":"wbe1"},{"key":"k","datatype":"relation","value":"web3"}`),
			want: []string{
				`1: k refers to "wbe1", which is neither in the inventory nor in the file (did you mean web1?)`,
				`1: k refers to "web3", which is neither in the inventory nor in the file (did you mean web1 or web2?)`,
			},
		},
		{
			name: "attributes",
			text: fmt.Sprintf(server, "web1", `{"key":"a b","value":1},{"key":"k","subkey":"#","value":1},{"key":"k","datatype":"int","value":"x"}`) +
				fmt.Sprintf(server, "web2", `{"key":"1","value":1},{"key":"k","value":"a\u0000"}`) +
				"{\n" + `{"name":"web3","colour":1}` + "\n",
			want: []string{
				`1: web1: k: "\"x\"" is not a whole number`,
				`1: key "a b": want letters, digits, _ and -, beginning with a letter or _`,
				`1: subkey "#": want letters, digits, _ and -, beginning with a letter or _`,
				`2: key "1": want letters, digits, _ and -, beginning with a letter or _`,
				`2: attribute k: "a\x00" is not a text; a text is in UTF-8 and without NUL`,
				`3: not an entity as JSON: unexpected EOF`,
				`4: not an entity as JSON: unknown field "colour"`,
			},
		},
		{
			name:  "units",
			there: "name,driver,parent,unit\nrk-01,basicrack,,\nrk-02,basicrack,,\nweb1,basicserver,rk-01,1\nweb2,basicserver,rk-02,2\n",
			text: `{"name":"rk-01","attrs":[{"key":"_contains","number":2,"subkey":"ru","datatype":"relation","value":"web2"}]}` + "\n" +
				`{"name":"rk-02","attrs":[{"key":"_contains","number":5,"subkey":"ru","datatype":"relation","value":"a"},{"key":"_contains","number":5,"subkey":"ru","datatype":"relation","value":"b"}]}` + "\n" +
				fmt.Sprintf(server, "a", "") + fmt.Sprintf(server, "b", ""),
			want: []string{
				"1: web2 would be in the racks rk-01 and rk-02",
				"2: rk-02: unit 5 would hold a and b",
			},
		},
		{
			name:  "addresses",
			there: fmt.Sprintf(server, "web1", `{"key":"ip","number":0,"value":-1979711487}`),
			text: fmt.Sprintf(server, "web2", `{"key":"ip","number":1,"value":-1979711487}`) +
				fmt.Sprintf(server, "web3", `{"key":"ip","number":2,"value":-1979711486}`) +
				fmt.Sprintf(server, "web4", `{"key":"ip","number":3,"value":-1979711486},{"key":"ip","number":4,"value":"10.0.0.9"}`),
			want: []string{
				"1: web2 would have 10.0.0.1, which belongs to web1",
				"3: web4 would have 10.0.0.2, which web3 (line 2) has too",
				"3: ip#4: the address 10.0.0.9 is stored as the number -1979711479",
			},
		},
		{
			name: "ports",
			there: fmt.Sprintf(server, "old1", fmt.Sprintf(ends, 1, "old2", 1, 1)) +
				fmt.Sprintf(server, "old2", fmt.Sprintf(ends, 1, "old1", 1, 1)),
			text: fmt.Sprintf(server, "web1", fmt.Sprintf(ends, 1, "web2", 1, 2)) +
				fmt.Sprintf(server, "web2", fmt.Sprintf(ends, 2, "web1", 2, 1)) +
				fmt.Sprintf(server, "web3", fmt.Sprintf(ends, 1, "old2", 1, 2)) +
				fmt.Sprintf(server, "web4", `{"key":"port-nic-eth","number":77,"subkey":"mac","value":"x"}`) +
				fmt.Sprintf(server, "old1", fmt.Sprintf(ends, 1, "web5", 1, 1)) +
				fmt.Sprintf(server, "web5", fmt.Sprintf(ends, 1, "old1", 1, 1)),
			want: []string{
				"3: web3 nic-eth/1 would be connected to old2 nic-eth/2, which does not lead back (a cable has a connection and an otherportnum at both ends; give them to old2 nic-eth/2 too)",
				"4: web4 has no port nic-eth/77: its driver basicserver has 2 of this type",
				"5: old1 nic-eth/1 is connected to old2 nic-eth/1, which would still lead to it (disconnect the two first)",
			},
		},
		{
			name:  "cycles",
			there: "name,driver,parent\ntop,basicdatacenter,\nmid,basicdatacenter,top\n",
			text:  "name,driver,parent\nlow,basicdatacenter,mid\ntop,,low\nself,basicdatacenter,self\n",
			want: []string{
				"2: low cannot be in mid, which would be in it",
				"3: top cannot be in low, which would be in it",
				"3: top contains low, so it cannot be inserted into it",
				"4: self cannot be in self, which would be in it",
				"4: self cannot be inserted into itself",
			},
		},
		{
			name:  "what drivers check",
			there: "name,driver,baseip.property,netmask.property\nnet1,ipmanager,10.0.0.0,255.255.255.0\n",
			text:  "name,driver,baseip.property,netmask.property\nnet2,ipmanager,10.0.0.0,255.255.255.0\nnet3,ipmanager,10.0.1.0,1.2.3.4\n",
			want: []string{
				"2: net2: network 10.0.0.0/24 has a manager already: net1 (use that one, or choose a larger or smaller network)",
				`3: net3: property netmask: "1.2.3.4" is not a netmask: its ones are not all in front (write 255.255.255.0, or the length of the prefix, such as 24)`,
			},
		},
		{
			name:  "no unit",
			there: "name,driver\nrk1,basicrack\n",
			text:  "name,driver,parent,unit\nweb1,basicserver,rk1,\nweb2,basicserver,rk1,99\n",
			want: []string{
				"2: web1 goes into rk1: its row must say into which unit",
				"3: insert web2 into rk1: there is no unit 99; the rack has 1 to 45",
			},
		},
		{
			name: "clusto's own",
			text: `{"name":"clustometa","attrs":[{"key":"schemaversion","subkey":"property","value":9}]}`,
			want: []string{"1: clustometa belongs to the database itself, and an import cannot change it"},
		},
		{
			name: "clusto's own, by its driver",
			text: "name,driver\nclustometa,basicserver\n",
			want: []string{"2: clustometa belongs to the database itself, and an import cannot change it"},
		},
		{
			name: "clusto's own, in a container",
			text: "name,driver,pool\nweb,pool,\nclustometa,,web\n",
			want: []string{"3: clustometa belongs to the database itself, and an import cannot change it"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if c.there != "" {
				w.must(c.there)
			}
			before := w.export()
			report := w.load(c.text)
			if diff := cmp.Diff(c.want, problems(report)); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
			if report.Version != 0 || w.export() != before {
				t.Error("something was changed")
			}
		})
	}
}

func TestUnchecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.options.Unchecked = true
	w.must(`{"name":"odd","type":"thing","driver":"mine","attrs":[{"key":"ip","number":1,"value":1}]}` + "\n" +
		fmt.Sprintf(server, "web1", `{"key":"ip","number":1,"value":1},{"key":"port-nic-eth","number":1,"subkey":"connection","datatype":"relation","value":"odd"}`))
	w.want("web1", "ip#1 = 1", "port-nic-eth.connection#1 = relation:odd")
}

func TestDryRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.options.DryRun = true
	report := w.must("name,driver,pool,k\nweb,pool,,\nweb1,basicserver,web,1\n")
	want := []convert.Change{
		{Name: "web", Type: "pool", Driver: "pool", New: true},
		{Name: "web1", Type: "server", Driver: "basicserver", New: true, Added: []string{"k = 1"}, Into: []string{"web"}},
	}
	if diff := cmp.Diff(want, report.Changes); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	if report.Version != 0 || w.export() != "" {
		t.Error("a dry run changed something")
	}
}

// TestDoubledNames names an entity of which there are two.
func TestDoubledNames(t *testing.T) {
	t.Parallel()
	dsn := classictest.Copy(t)
	_, err := dbtest.SQL(t, dsn).Exec("INSERT INTO entities (name, type, driver, version) VALUES ('node001', 'server', 'basicserver', 3)")
	if err != nil {
		t.Fatal(err)
	}
	store := dbtest.Open(t, dsn, sqlstore.Options{})
	w := &world{T: t, store: store, options: convert.Options{Drivers: all.Drivers()}}
	got := problems(w.load("name,peer:relation\nnode002,node001\nnode003,node002\n"))
	want := []string{`2: several entities are called "node001", so the file cannot name one (rename all but one: clusto fsck --repair does that)`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

// TestStatements checks that an import asks as much about many entities as about few.
func TestStatements(t *testing.T) {
	t.Parallel()
	counts := map[int][]int{}
	for _, n := range []int{10, 3000} {
		w := newWorld(t)
		w.must("name,driver\nweb,pool\n")
		fleet := func(serial string) string {
			var b strings.Builder
			b.WriteString("name,driver,pool,serial,disk#1,peer:relation\n")
			for i := range n {
				fmt.Fprintf(&b, "s%04d,basicserver,web,%s%d,1T,s%04d\n", i, serial, i, (i+1)%n)
			}
			return b.String()
		}
		for _, text := range []string{
			fleet("a"), fleet("a"), fleet("b"), strings.ReplaceAll(fleet("b"), "disk#1", "disk#2"),
			strings.ReplaceAll(fleet("b"), "basicserver", "penguinserver"),
		} {
			w.statements = nil
			w.must(text)
			selects := 0
			for _, sql := range w.statements {
				asks := strings.HasPrefix(strings.TrimSpace(sql), "SELECT") || strings.HasPrefix(sql, "WITH")
				if asks && !dbtest.Bookkeeping(sql) {
					selects++
				}
			}
			counts[n] = append(counts[n], selects)
		}
	}
	for i, few := range counts[10] {
		if many := counts[3000][i]; many > few+4 { // the attributes come in batches
			t.Errorf("import %d: %d questions for 10 entities, %d for 3000", i+1, few, many)
		}
	}
}
