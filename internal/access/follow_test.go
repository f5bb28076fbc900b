package access_test

import (
	"context"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/access"
)

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
