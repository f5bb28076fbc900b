package access_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/access"
)

// view reads from a store, or ends the test.
func (w *world) view(s clusto.Store, fn func(ctx context.Context, r clusto.Reader) error) {
	w.Helper()
	if err := s.View(w.Context(), clusto.Live, func(r clusto.Reader) error { return fn(w.Context(), r) }); err != nil {
		w.Fatal(err)
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ipmi := clusto.AttrMatch{Key: clusto.Is("ipmi"), ByEntity: true}
	search := ipmi
	search.Value = clusto.Is(clusto.String("hunter2"))
	exact := search
	exact.Subkey = clusto.Is("password")
	for _, c := range []struct {
		grants string
		values []string // of web1 and db1, in the order of their making
		denied bool     // asking by value
		found  int
	}{
		{"read", []string{"[secret]", "[secret]"}, true, 0},
		{"write", []string{"[secret]", "[secret]"}, true, 0},
		{"secret attr/ipmi.password in pool web", []string{"hunter2", "[secret]"}, false, 1},
		{"secret attr/ipmi.*", []string{"hunter2", "hunter2"}, false, 2},
		{"secret attr/snmp", []string{"[secret]", "[secret]"}, true, 0},
		{"secret", []string{"hunter2", "hunter2"}, false, 2},
		{"admin", []string{"hunter2", "hunter2"}, false, 2},
	} {
		w.view(w.as(access.Options{}, c.grants), func(ctx context.Context, r clusto.Reader) error {
			attrs, err := clusto.Collect(r.Attrs(ctx, ipmi))
			if err != nil {
				return err
			}
			var values []string
			for _, a := range attrs {
				values = append(values, a.Value.Text())
			}
			if diff := cmp.Diff(c.values, values); diff != "" {
				t.Errorf("%s: -want +got\n%s", c.grants, diff)
			}
			_, err = clusto.Collect(r.Attrs(ctx, exact))
			_, errFind := clusto.Collect(r.Find(ctx, clusto.Match{Attrs: []clusto.AttrMatch{exact}}))
			if errors.Is(err, clusto.ErrDenied) != c.denied || errors.Is(errFind, clusto.ErrDenied) != c.denied {
				t.Errorf("%s: searching by the password: %v, %v", c.grants, err, errFind)
			}
			if c.denied && !strings.Contains(clusto.Hint(err), `"secret attr/ipmi.password"`) {
				t.Errorf("%s: the hint %q does not name the grant that is missing", c.grants, clusto.Hint(err))
			}
			found, err := clusto.Collect(r.Find(ctx, clusto.Match{Attrs: []clusto.AttrMatch{search}}))
			if err != nil || len(found) != c.found {
				t.Errorf("%s: searching by a value of ipmi finds %v, %v; want %d", c.grants, found, err, c.found)
			}
			return nil
		})
	}
}

// The mark of a secret is not its value: who stores what it was shown would
// destroy it.
func TestMarkIsNotStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	err := w.do(w.as(access.Options{}, "write"), func(ctx context.Context, inv *clusto.Inventory) error {
		return w.object(ctx, inv, "web1").AddAttrs(ctx, password(access.SecretMark))
	})
	if !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("storing the mark: %v, want ErrInvalid", err)
	}
	err = w.do(w.as(access.Options{}, "write"), func(ctx context.Context, inv *clusto.Inventory) error {
		return w.object(ctx, inv, "web1").SetAttr(ctx, clusto.Attr{Key: "note", Value: clusto.String(access.SecretMark)})
	})
	if err != nil {
		t.Errorf("storing the same text where nothing is secret: %v", err)
	}
}

// What acts on hardware sees the secrets that it needs, and nothing else changes.
func TestActing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		grant, action, thing string
		may                  bool
	}{
		{"act power in rack r1", "power", "web1", true},
		{"act power in rack r1", "power", "web2", false},
		{"act power in rack r1", "console", "web1", false},
		{"act call/remote_* on web1", "call/remote_hands", "web1", true},
		{"act call/remote_* on web1", "call/other", "web1", false},
		{"act", "call/other", "web1", true},
		{"write", "power", "web1", false},
		{"admin", "power", "web1", true},
	} {
		ask := func(ctx context.Context, r clusto.Reader) error {
			e, err := r.Entity(ctx, c.thing)
			if err != nil {
				return err
			}
			// Whatever stands around a reader, it is found.
			trusted, err := access.Acting(ctx, clusto.NewInventory(r, all.Drivers()), c.action, e)
			if errors.Is(err, clusto.ErrDenied) == c.may {
				t.Errorf("%s: %s of %s: %v, want allowed %t", c.grant, c.action, c.thing, err, c.may)
			}
			if err != nil {
				return nil
			}
			a, _, err := clusto.First(trusted.Attrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{e.ID}, Key: clusto.Is("ipmi")}))
			if err == nil && a.Value.Str() != "hunter2" {
				t.Errorf("%s: the password is shown as %q to what acts", c.grant, a.Value.Str())
			}
			return err
		}
		s := w.as(access.Options{}, c.grant)
		w.view(s, ask)
		if _, err := s.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error { return ask(t.Context(), tx) }); err != nil {
			t.Error(err)
		}
	}
	w.view(w.store, func(ctx context.Context, r clusto.Reader) error {
		return errors.Join(access.MayAct(ctx, r, "power", clusto.Entity{}), access.MayAdmin(ctx, r), access.MayScript(ctx, r))
	})
	w.view(w.as(access.Options{}, "script"), func(ctx context.Context, r clusto.Reader) error {
		if err := access.MayAdmin(ctx, r); !errors.Is(err, clusto.ErrDenied) {
			t.Errorf("MayAdmin: %v, want ErrDenied", err)
		}
		return access.MayScript(ctx, r)
	})
}

