package copytest

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto"
)

// fillAccounts makes accounts of every kind.
func fillAccounts(t *testing.T, s clusto.Store) {
	t.Helper()
	ctx, made := t.Context(), time.Unix(1_700_000_000, 0)
	ids := []clusto.Identity{{Issuer: "https://issuer.example.com", Name: "1"}, {Issuer: clusto.CertificateIssuer, Name: "subject:CN=Änn"}}
	err := s.(clusto.AccountKeeper).UpdateAccounts(ctx, func(tx clusto.AccountTx) error {
		err := errors.Join(
			tx.PutUser(ctx, clusto.User{Name: "ann", FullName: "Änn", Password: "$argon2id$", Disabled: true, Created: made, Identities: ids}),
			tx.PutUser(ctx, clusto.User{Name: "bob", Created: made}),
			tx.PutGroup(ctx, clusto.Group{Name: "ops", Created: made, Members: []string{"ann", "bob"}}),
			tx.PutToken(ctx, clusto.Token{Hash: strings.Repeat("a", 64), Name: "one", User: "ann", Created: made, Expires: made.Add(time.Hour)}),
			tx.PutToken(ctx, clusto.Token{Hash: strings.Repeat("b", 64), Name: "two", User: "ann", Created: made, Narrowed: []string{"read", "act power"}}),
			tx.PutToken(ctx, clusto.Token{Hash: strings.Repeat("c", 64), Name: "three", User: "ann", Created: made, Narrowed: []string{}}),
			tx.PutSession(ctx, clusto.Session{Hash: "s", User: "ann", Created: made, Expires: made.Add(time.Hour)}),
		)
		for _, g := range []clusto.Grant{{User: "ann", Line: "admin", CreatedBy: "bob"}, {Group: "ops", Line: "read *", Created: made}} {
			_, e := tx.AddGrant(ctx, g)
			err = errors.Join(err, e)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fillSightings keeps sightings in both families.
func fillSightings(t *testing.T, s clusto.Store) {
	t.Helper()
	at := time.Unix(1_700_000_000, 0)
	err := s.(clusto.SightingKeeper).KeepSightings(t.Context(),
		clusto.Sighting{Family: 4, Client: "02:00:00:00:00:01", Entity: 1, At: at, Addr: netip.MustParseAddr("10.0.0.1"), Until: at.Add(time.Hour), Vendor: "Ü"},
		clusto.Sighting{Family: 6, Client: "duid:0001", At: at.Add(time.Second)})
	if err != nil {
		t.Fatal(err)
	}
}

// sightings returns all sightings that a database has, as text.
func sightings(t *testing.T, s clusto.Store) string {
	t.Helper()
	all, err := s.(clusto.SightingKeeper).Sightings(t.Context(), clusto.SightingMatch{})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%+v", all)
}

// accounts returns all accounts that a database has, as text. Sessions are not
// copied.
func accounts(t *testing.T, s clusto.Store) string {
	t.Helper()
	ctx := t.Context()
	var b strings.Builder
	err := s.(clusto.AccountKeeper).ViewAccounts(ctx, func(r clusto.AccountReader) error {
		users, err := r.Users(ctx, clusto.UserMatch{})
		fmt.Fprintf(&b, "%+v\n", users)
		groups, errGroups := r.Groups(ctx, clusto.GroupMatch{})
		fmt.Fprintf(&b, "%+v\n", groups)
		tokens, errTokens := r.Tokens(ctx, clusto.TokenMatch{})
		fmt.Fprintf(&b, "%#v\n", tokens)
		grants, errGrants := r.Grants(ctx, clusto.GrantMatch{})
		fmt.Fprintf(&b, "%+v\n", grants)
		return errors.Join(err, errGroups, errTokens, errGrants)
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
