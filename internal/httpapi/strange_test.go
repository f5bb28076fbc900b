package httpapi_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// TestStrange asks about rows that only a hand, or classic clusto, can have
// written: each is shown, and none breaks an answer.
func TestStrange(t *testing.T) {
	dsn := dbtest.NewDSN(t)
	store := dbtest.Create(t, dsn, sqlstore.Options{})
	change(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
		for _, name := range []string{"web", "peer"} {
			if _, err := create(ctx, inv, "basicserver", name); err != nil {
				return err
			}
		}
		return nil
	})
	db := dbtest.SQL(t, dsn)
	row := func(key, datatype, column, value string) {
		t.Helper()
		statement := fmt.Sprintf(`INSERT INTO entity_attrs (entity_id, "key", number, subkey, datatype, %s, version) SELECT entity_id, %s, '%s', %s, 3 FROM entities WHERE name = 'web'`,
			column, key, datatype, value)
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%v in %s", err, statement)
		}
	}
	row(`'gone', NULL, NULL`, "relation", "relation_id", "9000")
	row(`'_contains', 1, 'ru'`, "relation", "relation_id", "9001")
	row(`'port-nic-eth', 1, 'connection'`, "relation", "relation_id", "9002")
	row(`'port-nic-eth', 1, 'otherportnum'`, "string", "string_value", "'zz9'")
	row(`'port-nic-eth', 2, 'mac'`, "string", "string_value", "'a'")
	row(`'port-nic-eth', 2, 'mac'`, "string", "string_value", "'b'")
	row(`'ip', 0, NULL`, "string", "string_value", "'no address'")
	row(`'ip', 1, NULL`, "int", "int_value", "2147483647")
	row(`'ip', 1, 'manager'`, "relation", "relation_id", "9003")
	row(`'bad', NULL, NULL`, "json", "string_value", "'{NaN'")
	row(`'nan', NULL, NULL`, "json", "string_value", "'[NaN, Infinity]'")
	row(`'good', NULL, NULL`, "json", "string_value", `'{"b": 12345678901234567890.5, "a": "\u00e9"}'`)
	row(`'none', NULL, NULL`, "json", "string_value", "NULL")
	row(`'empty', NULL, ''`, "string", "string_value", "''")
	row(`'control', NULL, NULL`, "string", "string_value", "'a\x01\u2028<b>\"\\\tc'")
	if dbtest.Chosen(t) == dbtest.SQLite {
		row(`'big', NULL, NULL`, "int", "int_value", "9223372036854775807")
		row(`'bytes', NULL, NULL`, "string", "string_value", "CAST(X'61FF62' AS TEXT)")
		row(`'badjson', NULL, NULL`, "json", "string_value", "CAST(X'22FF22' AS TEXT)")
	}
	row(`'_contains', 2, NULL`, "relation", "relation_id", "(SELECT x.entity_id FROM (SELECT entity_id FROM entities WHERE name = 'peer') x)")
	h := newServer(store)
	var e api.Entity
	answer := ask(t, h, http.MethodGet, "/entities/web?hidden=true&expand=attrs,merged,contents,parents,ports,addresses,resources", "", nil)
	if body := bodyOf(t, answer); answer.StatusCode != http.StatusOK || !utf8.Valid(body) {
		t.Fatalf("%d %s", answer.StatusCode, body)
	}
	get(t, h, "/entities/web?hidden=true&expand=attrs,merged,contents,parents,ports,addresses,resources", &e)
	got := map[string]string{}
	for _, a := range *e.Attrs {
		name := a.Key
		if a.Subkey != nil {
			name += "." + *a.Subkey
		}
		got[name] = string(a.Value)
	}
	want := map[string]string{
		"gone": `"entity 9000"`, "ip": "2147483647", "bad": `"{NaN"`, "nan": `"[NaN, Infinity]"`,
		"good": `{"b":12345678901234567890.5,"a":"\u00e9"}`, "none": "null", "empty.": `""`, "control": `"a\u0001\u2028<b>\"\\\tc"`,
	}
	if dbtest.Chosen(t) == dbtest.SQLite {
		want["big"], want["bytes"], want["badjson"] = "9223372036854775807", `"a\ufffdb"`, "\"\uFFFD\""
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			delete(got, name)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	if p := (*e.Ports)[1]; p.Peer == nil || *p.Peer != (api.Peer{Entity: "entity 9002", Type: "nic-eth"}) {
		t.Errorf("port %+v, peer %+v", p, p.Peer)
	}
	if diff := cmp.Diff([]api.Address{{Address: "255.255.255.255", Manager: "entity 9003", Number: new(int64(1))}}, *e.Addresses); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
	if len(*e.Contents) != 1 || (*e.Contents)[0].Name != "peer" {
		t.Errorf("contents %+v", *e.Contents)
	}
	for _, target := range []string{"/entities?expand=attrs,ports", "/entities/web/attributes?hidden=true&merged=true", "/entities/web/ports", "/entities/web/ports/nic-eth/1/trace", "/entities/web/tree", "/search?q=a"} {
		if answer := ask(t, h, http.MethodGet, target, "", nil); answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", target, answer.StatusCode, bodyOf(t, answer))
		}
	}
}

