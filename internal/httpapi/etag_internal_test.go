package httpapi

import (
	"testing"
	"time"

	"github.com/clusto/clusto"
)

// TestTagOf: what belongs to an entity itself changes its ETag, and nothing else.
func TestTagOf(t *testing.T) {
	e := clusto.Entity{ID: 7, Name: "web", Type: "server", Driver: "basicserver", Version: 3}
	attr := func(change func(*clusto.Attr)) clusto.Attr {
		a := clusto.Attr{ID: 1, Entity: 7, Key: "a", Number: clusto.Num(1), Subkey: clusto.Sub("b"), Value: clusto.String("1"), Version: 3}
		change(&a)
		return a
	}
	none := func(*clusto.Attr) {}
	base := tagOf(e, []clusto.Attr{attr(none)})
	seen := map[string]string{base: "the base"}
	for name, a := range map[string]clusto.Attr{
		"key":          attr(func(a *clusto.Attr) { a.Key = "A" }),
		"number":       attr(func(a *clusto.Attr) { a.Number = clusto.Num(2) }),
		"no number":    attr(func(a *clusto.Attr) { a.Number = clusto.Number{} }),
		"zero":         attr(func(a *clusto.Attr) { a.Number = clusto.Num(0) }),
		"subkey":       attr(func(a *clusto.Attr) { a.Subkey = clusto.Sub("c") }),
		"no subkey":    attr(func(a *clusto.Attr) { a.Subkey = clusto.Subkey{} }),
		"empty subkey": attr(func(a *clusto.Attr) { a.Subkey = clusto.Sub("") }),
		"value":        attr(func(a *clusto.Attr) { a.Value = clusto.String("2") }),
		"int":          attr(func(a *clusto.Attr) { a.Value = clusto.Int(1) }),
		"relation":     attr(func(a *clusto.Attr) { a.Value = clusto.RelationTo(1) }),
		"json":         attr(func(a *clusto.Attr) { a.Value = clusto.StoredJSON("1") }),
		"time":         attr(func(a *clusto.Attr) { a.Value = clusto.Time(time.UnixMicro(1)) }),
		"no value":     attr(func(a *clusto.Attr) { a.Value = clusto.Value{} }),
		"empty":        attr(func(a *clusto.Attr) { a.Value = clusto.String("") }),
		"hidden":       attr(func(a *clusto.Attr) { a.Key = "_a" }),
	} {
		tag := tagOf(e, []clusto.Attr{a})
		if other, same := seen[tag]; same {
			t.Errorf("%s has the ETag of %s", name, other)
		}
		seen[tag] = name
	}
	twice := []clusto.Attr{attr(none), attr(func(a *clusto.Attr) { a.ID = 2; a.Value = clusto.Int(5) })}
	turned := []clusto.Attr{twice[1], twice[0]}
	if tagOf(e, twice) != tagOf(e, turned) {
		t.Error("the order of rows changes the ETag")
	}
	if same := tagOf(e, []clusto.Attr{attr(func(a *clusto.Attr) { a.ID, a.Version = 99, 9 })}); same != base {
		t.Error("who wrote a row changes the ETag")
	}
	for _, other := range []clusto.Entity{{Name: "web2", Type: e.Type, Driver: e.Driver}, {Name: e.Name, Type: "pool", Driver: e.Driver}, {Name: e.Name, Type: e.Type, Driver: "pool"}} {
		if tagOf(other, []clusto.Attr{attr(none)}) == base {
			t.Errorf("%+v has the ETag of %+v", other, e)
		}
	}
}

func TestConditions(t *testing.T) {
	const own, tag = `"abc"`, `"abc.def"`
	for _, test := range []struct {
		header             string
		match, noneMatched bool
	}{
		{``, false, false},
		{`*`, true, true},
		{` * `, true, true},
		{`"abc"`, true, false},
		{`"abc.def"`, true, true},
		{`"abc.xyz"`, true, false},
		{`W/"abc.def"`, false, true},
		{`W/"abc"`, false, false},
		{`"x", "abc.def"`, true, true},
		{`"x" ,W/"abc.def" , "y"`, false, true},
		{`"x","y"`, false, false},
		{`abc.def`, false, false},
		{`"abc.def`, false, false},
		{`"ab`, false, false},
		{`"`, false, false},
		{`""`, false, false},
		{`",abc.def,"`, false, false},
		{`, ,"abc.def"`, true, true},
		{`"x, *"`, false, false},
	} {
		if got := ifMatch(test.header, own); got != test.match {
			t.Errorf("ifMatch(%q) = %v", test.header, got)
		}
		if got := ifNoneMatch(test.header, tag); got != test.noneMatched {
			t.Errorf("ifNoneMatch(%q) = %v", test.header, got)
		}
	}
	if got, want := answerTag(own, []byte("body")), `"abc.`+digest([]byte("body"))+`"`; got != want {
		t.Errorf("answerTag = %s, want %s", got, want)
	}
}
