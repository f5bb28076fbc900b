package access

import (
	"context"
	"errors"
	"testing"

	"github.com/clusto/clusto"
)

// away is a keeper of accounts that is out of reach.
type away struct{ clusto.AccountKeeper }

func (away) UpdateAccounts(context.Context, func(clusto.AccountTx) error) error { return errAway }

var errAway = errors.New("away")

// TestUsesStay has it not be written, once, which tokens were used.
func TestUsesStay(t *testing.T) {
	a := NewAuthenticator(&Accounts{keeper: away{}}, AuthOptions{})
	a.uses.note("1")
	if err := a.writeUses(t.Context()); !errors.Is(err, errAway) {
		t.Fatal(err)
	}
	if left := a.uses.take(); len(left) != 1 {
		t.Errorf("what is to be written yet is %v", left)
	}
}
