package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/classictest"
)

// contain makes pools and puts one into another for each pair such as "a>b",
// rings too, which only classic clusto would.
func contain(t *testing.T, store clusto.Store, pairs ...string) {
	t.Helper()
	change(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
		made := map[string]*clusto.Object{}
		pool := func(name string) (*clusto.Object, error) {
			var err error
			if made[name] == nil {
				made[name], err = create(ctx, inv, "pool", name)
			}
			return made[name], err
		}
		for _, pair := range pairs {
			outer, inner, _ := strings.Cut(pair, ">")
			container, err := pool(outer)
			if err != nil {
				return err
			}
			content, err := pool(inner)
			if err != nil {
				return err
			}
			if err := container.Place(ctx, content, clusto.Subkey{}); err != nil {
				err = container.AddAttr(ctx, clusto.Attr{Key: clusto.KeyContains, Number: clusto.Num(99), Value: clusto.RelationTo(content.ID)})
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// outline returns a tree as text: a(b(c) d!), where ! stands for again.
func outline(t api.Tree) string {
	text := t.Name
	if t.Again {
		text += "!"
	}
	if len(t.Nodes) == 0 {
		return text
	}
	var nodes []string
	for _, n := range t.Nodes {
		nodes = append(nodes, outline(n))
	}
	return text + "(" + strings.Join(nodes, " ") + ")"
}

func TestTree(t *testing.T) {
	store := classictest.New(t)
	contain(t, store, "a>b", "a>c", "b>d", "c>d", "d>a", "e>e")
	h := newServer(store)
	for target, want := range map[string]string{
		"a/tree":                 "a(b(d(a!)) c(d(a!)))",
		"a/tree?depth=1":         "a(b c)",
		"a/tree?depth=2":         "a(b(d) c(d))",
		"d/tree?up=true":         "d(b(a(d!)) c(a(d!)))",
		"d/tree?up=true&depth=2": "d(b(a) c(a))",
		"e/tree":                 "e(e!)",
		"clustometa/tree":        "clustometa",
	} {
		var root api.Tree
		get(t, h, "/entities/"+target, &root)
		if got := outline(root); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
	for target, want := range map[string][]string{
		"?all=a":              {"b", "c", "d"},
		"?any=b&any=d":        {"a", "b", "c", "d"},
		"?all=b&all=c":        {"a", "d"},
		"?any=a&none=b":       {"b"}, // the ring leads from b to c
		"?any=a&none=a":       {},
		"?all=a&any=e&type=x": {},
	} {
		var list api.EntityList
		get(t, h, "/sets"+target, &list)
		got := []string{}
		for _, e := range list.Entities {
			got = append(got, e.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("/sets%s: %v, want %v", target, got, want)
		}
	}
}

// TestHugeTree: a few containers, each twice in the one before, make a tree that
// nobody can read; it is refused, and shown as far as is asked for.
func TestHugeTree(t *testing.T) {
	store := classictest.New(t)
	var pairs []string
	for i := range 24 {
		for _, side := range []string{"l", "r"} {
			pairs = append(pairs, fmt.Sprintf("n%d>%s%d", i, side, i), fmt.Sprintf("%s%d>n%d", side, i, i+1))
		}
	}
	contain(t, store, pairs...)
	h := newServer(store)
	answer := ask(t, h, http.MethodGet, "/entities/n0/tree", "", nil)
	if body := string(bodyOf(t, answer)); answer.StatusCode != http.StatusConflict || !strings.Contains(body, "depth") {
		t.Errorf("%d %.300s", answer.StatusCode, body)
	}
	var root api.Tree
	get(t, h, "/entities/n0/tree?depth=2", &root)
	if got, want := outline(root), "n0(l0(n1) r0(n1))"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
