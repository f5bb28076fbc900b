package history_test

import (
	"math/rand/v2"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/mysql"
	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/testenv"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// TestServers does on database servers what the other tests do in SQLite.
func TestServers(t *testing.T) {
	for name, create := range map[string]func(t *testing.T, o sqlstore.Options) (*sqlstore.Store, sqlstore.Report, error){
		"PostgreSQL": func(t *testing.T, o sqlstore.Options) (*sqlstore.Store, sqlstore.Report, error) {
			return postgres.Create(t.Context(), testenv.PostgreSQL(t).NewDatabase(t), postgres.Options{Options: o})
		},
		"MariaDB": func(t *testing.T, o sqlstore.Options) (*sqlstore.Store, sqlstore.Report, error) {
			return mysql.Create(t.Context(), testenv.MariaDB(t).NewDatabase(t), mysql.Options{Options: o})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := worldIn(t, func(o sqlstore.Options) (*sqlstore.Store, sqlstore.Report, error) { return create(t, o) })
			before := w.furnish()
			w.do("delete", func(h hands) { h.delete("web1") })
			_, left, err := w.undelete(history.Undeletion{Name: "web1"})
			if err != nil || left != nil {
				t.Fatalf("left %q, %v", left, err)
			}
			if d := cmp.Diff(w.snapshot(before), w.snapshot(clusto.Live)); d != "" {
				t.Errorf("not as before:\n%s", d)
			}
			worldIn(t, func(o sqlstore.Options) (*sqlstore.Store, sqlstore.Report, error) { return create(t, o) }).
				undoAtRandom(rand.New(rand.NewPCG(1, 2)))
		})
	}
}
