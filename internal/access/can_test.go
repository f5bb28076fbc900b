package access_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/resource"
)

func TestCan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	f := &office{T: t}
	accounts, err := access.NewAccounts(w.store, access.AccountsOptions{Hashing: quick})
	f.ok(err)
	ctx := t.Context()
	_, err = accounts.CreateUser(ctx, clusto.User{Name: "ann"}, "")
	f.ok(err)
	f.ok(accounts.CreateGroup(ctx, clusto.Group{Name: "ops", Members: []string{"ann"}}))
	power, err := accounts.Give(ctx, clusto.Grant{Group: "ops", Line: "act power in rack r1"})
	f.ok(err)
	attr, err := accounts.Give(ctx, clusto.Grant{User: "ann", Line: "write attr/dhcp on web1"})
	f.ok(err)
	ann, err := access.NewAuthenticator(accounts, access.AuthOptions{}).User(ctx, "ann", "")
	f.ok(err)
	for _, c := range []struct {
		what, on string
		want     access.Answer
	}{
		{"power", "web1", access.Answer{
			Allowed: true, Because: []access.Because{{Line: "act power in rack r1", ID: power.ID, Group: "ops", Container: "r1"}},
			Reason: `ann may use the power of web1: "act power in rack r1" through the group ops, since web1 is in r1`,
		}},
		{"act power", "r1", access.Answer{
			Allowed: true, Because: []access.Because{{Line: "act power in rack r1", ID: power.ID, Group: "ops"}},
			Reason: `ann may use the power of r1: "act power in rack r1" through the group ops`,
		}},
		{"power", "web2", access.Answer{
			Needed: "act power on web2", Reason: `ann may not use the power of web2: that needs a grant such as "act power on web2"`,
		}},
		{"call/remote_hands", "web1", access.Answer{
			Needed: "act call/remote_hands on web1", Reason: `ann may not call the method remote_hands of web1: that needs a grant such as "act call/remote_hands on web1"`,
		}},
		{"write attr/dhcp.enabled", "web1", access.Answer{
			Allowed: true, Because: []access.Because{{Line: "write attr/dhcp on web1", ID: attr.ID}},
			Reason: `ann may write the attribute dhcp.enabled of web1: "write attr/dhcp on web1"`,
		}},
		{"write attr/*", "web1", access.Answer{
			Needed: "write attr/* on web1", Reason: `ann may not write the attribute * of web1: that needs a grant such as "write attr/* on web1"`,
		}},
		{"read", "db1", access.Answer{Allowed: true, Reason: "ann may read all of db1: everybody who has signed in may"}},
		{"read attr/ipmi.password", "web1", access.Answer{
			Needed: "secret attr/ipmi.password on web1",
			Reason: `ann may not read the secret attribute ipmi.password of web1: that needs a grant such as "secret attr/ipmi.password on web1"`,
		}},
		{"allocate", "net1", access.Answer{
			Needed: "allocate on net1", Reason: `ann may not allocate from net1: that needs a grant such as "allocate on net1"`,
		}},
		{"admin", "", access.Answer{Needed: "admin", Reason: `ann may not administer clusto: that needs a grant such as "admin"`}},
	} {
		got, err := access.Can(ctx, w.store, ann, nil, c.what, c.on)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s %s: %v (-want +got)\n%s", c.what, c.on, err, diff)
		}
	}
	for what, kind := range map[string]error{"pwoer": clusto.ErrInvalid, "power in web": clusto.ErrInvalid, "": clusto.ErrInvalid} {
		if _, err := access.Can(ctx, w.store, ann, nil, what, "web1"); !errors.Is(err, kind) {
			t.Errorf("%q: %v, want %v", what, err, kind)
		}
	}
	if _, err := access.Can(ctx, w.store, ann, nil, "power", "web99"); !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("of something that is not there: %v, want ErrNotFound", err)
	}
}

// The keys under which resource managers hand out are those of their drivers.
func TestDefaultAllocated(t *testing.T) {
	t.Parallel()
	want := map[string]bool{}
	for _, key := range access.DefaultAllocated() {
		want[key] = true
	}
	got := map[string]bool{}
	for _, d := range all.Drivers().Drivers() {
		got[resource.Key(d)] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
