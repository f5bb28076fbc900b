package all_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/racetest"
)

// question is one that classic was asked about an entity.
type question struct {
	Entity string             `json:"entity"`
	KW     map[string]any     `json:"kw"`
	Answer classictest.Answer `json:"answer"`
}

// named returns the arguments of q; numbers of JSON are whole ones, and some
// texts stand for an entity.
func (q question) named(ctx context.Context, t *testing.T, inv *clusto.Inventory) map[string]any {
	named := map[string]any{}
	for key, v := range q.KW {
		named[key] = whole(v)
	}
	if named["value"] == "node002" {
		o, err := inv.Object(ctx, "node002")
		if err != nil {
			t.Fatal(err)
		}
		named["value"] = o
	}
	return named
}

func whole(v any) any {
	switch v := v.(type) {
	case float64:
		return int64(v)
	case []any:
		for i := range v {
			v[i] = whole(v[i])
		}
	}
	return v
}

func TestClassicQuestions(t *testing.T) {
	racetest.OneAtATime(t)
	var expected struct {
		Attrs     []question `json:"attrs_queries"`
		AttrValue []question `json:"attr_value"`
		Contents  []question `json:"contents_filtered"`
		Parents   []question `json:"parents_filtered"`
	}
	classictest.Expected(t, &expected)
	view(t, func(ctx context.Context, inv *clusto.Inventory) {
		ask := func(method string, questions []question, form func(any) any) {
			for _, q := range questions {
				o, err := inv.Object(ctx, q.Entity)
				if err != nil {
					t.Error(err)
					continue
				}
				got, err := call(ctx, o, method, q.named(ctx, t, inv))
				if q.Answer.Error != "" {
					if !errors.Is(err, clusto.ErrInvalid) {
						t.Errorf("%s.%s(%v) = %v, %v; classic %s", q.Entity, method, q.KW, got, err, q.Answer.Error)
					}
					continue
				}
				var want any
				if err := json.Unmarshal(q.Answer.OK, &want); err != nil {
					t.Fatal(err)
				}
				if err != nil || classictest.Canonical(t, form(want)) != classictest.Canonical(t, form(got)) {
					t.Errorf("%s.%s(%v) = %v, %v; classic %s", q.Entity, method, q.KW, form(got), err, q.Answer.OK)
				}
			}
		}
		ask("attrs", expected.Attrs, func(v any) any {
			if attrs, ok := v.([]clusto.Attr); ok {
				rows, err := classictest.Rows(ctx, inv, true, attrs)
				if err != nil {
					t.Fatal(err)
				}
				return classictest.Multiset(t, rows)
			}
			return classictest.Multiset(t, v.([]any))
		})
		ask("attr_value", expected.AttrValue, func(v any) any { return plain(t, inv, v) })
		once := func(v any) any { return slices.Compact(plain(t, inv, v).([]any)) }
		ask("parents", expected.Parents, once)
		ask("contents", expected.Contents, func(v any) any {
			return slices.Compact(classictest.Multiset(t, plain(t, inv, v).([]any)))
		})
	})
}

func TestClassicResources(t *testing.T) {
	racetest.OneAtATime(t)
	var expected struct {
		Available map[string]any               `json:"available"`
		Owners    map[string][]string          `json:"owners"`
		Resources map[string][]classictest.Row `json:"resources"`
		Lookups   map[string]json.RawMessage   `json:"lookups"`
	}
	classictest.Expected(t, &expected)
	view(t, func(ctx context.Context, inv *clusto.Inventory) {
		object := func(name string) *clusto.Object {
			o, err := inv.Object(ctx, name)
			if err != nil {
				t.Fatal(err)
			}
			return o
		}
		for text, want := range expected.Owners {
			manager, what, _ := strings.Cut(text, " ")
			var resource any = what
			if n, err := strconv.Atoi(what); err == nil {
				resource = n
			}
			got, err := call(ctx, object(manager), "owners", nil, resource)
			if err != nil || classictest.Canonical(t, plain(t, inv, got)) != classictest.Canonical(t, want) {
				t.Errorf("owners of %s: %v, %v; classic %v", text, got, err, want)
			}
		}
		net := object("net-prod")
		for name, want := range expected.Resources {
			got, err := call(ctx, net, "resources", nil, object(name))
			if err != nil {
				t.Error(err)
				continue
			}
			rows, err := classictest.Rows(ctx, inv, false, got.([]clusto.Attr))
			if diff := cmp.Diff(classictest.Multiset(t, want), classictest.Multiset(t, rows)); err != nil || diff != "" {
				t.Errorf("resources of %s: %v\n%s", name, err, diff)
			}
		}
		for question, resource := range map[string]any{
			"int form": -1978400766, "net-prod 10.20.0.2": "10.20.0.2", "net-prod 10.20.0.3": "10.20.0.3", "net-prod out of range": "10.21.0.2",
		} {
			got, err := call(ctx, net, "available", nil, resource)
			if want, ok := expected.Available[question].(bool); ok && (err != nil || got != want) {
				t.Errorf("%s available: %v, %v; classic %v", question, got, err, want)
			} else if !ok && !errors.Is(err, clusto.ErrInvalid) {
				t.Errorf("%s available: %v, %v; want ErrInvalid", question, got, err)
			}
		}
		for text, want := range expected.Lookups {
			method, found := strings.CutPrefix(text, "IPManager.")
			if !found {
				continue
			}
			method, ip, _ := strings.Cut(method, " ")
			var answer classictest.Answer
			if err := json.Unmarshal(want, &answer); err != nil {
				t.Fatal(err)
			}
			got, err := call(ctx, net, method, nil, ip)
			if answer.Error != "" {
				if err == nil {
					t.Errorf("%s = %v, classic %s", text, got, answer.Error)
				}
			} else if err != nil || classictest.Canonical(t, plain(t, inv, got)) != classictest.Canonical(t, answer.OK) {
				t.Errorf("%s = %v, %v; classic %s", text, got, err, answer.OK)
			}
		}
	})
}
