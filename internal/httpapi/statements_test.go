package httpapi_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/resource"
)

// crowd makes n servers in a rack, a pool and a datacenter, each with attributes,
// a cable to a switch of its own, an address and a number.
func crowd(t *testing.T, store clusto.Store, n int) {
	t.Helper()
	change(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
		made := map[string]*clusto.Object{}
		for _, pair := range [][2]string{{"basicdatacenter", "dc"}, {"basicrack", "rack"}, {"pool", "web"}, {"ipmanager", "net"}, {"simplenummanager", "vlans"}} {
			o, err := create(ctx, inv, pair[0], pair[1])
			if err != nil {
				return err
			}
			made[pair[1]] = o
		}
		if err := made["dc"].Insert(ctx, made["rack"]); err != nil {
			return err
		}
		if err := made["rack"].AddAttr(ctx, clusto.Attr{Key: "layout", Value: clusto.RelationTo(made["dc"].ID)}); err != nil {
			return err
		}
		for i := range n {
			if err := member(ctx, inv, made, i); err != nil {
				return err
			}
		}
		return nil
	})
}

// member makes server number i of a crowd.
func member(ctx context.Context, inv *clusto.Inventory, made map[string]*clusto.Object, i int) error {
	server, err := create(ctx, inv, "basicserver", fmt.Sprintf("s%04d", i))
	if err != nil {
		return err
	}
	sw, err := create(ctx, inv, "basicnetworkswitch", fmt.Sprintf("w%04d", i))
	if err != nil {
		return err
	}
	held := func(key string, v clusto.Value, manager string) []clusto.Attr {
		return []clusto.Attr{
			{Key: key, Number: clusto.Num(i), Value: v},
			{Key: key, Number: clusto.Num(i), Subkey: clusto.Sub(resource.SubkeyManager), Value: clusto.RelationTo(made[manager].ID)},
		}
	}
	attrs := append(held("ip", clusto.Int(int64(i)), "net"), held("simplenum", clusto.Int(int64(i)), "vlans")...)
	attrs = append(attrs, clusto.Attr{Key: "buddy", Value: clusto.RelationTo(sw.ID)})
	if err := server.AddAttrs(ctx, attrs...); err != nil {
		return err
	}
	for _, in := range []string{"rack", "web"} {
		if err := made[in].AddAttr(ctx, clusto.Attr{Key: clusto.KeyContains, Number: clusto.Num(i), Value: clusto.RelationTo(server.ID)}); err != nil {
			return err
		}
	}
	if err := server.AddAttr(ctx, clusto.Attr{Key: clusto.KeyContains, Number: clusto.Num(0), Value: clusto.RelationTo(sw.ID)}); err != nil {
		return err
	}
	return port.Connect(ctx, port.End{Device: server, Type: port.Ethernet, Port: 1}, port.End{Device: sw, Type: port.Ethernet, Port: 1})
}

// TestStatementCount: the number of statements of an answer does not depend on how
// many entities are in it.
func TestStatementCount(t *testing.T) {
	dbtest.SQLiteOnly(t, "what is counted is the same on all")
	targets := []string{
		"/entities?type=server&limit=5000", "/entities?type=server&limit=5000&sort=name&in=dc", "/sets?all=web&any=rack&none=net", "/sets/overlaps?pools=web&pools=rack&pools=dc", "/managers?usage=true", "/addresses/128.0.0.0/history",
		"/orphans", "/search?q=s&limit=1000", "/search?q=nothing", "/dhcp/leases", "/overview", "/search?q=10.2.", "/versions/timeline",
		"/entities/dc/tree", "/entities/dc/contents?deep=true", "/entities/s0000/parents?deep=true", "/entities/web/attributes?hidden=true",
		"/entities/dc/reach?key=buddy", "/entities/web/reach?key=ip", "/attributes/keys",
		"/topology?from=s0000", "/diff/words?to=2&limit=1000",
	}
	for _, expand := range []string{"attrs", "merged", "contents", "parents", "ports", "addresses", "resources", "seen", "attrs,merged,contents,parents,ports,addresses,resources,seen"} {
		for _, more := range []string{"", "&at=live~0", "&hidden=true", "&fields=name"} {
			targets = append(targets, "/entities?type=server&limit=5000"+more+"&expand="+expand)
		}
	}
	var want map[string]int
	manyServers := 1000
	if racetest.On {
		manyServers = 100 // the engine of the database is fifty times as slow with it
	}
	for _, n := range []int{1, 10, manyServers} {
		counts := countStatements(t, n, targets)
		if want == nil {
			want = counts
		}
		for target, count := range counts {
			if count > want[target] || count == 0 {
				t.Errorf("%s: %d statements for 1 server, %d for %d", target, want[target], count, n)
			}
			if count > 40 {
				t.Errorf("%s: %d statements", target, count)
			}
		}
	}
}

func countStatements(t *testing.T, n int, targets []string) map[string]int {
	t.Helper()
	ran := 0
	store := dbtest.New(t, sqlstore.Options{OnStatement: func(string) { ran++ }})
	crowd(t, store, n)
	h := newServer(store)
	counts := map[string]int{}
	for _, target := range targets {
		ran = 0
		var page struct{ Entities []struct{} } // what is in them takes longer to read than to ask for
		get(t, h, target, &page)
		counts[target] = ran
		if len(page.Entities) < n && strings.HasPrefix(target, "/entities?") {
			t.Errorf("%s: %d entities, want %d", target, len(page.Entities), n)
		}
	}
	return counts
}
