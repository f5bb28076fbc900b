package httpapi_test

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// reachWorld is a datacenter with two racks of three servers each, and pools that
// some of them are in. The key owner is on the datacenter, on rack2, on the pools
// and on a server.
func reachWorld(t *testing.T) clusto.Store {
	t.Helper()
	store := dbtest.New(t, sqlstore.Options{})
	change(t, store, func(ctx context.Context, inv *clusto.Inventory) error {
		made := map[string]*clusto.Object{}
		for _, pair := range [][2]string{
			{"basicdatacenter", "dc"}, {"basicrack", "rack1"}, {"basicrack", "rack2"}, {"pool", "old"}, {"pool", "new"},
			{"basicserver", "a1"}, {"basicserver", "a2"}, {"basicserver", "a3"},
			{"basicserver", "b1"}, {"basicserver", "b2"}, {"basicserver", "b3"},
		} {
			o, err := create(ctx, inv, pair[0], pair[1])
			if err != nil {
				return err
			}
			made[pair[1]] = o
		}
		for i, pair := range [][2]string{
			{"dc", "rack1"}, {"dc", "rack2"}, {"old", "a1"}, {"rack1", "a1"}, {"rack1", "a2"}, {"rack1", "a3"},
			{"rack2", "b1"}, {"rack2", "b2"}, {"rack2", "b3"}, {"new", "a1"}, {"new", "b1"},
		} {
			contains := clusto.Attr{Key: clusto.KeyContains, Number: clusto.Num(i), Value: clusto.RelationTo(made[pair[1]].ID)}
			if err := made[pair[0]].AddAttr(ctx, contains); err != nil {
				return err
			}
		}
		for _, holder := range []string{"dc", "rack2", "old", "new", "a3"} {
			if err := made[holder].AddAttr(ctx, clusto.Attr{Key: "owner", Value: clusto.String(holder)}); err != nil {
				return err
			}
		}
		return made["dc"].AddAttr(ctx, clusto.Attr{Key: "owner", Subkey: clusto.Sub("phone"), Value: clusto.Int(1)})
	})
	return store
}

func TestReach(t *testing.T) {
	t.Parallel()
	h := newServer(reachWorld(t))
	for _, test := range []struct {
		target               string
		inheriting, override []string // names, and names with what overrides
	}{
		{"dc/reach?key=owner&subkey=", []string{"a2", "rack1"}, []string{"a1 old", "a3 a3", "b1 rack2", "b2 rack2", "b3 rack2", "rack2 rack2"}},
		{"dc/reach?key=owner&subkey=phone", []string{"a1", "a2", "a3", "b1", "b2", "b3", "rack1", "rack2"}, nil},
		{"rack2/reach?key=owner&subkey=", []string{"b1", "b2", "b3"}, nil},
		{"new/reach?key=owner&subkey=", nil, []string{"a1 old", "b1 rack2"}},
		{"old/reach?key=owner&subkey=", []string{"a1"}, nil},
		{"rack1/reach?key=owner", []string{"a2"}, []string{"a1 old", "a3 a3"}},
		{"rack1/reach?key=owner&at=live~0", []string{"a2"}, []string{"a1 old", "a3 a3"}},
		{"rack1/reach?key=else", []string{"a1", "a2", "a3"}, nil},
		{"a1/reach?key=owner", nil, nil},
	} {
		var got api.Reach
		get(t, h, "/entities/"+test.target+"&examples=100", &got)
		var inheriting, override []string
		for _, e := range got.Inheriting {
			inheriting = append(inheriting, e.Name)
		}
		for _, e := range got.Overriding {
			override = append(override, e.Name+" "+e.From)
		}
		slices.Sort(inheriting)
		slices.Sort(override)
		if diff := cmp.Diff([][]string{test.inheriting, test.override}, [][]string{inheriting, override}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.target, diff)
		}
		if got.Inherit != len(test.inheriting) || got.Override != len(test.override) || got.Total != got.Inherit+got.Override {
			t.Errorf("%s: %d of %d, %d override", test.target, got.Inherit, got.Total, got.Override)
		}
	}
}

// TestReachAgrees: what inherits an attribute by reach is what has it first among
// its merged attributes.
func TestReachAgrees(t *testing.T) {
	t.Parallel()
	h := newServer(reachWorld(t))
	for _, container := range []string{"dc", "rack1", "rack2", "old", "new"} {
		var reach api.Reach
		get(t, h, "/entities/"+container+"/reach?key=owner&subkey=&examples=100", &reach)
		nearest := map[string]string{}
		for _, e := range reach.Inheriting {
			nearest[e.Name] = container
		}
		for _, e := range reach.Overriding {
			nearest[e.Name] = e.From
		}
		for name, want := range nearest {
			var list api.AttrList
			get(t, h, "/entities/"+name+"/attributes?key=owner&subkey=&merged=true", &list)
			first := want
			if len(list.Attrs) > 0 {
				first = list.Attrs[0].From
			}
			if first != want && !(container == "rack1" && first == "dc") { // rack1 has no owner of its own yet
				t.Errorf("%s: %s has owner from %s, reach says %s", container, name, first, want)
			}
		}
	}
}

func TestReachTypes(t *testing.T) {
	t.Parallel()
	var got api.Reach
	get(t, newServer(reachWorld(t)), "/entities/dc/reach?key=owner&subkey=&examples=0", &got)
	want := []api.ReachOfType{{Type: "rack", Inherit: 1, Override: 1}, {Type: "server", Inherit: 1, Override: 5}}
	if diff := cmp.Diff(want, got.Types); diff != "" || len(got.Inheriting)+len(got.Overriding) != 0 {
		t.Errorf("%v and %v (-want +got):\n%s", got.Inheriting, got.Overriding, diff)
	}
}

func TestReachRefused(t *testing.T) {
	t.Parallel()
	h := newServer(reachWorld(t))
	for target, want := range map[string]int{
		"/entities/nothing/reach?key=owner": http.StatusNotFound, "/entities/dc/reach": http.StatusBadRequest,
		"/entities/dc/reach?key=owner&examples=-1": http.StatusBadRequest, "/entities/dc/reach?key=owner&examples=1001": http.StatusBadRequest,
	} {
		answer := ask(t, h, http.MethodGet, target, "", nil)
		if body := bodyOf(t, answer); answer.StatusCode != want {
			t.Errorf("%s: %d, want %d: %s", target, answer.StatusCode, want, body)
		}
	}
}

func TestAttributeKeys(t *testing.T) {
	t.Parallel()
	h := newServer(reachWorld(t))
	owner, phone := api.AttrKey{Key: "owner", Type: api.ValueString, Count: 5}, api.AttrKey{Key: "owner", Type: api.ValueInt, Count: 1}
	phone.Subkey = new("phone")
	for target, want := range map[string][]api.AttrKey{
		"?prefix=own": {owner, phone}, "?prefix=OWNER.p": {phone}, "?prefix=own&limit=1": {owner}, "?prefix=x": {}, "?prefix=_con": {},
		"?type=server&prefix=own":  {{Key: "owner", Type: api.ValueString, Count: 1}},
		"?hidden=true&prefix=_con": {{Key: "_contains", Type: api.ValueRelation, Count: 11}},
	} {
		var got api.AttrKeyList
		get(t, h, "/attributes/keys"+target, &got)
		if diff := cmp.Diff(want, got.Keys); diff != "" {
			t.Errorf("%s (-want +got):\n%s", target, diff)
		}
	}
}
