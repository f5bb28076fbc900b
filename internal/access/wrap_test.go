package access_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A store wrapped for who may do everything is like the store itself.
func TestTransparent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		subject access.Subject
		except  []string
	}{
		{"at once", access.Everything("", ""), nil},
		// What is looked at first is not being ranged over any more.
		{"carefully", access.Carefully(""), []string{storetest.Strictness}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.except == nil && (racetest.On || dbtest.Chosen(t) != dbtest.SQLite) {
				t.Skip("this runs on SQLite without the race detector; the other asks the database more")
			}
			if dbtest.Chosen(t) != dbtest.SQLite {
				c.except = append(c.except, storetest.Long()...) // a filter is the same on every database
			}
			storetest.Run(t, func(t *testing.T) clusto.Store {
				return access.Wrap(dbtest.New(t, sqlstore.Options{}), c.subject, nil)
			}, c.except...)
		})
	}
}
