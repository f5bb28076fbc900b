package httpapi_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// change changes the inventory, or ends the test.
func change(tb testing.TB, store clusto.Store, fn func(ctx context.Context, inv *clusto.Inventory) error) clusto.Version {
	tb.Helper()
	v, err := store.Update(tb.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		return fn(tb.Context(), clusto.NewInventory(tx, all.Drivers()))
	})
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// create makes an entity, or returns the error.
func create(ctx context.Context, inv *clusto.Inventory, driver, name string) (*clusto.Object, error) {
	d, ok := inv.Drivers().Driver(driver)
	if !ok {
		return nil, clusto.Errorf(clusto.ErrNotFound, "no driver %s", driver)
	}
	return inv.Create(ctx, d, name, nil)
}

// pages reads a listing to its end. between is called before each page but the
// first.
func pages(tb testing.TB, h http.Handler, target string, between func()) (names []string, versions []int64) {
	tb.Helper()
	for next := ""; ; {
		var page api.EntityPage
		get(tb, h, target+"&cursor="+url.QueryEscape(next), &page)
		for _, e := range page.Entities {
			names = append(names, e.Name)
		}
		versions = append(versions, page.Version)
		if next = page.Next; next == "" {
			return names, versions
		}
		between()
	}
}

// TestPages reads lists in pages of every size, while somebody renames, makes and
// deletes: a listing shows one version.
func TestPages(t *testing.T) {
	store := classictest.Open(t)
	h := newServer(store)
	n := 0
	between := func() {
		n++
		change(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
			if _, err := create(ctx, inv, "basicserver", fmt.Sprintf("a-%03d", n)); err != nil || n == 1 {
				return err
			}
			before, err := inv.Object(ctx, fmt.Sprintf("a-%03d", n-1))
			if err != nil {
				return err
			}
			before, err = before.Rename(ctx, fmt.Sprintf("z-%03d", n))
			if err != nil || n%2 == 0 {
				return err
			}
			return before.Delete(ctx)
		})
	}
	for _, filter := range []string{"", "&type=server&type=pool", "&in=dc-east", "&sort=name", "&sort=name&in=everything", "&name=rk-01&name=node001&name=sw-01"} {
		whole, _ := pages(t, h, "/entities?limit=10000"+filter, func() { t.Fatal("more than one page") })
		for size := 1; size <= len(whole)+1; size = size*2 + 1 {
			between()
			whole, _ := pages(t, h, "/entities?limit=10000"+filter, func() { t.Fatal("more than one page") })
			got, versions := pages(t, h, fmt.Sprintf("/entities?limit=%d%s", size, filter), between)
			if diff := cmp.Diff(whole, got); diff != "" {
				t.Errorf("%s in pages of %d (-want +got):\n%s", filter, size, diff)
			}
			if len(slices.Compact(versions)) != 1 {
				t.Errorf("%s: pages of versions %v", filter, versions)
			}
		}
	}
}

// TestPrunedPage: a listing whose version was pruned cannot go on, and says so.
func TestPrunedPage(t *testing.T) {
	store := dbtest.New(t, sqlstore.Options{})
	h := newServer(store)
	add := func(name string) clusto.Version {
		return change(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
			_, err := create(ctx, inv, "pool", name)
			return err
		})
	}
	add("a")
	add("b")
	var page api.EntityPage
	get(t, h, "/entities?limit=1", &page)
	add("c")
	if _, err := store.Prune(t.Context(), add("d"), false); err != nil {
		t.Fatal(err)
	}
	answer := ask(t, h, http.MethodGet, "/entities?limit=1&cursor="+url.QueryEscape(page.Next), "", nil)
	if body := string(bodyOf(t, answer)); answer.StatusCode != http.StatusConflict || !strings.Contains(body, "begin again") {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
}

// sparse is a store whose readers give fewer entities than they are asked for.
type sparse struct{ clusto.Store }

func (s sparse) View(ctx context.Context, at clusto.Version, fn func(clusto.Reader) error) error {
	return s.Store.View(ctx, at, func(r clusto.Reader) error { return fn(sparseReader{r}) })
}

type sparseReader struct{ clusto.Reader }

func (r sparseReader) Find(ctx context.Context, m clusto.Match) iter.Seq2[clusto.Entity, error] {
	if m.Limit > 1 {
		m.Limit = (m.Limit + 1) / 2
	}
	return r.Reader.Find(ctx, m)
}

// TestSparse: a page goes on until it is full though what it is read from gives
// less than is asked for.
func TestSparse(t *testing.T) {
	store := classictest.Open(t)
	want, _ := pages(t, newServer(store), "/entities?limit=10000", func() {})
	for _, size := range []int{1, 2, 7, 10000} {
		n := 0
		got, _ := pages(t, newServer(sparse{store}), fmt.Sprintf("/entities?limit=%d", size), func() { n++ })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("in pages of %d (-want +got):\n%s", size, diff)
		}
		if most := (len(want) - 1) / size; n != most {
			t.Errorf("%d pages of %d, want %d", n+1, size, most+1)
		}
	}
}

// TestLimits asks every list for numbers of things that it cannot have.
func TestLimits(t *testing.T) {
	h := newServer(classictest.Open(t))
	for _, list := range []string{"/entities", "/versions", "/search?q=a", "/managers/lan-a/free", "/managers/lan-a/allocations"} {
		target := list + "?"
		if strings.Contains(list, "?") {
			target = list + "&"
		}
		for _, limit := range []string{"0", "-1", "10001"} {
			if answer := ask(t, h, http.MethodGet, target+"limit="+limit, "", nil); answer.StatusCode != http.StatusBadRequest {
				t.Errorf("%slimit=%s: %d %s", target, limit, answer.StatusCode, bodyOf(t, answer))
			}
		}
	}
}
