package classic_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/httpapi/classic"
	"github.com/clusto/clusto/internal/sqlstore"
)

// TestStatementCount checks that a list takes as many statements for many entities
// as for few.
func TestStatementCount(t *testing.T) {
	count := func(n int) map[string]int {
		statements := 0
		store := dbtest.New(t, sqlstore.Options{OnStatement: func(sql string) {
			if !dbtest.Bookkeeping(sql) {
				statements++
			}
		}})
		s := serverOf(t, store, classic.Options{})
		s.must("POST /resourcemanager/ipmanager name=net baseip=10.0.0.0 netmask=255.0.0.0\nPOST /entity/pool name=outer name=inner\nPOST /entity/pool/outer action=insert device=inner\n")
		var names, devices []string
		for i := range n {
			names = append(names, fmt.Sprintf("name=s%d", i))
			devices = append(devices, fmt.Sprintf("device=s%d", i))
		}
		s.must("POST /entity/basicserver " + strings.Join(names, " "))
		s.must("POST /entity/pool/inner action=insert " + strings.Join(devices, " "))
		for i := range n {
			s.must(fmt.Sprintf("POST /attribute/s%d/peer/a datatype=relation value=s%d\nPOST /attribute/s%d key=role value=web", i, (i+1)%n, i))
			s.must(fmt.Sprintf("POST /resourcemanager/ipmanager/net object=s%d\nPOST /resourcemanager/simplenamemanager name=m%d", i, i))
		}
		counts := map[string]int{}
		for _, target := range []string{
			"/entity/", "/entity/basicserver", "/resourcemanager/", "/from-pools?pool=outer", "/from-pools?pool=outer&pool=inner",
			"/by-attr?key=role", "/by-names?" + strings.Join(names, "&"), "/by-name/inner",
		} {
			what, _, _ := strings.Cut(target, "name=")
			for _, mode := range []string{"compact", "expanded"} {
				statements = 0
				w := s.send("GET", target, "Clusto-Mode: "+mode+"\n")
				counts[what+" "+mode] = statements
				text, err := io.ReadAll(w.Body)
				if err != nil || w.StatusCode != http.StatusOK {
					t.Errorf("%s: %d, %v", what, w.StatusCode, err)
				}
				if lines := strings.Count(string(text), "\n"); lines < n && mode == "expanded" {
					t.Errorf("%s: %d lines", what, lines)
				}
			}
		}
		return counts
	}
	few, many := count(3), count(60)
	for what, n := range few {
		if many[what] != n || n == 0 || n > 10 {
			t.Errorf("%s: %d statements for 3 entities, %d for 60", what, n, many[what])
		}
	}
}

// TestClassicDatabase compares what is shown of a database that classic clusto
// wrote with what classic clusto said about it.
func TestClassicDatabase(t *testing.T) {
	s := serverOf(t, classictest.Open(t), classic.Options{})
	var want struct {
		Entities map[string]struct {
			Type, Driver string
			Attrs        []classictest.Row `json:"attrs_visible"`
			Contents     []string
			Parents      []string
		}
	}
	classictest.Expected(t, &want)
	type entity struct {
		Name, Driver, Type string
		Attrs              []struct {
			Key, Datatype  string
			Number, Subkey any
			Value          any
		}
		Contents, Parents, IPs []string
		Count                  *int
	}
	got := body[[]entity](t, s.send("GET", "/entity/", "Clusto-Mode: expanded\n"))
	if len(got) != len(want.Entities) {
		t.Errorf("%d entities, want %d", len(got), len(want.Entities))
	}
	for _, e := range got {
		w, ok := want.Entities[e.Name]
		if !ok {
			t.Errorf("%s should not be there", e.Name)
			continue
		}
		if e.Type != w.Type || e.Driver != w.Driver || (e.Count != nil) != (e.Type == "resourcemanager") {
			t.Errorf("%s: %+v", e.Name, e)
		}
		var rows []classictest.Row
		for _, a := range e.Attrs {
			value := a.Value
			if name, isText := value.(string); isText && a.Datatype == "relation" {
				value = name[strings.LastIndex(name, "/")+1:]
			}
			rows = append(rows, classictest.Row{a.Key, a.Number, a.Subkey, a.Datatype, value})
		}
		if diff := cmp.Diff(classictest.Multiset(t, w.Attrs), classictest.Multiset(t, rows)); diff != "" {
			t.Errorf("%s: attributes (-want +got):\n%s", e.Name, diff)
		}
		if diff := cmp.Diff(once(w.Contents), once(names(e.Contents))); diff != "" {
			t.Errorf("%s: contents (-want +got):\n%s", e.Name, diff)
		}
		if diff := cmp.Diff(once(w.Parents), once(names(e.Parents))); diff != "" {
			t.Errorf("%s: parents (-want +got):\n%s", e.Name, diff)
		}
	}
}

// names returns the names in texts of the form /driver/name.
func names(compact []string) []string {
	var out []string
	for _, s := range compact {
		out = append(out, s[strings.LastIndex(s, "/")+1:])
	}
	return out
}

// once returns each of some names once, sorted.
func once(names []string) []string {
	sorted := slices.Sorted(slices.Values(names))
	return slices.Compact(sorted)
}

// TestDanglingRelation shows what refers to nothing, which classic clusto left
// behind.
func TestDanglingRelation(t *testing.T) {
	dsn := dbtest.NewDSN(t)
	store := dbtest.Create(t, dsn, sqlstore.Options{})
	s := serverOf(t, store, classic.Options{})
	s.must("POST /entity/pool name=a name=b name=c\nPOST /entity/pool/a action=insert device=b device=c\nPOST /attribute/a key=peer datatype=relation value=b\nPOST /attribute/b key=role value=x\nPOST /attribute/c key=role value=x")
	if _, err := dbtest.SQL(t, dsn).Exec(`DELETE FROM "entities" WHERE name = 'b'`); err != nil {
		t.Fatal(err)
	}
	const want = `{"attrs": [{"datatype": "relation", "key": "peer", "number": null, "subkey": null, "value": null}], ` +
		`"contents": ["/pool/c"], "driver": "pool", "name": "a", "parents": [], "type": "pool"}`
	w := s.send("GET", "/entity/pool/a", "Clusto-Minify: True\n")
	if got, err := io.ReadAll(w.Body); string(got) != want || err != nil {
		t.Errorf("got %d %s, %v, want %s", w.StatusCode, got, err, want)
	}
	if got := body[[]string](t, s.send("GET", "/by-attr?key=role", "")); !slices.Equal(got, []string{"/pool/c"}) {
		t.Errorf("by-attr: %q", got)
	}
}
