package api_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// TestKinds has each kind of error come back from its name, which the contract has.
func TestKinds(t *testing.T) {
	for _, kind := range clusto.ErrorKinds() {
		name := api.KindName(fmt.Errorf("wrapped: %w", kind))
		if got := api.KindOf(name); got != kind {
			t.Errorf("%v is called %q, which is %v", kind, name, got)
		}
		if !bytes.Contains(api.Spec, []byte("`"+name+"`")) {
			t.Errorf("the contract does not have the kind %s", name)
		}
	}
	if got := api.KindName(fmt.Errorf("something else")); got != "internal" {
		t.Errorf("an error of no kind is called %q", got)
	}
	for _, name := range []string{"", "internal", "no-such-kind"} {
		if got := api.KindOf(name); got != nil {
			t.Errorf("%q is %v, want nothing", name, got)
		}
	}
}

// TestLocalUser has a user come out of the context that they were put into.
func TestLocalUser(t *testing.T) {
	if user, ok := api.LocalUser(t.Context()); ok {
		t.Errorf("nobody is there, but %q was found", user)
	}
	if user, ok := api.LocalUser(api.WithLocalUser(t.Context(), "ann")); user != "ann" || !ok {
		t.Errorf("got %q, %v", user, ok)
	}
	if user, ok := api.LocalUser(api.WithLocalUser(t.Context(), "")); user != "" || !ok {
		t.Errorf("of an unknown user: got %q, %v", user, ok)
	}
}
