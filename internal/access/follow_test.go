package access_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/access"
)

// Whoever follows the changes is not told what a description quotes, and no
// longer than they may sign in.
func TestFollow(t *testing.T) {
	t.Parallel()
	f := newOffice(t, access.AuthOptions{})
	ctx := t.Context()
	s, err := f.auth.Password(ctx, "ann", secret, home)
	f.ok(err)
	change := func(name, key string) {
		_, err := f.store.Update(ctx, clusto.Change{Description: "sets hunter2"}, func(tx clusto.Tx) error {
			e, err := tx.Create(ctx, name, "server", "basicserver")
			if err != nil {
				return err
			}
			return tx.AddAttrs(ctx, clusto.Attr{Entity: e.ID, Key: key, Value: clusto.String("hunter2")})
		})
		f.ok(err)
	}
	change("a", "owner")
	change("b", "password")
	change("c", "owner")
	var told []string
	var ended error
	for v, err := range access.Wrap(f.store, s, nil).(clusto.Follower).Changes(ctx, 2) {
		if ended = err; err != nil {
			break
		}
		told = append(told, v.Description)
		if len(told) == 3 {
			f.ok(f.accounts.ChangeUser(ctx, "ann", func(u *clusto.User) error { u.Disabled = true; return nil }))
			change("d", "owner")
		}
	}
	if diff := cmp.Diff([]string{"sets hunter2", access.HiddenMark, "sets hunter2"}, told); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if !errors.Is(ended, clusto.ErrDenied) {
		t.Errorf("at the end: %v, want ErrDenied", ended)
	}
}

// A new condition on attributes may ask about values, and then belongs to what
// is refused for secrets; a new way to select entities or versions may show what
// is hidden. Whoever adds one looks at package access and then here.
func TestKnownConditions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		match any
		known []string
	}{
		{clusto.AttrMatch{}, []string{"IDs", "Entities", "Key", "Number", "Subkey", "Value", "Values", "RelatedTo", "Contains", "MAC", "Visible", "ByEntity"}},
		{clusto.Match{}, []string{"Names", "Types", "Drivers", "Attrs", "After", "Limit"}},
		{clusto.VersionMatch{}, []string{"Only", "After", "To", "Since", "Until", "User", "Grep", "About", "NewestFirst", "Limit"}},
		{clusto.EditMatch{}, []string{"Only", "After", "To", "About", "Key", "Values", "Kinds"}},
		{clusto.LifeMatch{}, []string{"IDs", "Names", "SuccessorsOf"}},
	} {
		typ := reflect.TypeOf(c.match)
		for i := range typ.NumField() {
			if name := typ.Field(i).Name; !slices.Contains(c.known, name) {
				t.Errorf("package access does not know the field %s of %s", name, typ)
			}
		}
	}
}

// The store of a subject keeps no accounts: whoever could reach them through it
// could give themselves any grant.
func TestNoWayAround(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.as(access.Options{}, "write", "secret", "allocate", "act", "script")
	if _, ok := s.(clusto.AccountKeeper); ok {
		t.Error("a wrapped store keeps accounts")
	}
	if _, err := s.(clusto.Pruner).Prune(t.Context(), 1, true); !errors.Is(err, clusto.ErrDenied) {
		t.Errorf("Prune: %v, want ErrDenied", err)
	}
	w.view(s, func(ctx context.Context, r clusto.Reader) error {
		_, err := clusto.Collect(r.(clusto.Auditor).AuditAttrs(ctx))
		if !errors.Is(err, clusto.ErrDenied) {
			t.Errorf("AuditAttrs: %v, want ErrDenied", err)
		}
		return nil
	})
	var zero access.Subject
	if err := access.Wrap(w.store, zero, nil).View(t.Context(), clusto.Live, nil); !errors.Is(err, clusto.ErrDenied) {
		t.Errorf("View of nobody: %v, want ErrDenied", err)
	}
}

// TestFollowing checks what who follows is told, and when they are cut off.
func TestFollowing(t *testing.T) {
	t.Parallel()
	f := newOffice(t, access.AuthOptions{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	token, _, err := f.accounts.IssueToken(ctx, access.TokenRequest{User: "bob", Name: "t"})
	f.ok(err)
	s, err := f.auth.Token(ctx, token, home)
	f.ok(err)
	change := func(why string, attr clusto.Attr) {
		_, err := f.store.Update(ctx, clusto.Change{Description: why}, func(tx clusto.Tx) error {
			e, err := tx.Entity(ctx, "web1")
			if err != nil {
				if e, err = tx.Create(ctx, "web1", "server", "basicserver"); err != nil {
					return err
				}
			}
			attr.Entity = e.ID
			return tx.AddAttrs(ctx, attr)
		})
		f.ok(err)
	}
	var since clusto.Version
	f.ok(f.store.View(ctx, clusto.Live, func(r clusto.Reader) (err error) { since, err = r.Version(ctx); return err }))
	change("plain", clusto.Attr{Key: "note", Value: clusto.String("x")})
	change("the password is hush", clusto.Attr{Key: "password", Value: clusto.String("hush")})
	policy, err := access.NewPolicy(access.Options{})
	f.ok(err)
	var told []string
	for v, err := range access.Wrap(f.store, s, policy).(clusto.Follower).Changes(ctx, since) {
		if err != nil {
			f.refused("the follower", err)
			told = append(told, "end")
			continue
		}
		told = append(told, v.Description)
		if len(told) == 2 {
			f.ok(f.accounts.RevokeToken(ctx, "bob", "t"))
		}
	}
	if len(told) != 3 || told[0] != "plain" || told[1] != access.HiddenMark || told[2] != "end" {
		t.Errorf("told was %q", told)
	}
	if ctx.Err() != nil {
		t.Error("who may not sign in any more was not cut off")
	}
}
