package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/clusto/clusto"
)

// RunViews tests a store that keeps views. Each call of open returns a new one, as
// for [Run].
func RunViews(t *testing.T, open func(t *testing.T) clusto.Store) {
	for name, test := range map[string]func(*testing.T, clusto.Store, clusto.ViewKeeper){
		"Kept":    testViewsKept,
		"Invalid": testViewsInvalid,
		"Many":    testViewsMany,
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			test(t, s, s.(clusto.ViewKeeper))
		})
	}
}

func testViewsKept(t *testing.T, s clusto.Store, k clusto.ViewKeeper) {
	at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	long := `name in (` + strings.Repeat("a-very-long-name, ", 5000) + `b)`
	shared := clusto.View{Name: "all servers", Query: "type = server", Changed: at}
	mine := clusto.View{
		Owner: "ann", Name: "all servers", Query: long, Columns: []clusto.ViewColumn{{Column: "name", Width: 120}, {Column: `attr("a b".c)`}},
		Sort: "-rack", MergeAttrs: true, Changed: at, ChangedBy: "ann",
	}
	others := clusto.View{Owner: "bob", Name: "日本 <script>", Query: "name exists", Changed: at}
	before := newestOf(t, s)
	for _, v := range []clusto.View{shared, {Owner: "ann", Name: "all servers", Query: "name exists"}, mine, others} {
		if err := k.KeepView(t.Context(), v); err != nil {
			t.Fatalf("KeepView: %v", err)
		}
	}
	if after := newestOf(t, s); after != before {
		t.Errorf("views have made the versions after %d up to %d", before, after)
	}
	for _, c := range []struct {
		match clusto.ViewMatch
		want  []clusto.View
	}{
		{clusto.ViewMatch{}, []clusto.View{shared, mine, others}},
		{clusto.ViewMatch{Owners: []string{""}}, []clusto.View{shared}},
		{clusto.ViewMatch{Owners: []string{"ann", ""}, Names: []string{"all servers"}}, []clusto.View{shared, mine}},
		{clusto.ViewMatch{Owners: []string{}}, nil},
		{clusto.ViewMatch{Names: []string{"All Servers"}}, nil},
	} {
		got, err := k.Views(t.Context(), c.match)
		if err != nil {
			t.Fatalf("Views: %v", err)
		}
		if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("Views(%+v): -want +got\n%s", c.match, diff)
		}
	}
	if err := k.ForgetView(t.Context(), "ann", "all servers"); err != nil {
		t.Fatal(err)
	}
	if err := k.ForgetView(t.Context(), "ann", "all servers"); !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("forgetting a view twice: got error %v, want ErrNotFound", err)
	}
	left, err := k.Views(t.Context(), clusto.ViewMatch{})
	if err != nil || len(left) != 2 {
		t.Errorf("left are %+v, %v", left, err)
	}
}

func testViewsInvalid(t *testing.T, _ clusto.Store, k clusto.ViewKeeper) {
	for what, v := range map[string]clusto.View{
		"no name":      {Query: "name exists"},
		"a blank name": {Name: "  "},
		"a long name":  {Name: strings.Repeat("é", clusto.MaxViewNameLen+1)},
		"a control":    {Name: "a\nb"},
		"NUL":          {Name: "a", Query: "a\x00b"},
		"no UTF-8":     {Name: "a", Query: "\xff"},
		"too much":     {Name: "a", Query: strings.Repeat("x", clusto.MaxViewLen+1)},
		"a long owner": {Owner: strings.Repeat("x", clusto.MaxUserLen+1), Name: "a"},
		"a width":      {Name: "a", Columns: []clusto.ViewColumn{{Column: "name", Width: -1}}},
	} {
		if err := k.KeepView(t.Context(), v); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%s: got error %v, want ErrInvalid", what, err)
		}
	}
	if err := k.KeepView(t.Context(), clusto.View{Name: strings.Repeat("é", clusto.MaxViewNameLen)}); err != nil {
		t.Errorf("the longest name: %v", err)
	}
}

func testViewsMany(t *testing.T, _ clusto.Store, k clusto.ViewKeeper) {
	for i := range clusto.MaxViews {
		if err := k.KeepView(t.Context(), clusto.View{Owner: "ann", Name: fmt.Sprint(i), Query: "name exists"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.KeepView(t.Context(), clusto.View{Owner: "ann", Name: "more"}); !errors.Is(err, clusto.ErrExhausted) {
		t.Errorf("one too many: got error %v, want ErrExhausted", err)
	}
	for _, v := range []clusto.View{{Owner: "ann", Name: "7", Query: "name = a"}, {Owner: "bob", Name: "more"}} {
		if err := k.KeepView(t.Context(), v); err != nil {
			t.Errorf("KeepView(%s of %s): %v", v.Name, v.Owner, err)
		}
	}
}