// TestHostile asks with parameters that nobody in his right mind sends.
func TestHostile(t *testing.T) {
	h := newServer(classictest.Open(t))
	values := []string{
		"", " ", "%", "a/b", "..", "'", `"`, `\`, "*", "**", "_*", ".", "a.", ".a", "\x00", "\xff", "a\x00b", "\u2028", "é", strings.Repeat("x", 5000), strings.Repeat("*", 200) + "x",
		"-1", "0", "1", "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e9", "NaN", "true", "none", "live~99999999999", "live~-1", "~", "~~", "0001-01-01", "9999-12-31 23:59",
		"int:", "int:99999999999999999999", "int:4294967296123", "json:{", "json:[1]", "datetime:", "datetime:0000-00-00T00:00:00", "datetime:9999-12-31T23:59:59Z", "datetime:0001-01-01T00:00:00+23:59", "relation:", "relation:\x00", "string:", "string:\x00", "$x", "[]", "{}", "a,b,,c",
		"AAAA", "bQICLi4uLg", "W/\"x\"",
	}
	paths := []string{"/entities", "/entities/%s", "/entities/%s/attributes", "/entities/node001/attributes", "/entities/%s/contents", "/entities/rk-01/contents", "/entities/%s/parents", "/sets", "/orphans", "/entities/%s/tree", "/entities/rk-01/tree",
		"/entities/%s/ports", "/entities/node001/ports", "/entities/node001/ports/%s/1", "/entities/node001/ports/nic-eth/%s", "/entities/node001/ports/nic-eth/%s/trace", "/entities/%s/addresses", "/search"}
	parameters := []string{"type", "driver", "name", "in", "fields", "expand", "attr", "hidden", "sort", "limit", "cursor", "at", "key", "subkey", "number", "value", "merged", "deep", "all", "any", "none", "up", "depth", "state", "q", "exact", "query"}
	check := func(target string) {
		answer := ask(t, h, http.MethodGet, target, "", nil)
		if body := bodyOf(t, answer); answer.StatusCode >= 500 || !utf8.Valid(body) || bytes.Contains(body, []byte("internal")) {
			t.Errorf("GET %q: %d %.300s", target, answer.StatusCode, body)
		}
	}
	for _, path := range paths {
		if strings.Contains(path, "%s") {
			for _, v := range values {
				if v != "" {
					check(fmt.Sprintf(path, url.PathEscape(v)))
				}
			}
			continue
		}
		q := ""
		if path == "/search" {
			q = "&q=node"
		}
		for _, parameter := range parameters {
			for _, v := range values {
				check(path + "?" + parameter + "=" + url.QueryEscape(v) + q)
			}
		}
	}
	for _, query := range []string{"?type=%zz", "?type=a;b", "?&&&", "?=x", "?type[]=x", "?limit=1&limit=2", "?at=1&at=2", "?cursor=a&cursor=b"} {
		check("/entities" + query)
	}
}

// TestNotModified: the answer is saved if it would be the same, also where it shows
// others.
func TestNotModified(t *testing.T) {
	store := classictest.Open(t)
	h := newServer(store)
	const plain, related = "/entities/node001?expand=attrs", "/entities/node001?expand=parents"
	tags := map[string]string{}
	for _, target := range []string{plain, related} {
		tags[target] = ask(t, h, http.MethodGet, target, "", nil).Header.Get("ETag")
	}
	expect := func(when, target string, status int) {
		t.Helper()
		answer := ask(t, h, http.MethodGet, target, "", http.Header{"If-None-Match": {`"x", W/` + tags[target]}})
		if body := bodyOf(t, answer); answer.StatusCode != status || (status == http.StatusNotModified) != (len(body) == 0) {
			t.Errorf("%s: %s: %d %s", when, target, answer.StatusCode, body)
		}
		if answer.Header.Get("ETag") == "" {
			t.Errorf("%s: %s: no ETag", when, target)
		}
	}
	expect("at first", plain, http.StatusNotModified)
	expect("at first", related, http.StatusNotModified)
	change(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
		o, err := inv.Object(ctx, "web-tier")
		if err != nil {
			return err
		}
		_, err = o.Rename(ctx, "web-layer")
		return err
	})
	expect("after a pool was renamed", plain, http.StatusNotModified)
	expect("after a pool was renamed", related, http.StatusOK)
	change(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
		o, err := inv.Object(ctx, "node001")
		if err != nil {
			return err
		}
		return o.AddAttr(ctx, clusto.Attr{Key: "_hidden", Value: clusto.Int(1)})
	})
	expect("after it got a hidden attribute", plain, http.StatusOK)
}
