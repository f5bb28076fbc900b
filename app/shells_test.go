//go:build linux

package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/httpapi"
	"github.com/clusto/clusto/internal/sandbox"
)

// newScriptSite returns a site on a new database that runs scripts.
func newScriptSite(t *testing.T) *site {
	s := sandboxSetting(t)
	s.Config.HTTP.Accounts = true
	store, err := openStore(t.Context(), s.Database())
	if err != nil {
		t.Fatal(err)
	}
	scripts := sandbox.NewPool(sandbox.PoolOptions{})
	t.Cleanup(func() {
		if err := scripts.Close(); err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	f := &site{T: t, store: store, tokens: map[string]string{}}
	p := &program{drivers: all.Drivers()}
	w, err := p.workshop(s, store)
	f.ok(err)
	f.door, err = p.doorway(s, store)
	f.ok(err)
	handler, err := p.handler(s, parts{setting: s, workshop: w}, scripts, f.door)
	f.ok(err)
	f.answer = f.door.gate.Handler(handler)
	_, err = f.door.accounts.Kept.CreateUser(t.Context(), clusto.User{Name: "ann"}, "")
	f.ok(err)
	return f
}

// issue makes a token of ann, which tests name by its name.
func (f *site) issue(name string, narrowed []string) {
	f.Helper()
	secret, _, err := f.door.accounts.Kept.IssueToken(f.Context(), access.TokenRequest{User: "ann", Name: name, Narrowed: narrowed})
	f.ok(err)
	f.tokens[name] = secret
}

// TestShellIsWhoOpenedIt has others, and who may not run scripts any more, at a prompt.
func TestShellIsWhoOpenedIt(t *testing.T) {
	f := newScriptSite(t)
	f.issue("full", nil)
	f.issue("narrow", []string{"script"})
	script, err := f.door.accounts.Kept.Give(t.Context(), clusto.Grant{User: "ann", Line: "script"})
	f.ok(err)
	f.grant("ann", "write *")
	status, answer := f.ask("full", "POST", httpapi.Prefix+"/shells", "")
	var shell api.Shell
	if err := json.Unmarshal([]byte(answer), &shell); err != nil || status != http.StatusCreated {
		t.Fatal(status, answer, err)
	}
	path := httpapi.Prefix + "/shells/" + shell.Id
	enter := func(token string, want int) {
		t.Helper()
		if status, answer := f.ask(token, "POST", path+"/entries", `{"text": "1 + 1"}`); status != want {
			t.Errorf("%s: %d %s", token, status, answer)
		}
	}
	enter("full", http.StatusOK)
	enter("narrow", http.StatusNotFound)
	f.ok(f.door.accounts.Kept.Take(t.Context(), script.ID))
	enter("full", http.StatusForbidden)
	if status, answer := f.ask("full", "DELETE", path, ""); status != http.StatusNoContent {
		t.Error(fmt.Sprint(status, answer))
	}
}