// Every change has the name and the address of who makes it, whatever it says.
func TestWhoChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(w.as(access.Options{}, "write"), deedOf(w, "dhcp of web1"))
	var got []clusto.VersionInfo
	w.view(w.store, func(ctx context.Context, r clusto.Reader) (err error) {
		got, err = clusto.Collect(r.(clusto.History).FindVersions(ctx, clusto.VersionMatch{NewestFirst: true, Limit: 1}))
		return err
	})
	if len(got) != 1 || got[0].User != "ann" || got[0].Origin != "192.0.2.7" {
		t.Errorf("the version is %+v, want user ann and origin 192.0.2.7", got)
	}
}

func deedOf(w *world, name string) func(context.Context, *clusto.Inventory) error {
	return func(ctx context.Context, inv *clusto.Inventory) error { return deeds[name](ctx, w, inv) }
}

// A receipt is for whom it was written.
func TestReceiptsOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	keep := func(name string) (found bool) {
		s, err := access.NewSubject(name, "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = access.Wrap(w.store, s, nil).Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) (err error) {
			if _, found, err = tx.Receipt(t.Context(), "key"); err != nil || found {
				return err
			}
			return tx.KeepReceipt(t.Context(), "key", "answer")
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if keep("ann") || keep("bob") || !keep("ann") {
		t.Error("the receipt of ann is that of bob, or is lost")
	}
}

// TestStatements checks that a list takes no more statements the longer it is.
func TestStatements(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lines := []string{"read in pool web", "read attr/dhcp in rack r1", "secret in datacenter sv3", "write in web"}
	s := w.as(access.Options{ReadByGrant: true}, lines...)
	questions := map[string]func(ctx context.Context, r clusto.Reader) error{
		"Find": func(ctx context.Context, r clusto.Reader) error {
			_, err := clusto.Collect(r.Find(ctx, clusto.Match{}))
			return err
		},
		"Find by value": func(ctx context.Context, r clusto.Reader) error {
			_, err := clusto.Collect(r.Find(ctx, clusto.Match{Attrs: []clusto.AttrMatch{{Key: clusto.Is("ipmi"), Value: clusto.Is(clusto.String("hunter2"))}}}))
			return err
		},
		"Attrs": func(ctx context.Context, r clusto.Reader) error {
			_, err := clusto.Collect(r.Attrs(ctx, clusto.AttrMatch{}))
			return err
		},
		"Contents": func(ctx context.Context, r clusto.Reader) error {
			e, err := r.Entity(ctx, "web")
			if err != nil {
				return err
			}
			_, err = r.Contents(ctx, []clusto.EntityID{e.ID}, true)
			return err
		},
		"Versions": func(ctx context.Context, r clusto.Reader) error {
			_, err := clusto.Collect(r.Versions(ctx, 0))
			return err
		},
		"Edits": func(ctx context.Context, r clusto.Reader) error {
			_, err := clusto.Collect(r.(clusto.History).Edits(ctx, clusto.EditMatch{}))
			return err
		},
	}
	counts := func() map[string]int {
		all := map[string]int{}
		for name, ask := range questions {
			w.count = 0
			w.view(s, ask)
			all[name] = w.count
		}
		return all
	}
	few := counts()
	w.must(w.store, func(ctx context.Context, inv *clusto.Inventory) error {
		for i := range 100 {
			name := fmt.Sprint("s", i)
			if err := w.create(ctx, inv, "basicserver", name, nil, []string{"web", ""}[i%2]); err != nil {
				return err
			}
			if err := w.object(ctx, inv, name).SetAttr(ctx, password("hunter2")); err != nil {
				return err
			}
		}
		return nil
	})
	if diff := cmp.Diff(few, counts()); diff != "" {
		t.Errorf("statements for few things (-) and for many (+)\n%s", diff)
	}
	for name, n := range few {
		if n > 12 {
			t.Errorf("%s takes %d statements", name, n)
		}
	}
}

// TestLongHistory looks for descriptions in a history of which not all is looked at at
// once.
func TestLongHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const changes = 1100
	for i := range changes {
		w.must(w.store, func(ctx context.Context, inv *clusto.Inventory) error {
			tx, err := inv.Tx()
			if err != nil {
				return err
			}
			tx.Describe(fmt.Sprintf("the %d. change", i))
			return w.object(ctx, inv, "web1").SetAttr(ctx, clusto.Attr{Key: "n", Value: clusto.Int(int64(i))})
		})
	}
	w.view(w.as(access.Options{}), func(ctx context.Context, r clusto.Reader) error {
		for limit, want := range map[int]int{0: changes, 1: 1, 1050: 1050} {
			got, err := clusto.Collect(r.(clusto.History).FindVersions(ctx, clusto.VersionMatch{Grep: "change", NewestFirst: true, Limit: limit}))
			if err != nil {
				return err
			}
			if len(got) != want || got[want-1].Description != fmt.Sprintf("the %d. change", changes-want) {
				t.Errorf("limit %d: %d versions, the last is %+v", limit, len(got), got[len(got)-1])
			}
		}
		w.count = 0
		_, err := clusto.Collect(r.(clusto.History).FindVersions(ctx, clusto.VersionMatch{Grep: "change", NewestFirst: true, Limit: 1}))
		if w.count > 4 {
			t.Errorf("the first one takes %d statements", w.count)
		}
		return err
	})
}
