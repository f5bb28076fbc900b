package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/clusto/clusto"
)

func testContainers(t *testing.T, s Viewer) {
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		checkTree(t, r)
		return nil
	})
}

// testTxContainers asks a transaction that has made the containers, and one
// that has not.
func testTxContainers(t *testing.T, s clusto.Store) {
	update(t, s, func(tx clusto.Tx) error {
		fillTree(t, inside{Store: s, tx: tx})
		checkTree(t, tx)
		return nil
	})
	update(t, s, func(tx clusto.Tx) error {
		checkTree(t, tx)
		// A new entity in an old container, and an old one in a new.
		fresh := create(t, tx, "fresh", "thing", "generic")
		add(t, tx, contains(id(t, tx, "rack2"), fresh), contains(fresh, id(t, tx, "lone")))
		wantPlaced(t, tx, "Parents of lone", tx.Parents, []string{"lone"}, true,
			"fresh<lone 1", "rack2<fresh 2", "dc<rack2 3", "outer<rack2 3")
		wantPlaced(t, tx, "Contents of rack2", tx.Contents, []string{"rack2"}, true, "c<rack2 1", "fresh<rack2 1", "lone<fresh 2")
		return nil
	})
}

func checkTree(t *testing.T, r clusto.Reader) {
	t.Helper()
	for _, c := range []struct {
		of   []string
		deep bool
		want []string
	}{
		{[]string{"dc"}, false, []string{"rack1<dc 1", "rack2<dc 1"}},
		{[]string{"dc"}, true, []string{"rack1<dc 1", "rack2<dc 1", "a<rack1 2", "b<rack1 2", "c<rack2 2"}},
		{[]string{"outer"}, true, []string{"pool<outer 1", "rack2<outer 1", "c<rack2 2", "b<pool 2", "a<pool 2"}},
		{[]string{"outer", "dc"}, true, []string{"rack1<dc 1", "rack2<dc 1", "pool<outer 1", "a<rack1 2", "b<rack1 2", "c<rack2 2"}},
		{[]string{"dc", "rack1"}, true, []string{"rack2<dc 1", "a<rack1 1", "b<rack1 1", "c<rack2 2"}},
		{[]string{"loop1"}, true, []string{"loop2<loop1 1", "a<loop2 2"}},
		{[]string{"lone"}, true, nil},
		{[]string{"a"}, true, nil},
		{nil, true, nil},
	} {
		wantPlaced(t, r, fmt.Sprintf("Contents of %v, deep %v", c.of, c.deep), r.Contents, c.of, c.deep, c.want...)
	}
	for _, c := range []struct {
		of   []string
		deep bool
		want []string
	}{
		{[]string{"a"}, false, []string{"rack1<a 1", "pool<a 1", "loop2<a 1"}},
		{[]string{"a"}, true, []string{"rack1<a 1", "pool<a 1", "loop2<a 1", "dc<rack1 2", "outer<pool 2", "loop1<loop2 2"}},
		{[]string{"c", "b"}, true, []string{"rack1<b 1", "rack2<c 1", "pool<b 1", "dc<rack1 2", "outer<pool 2"}},
		{[]string{"loop1"}, true, []string{"loop2<loop1 1"}},
		{[]string{"dc"}, true, nil},
	} {
		wantPlaced(t, r, fmt.Sprintf("Parents of %v, deep %v", c.of, c.deep), r.Parents, c.of, c.deep, c.want...)
	}
}

// walk is Reader.Contents or Reader.Parents.
type walk = func(ctx context.Context, of []clusto.EntityID, deep bool) ([]clusto.Placed, error)

// wantPlaced checks an answer about containers, written as "name<via depth".
func wantPlaced(t *testing.T, r clusto.Reader, what string, walk walk, of []string, deep bool, want ...string) {
	t.Helper()
	var ids []clusto.EntityID
	for _, name := range of {
		ids = append(ids, id(t, r, name))
	}
	placed, err := walk(t.Context(), ids, deep)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	var got []string
	for _, p := range placed {
		via, err := r.Entities(t.Context(), p.Via)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s<%s %d", p.Name, via[0].Name, p.Depth))
	}
	wantSame(t, what, got, want)
}
