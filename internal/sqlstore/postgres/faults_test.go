package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/storetest"
	"github.com/clusto/clusto/internal/testenv"
)

// TestFaults has the server refuse a change for every reason that is told
// apart.
func TestFaults(t *testing.T) {
	s, dsn := createAt(t, postgres.Options{Options: sqlstore.Options{Patience: 50 * time.Millisecond}})
	for state, want := range map[string]error{
		"22001": clusto.ErrInvalid,
		"22003": clusto.ErrInvalid,
		"22021": clusto.ErrInvalid,
		"23505": clusto.ErrExists,
		"25006": clusto.ErrReadOnly,
		"25P03": clusto.ErrUnavailable,
		"40001": clusto.ErrConflict,
		"40P01": clusto.ErrConflict,
		"42501": clusto.ErrReadOnly,
		"42P01": clusto.ErrInvalid,
		"53100": clusto.ErrUnavailable,
		"53200": clusto.ErrUnavailable,
		"55P03": clusto.ErrUnavailable,
		"57014": clusto.ErrUnavailable,
		"57P01": clusto.ErrUnavailable,
	} {
		testenv.PostgreSQL(t).ExecIn(t, dsn, fmt.Sprintf(`
			CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused' USING ERRCODE = '%s'; END $$;
			CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON entities FOR EACH ROW EXECUTE FUNCTION refuse()`, state))
		if _, err := note(t, s, "a", false); !errors.Is(err, want) {
			t.Errorf("SQLSTATE %s: %v, want %v", state, err, want)
		}
		checkNoted(t, s, 0)
	}
	testenv.PostgreSQL(t).ExecIn(t, dsn, `DROP TRIGGER refuse ON entities`)
	if v, err := note(t, s, "a", false); v != 3 || err != nil {
		t.Errorf("version %d, %v after all that, want 3", v, err)
	}
}

// TestLockWait waits for another program that does not end its change, and
// gives up.
func TestLockWait(t *testing.T) {
	ctx := t.Context()
	s, dsn := createAt(t, postgres.Options{Options: sqlstore.Options{LockWait: 100 * time.Millisecond}})
	other, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(ctx)
	if _, err := other.Exec(ctx, `BEGIN; UPDATE clusto_meta SET seq = seq WHERE id = 1`); err != nil {
		t.Fatal(err)
	}
	if _, err := note(t, s, "a", false); !errors.Is(err, clusto.ErrUnavailable) || !strings.Contains(clusto.Hint(err), "pg_stat_activity") {
		t.Errorf("%v (%s), want ErrUnavailable with a hint", err, clusto.Hint(err))
	}
	if _, err := other.Exec(ctx, `COMMIT`); err != nil {
		t.Fatal(err)
	}
	if _, err := note(t, s, "a", false); err != nil {
		t.Error(err)
	}
}

// TestInterrupted ends a question with its context: the cause is told, and the
// server stops.
func TestInterrupted(t *testing.T) {
	s, dsn := createAt(t, postgres.Options{})
	testenv.PostgreSQL(t).ExecIn(t, dsn, `INSERT INTO entity_attrs (entity_id, key, datatype, version) SELECT 1, 'many', 'string', 3 FROM generate_series(1, 20000)`)
	enough := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	err := s.View(ctx, clusto.Live, func(r clusto.Reader) error {
		for _, err := range r.Attrs(ctx, clusto.AttrMatch{}) {
			if err != nil {
				return err
			}
			cancel(enough)
		}
		return nil
	})
	if !errors.Is(err, enough) {
		t.Errorf("%v, want the cause of the context's end", err)
	}
	checkNoted(t, s, 0)
}

// TestOddValues asks for what PostgreSQL cannot hold and stores what SQLite can.
func TestOddValues(t *testing.T) {
	ctx := t.Context()
	s := create(t, postgres.Options{})
	long := strings.Repeat("long ", 100_000)
	large := clusto.Attr{Entity: 1, Key: "large", Number: clusto.Num(int64(1) << 60), Subkey: clusto.Sub("mac"), Value: clusto.String(long)}
	_, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		return errors.Join(tx.AddAttrs(ctx, large), tx.SetCounter(ctx, 1, "large", 1<<60))
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(ctx, clusto.Live, func(r clusto.Reader) error {
		for _, m := range []clusto.AttrMatch{
			{Value: clusto.Is(clusto.String(long))},
			{Values: []clusto.Value{clusto.String(long), clusto.String(long + "x"), clusto.Int(1)}},
			{Key: clusto.Is("large"), Number: clusto.Is(int64(1) << 60)},
		} {
			if found, err := clusto.Collect(r.Attrs(ctx, m)); len(found) != 1 || err != nil {
				t.Errorf("%d found, %v, want 1", len(found), err)
			}
		}
		if found, err := clusto.Collect(r.Attrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{1 << 40}})); found != nil || err != nil {
			t.Errorf("an entity of 41 bits: %v, %v", found, err)
		}
		if found, err := clusto.Collect(r.Attrs(ctx, clusto.AttrMatch{Value: clusto.Is(clusto.String("a\x00b"))})); found != nil || err != nil {
			t.Errorf("a NUL, which is nowhere: %v, %v", found, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	_, err = s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		return tx.AddAttrs(ctx, clusto.Attr{Entity: 1, Key: "nul", Value: clusto.String("a\x00b")})
	})
	if !errors.Is(err, clusto.ErrInvalid) || !strings.Contains(err.Error(), "NUL") {
		t.Errorf("a value with a NUL: %v, want ErrInvalid that says so", err)
	}
}

// TestMigratedMeanwhile goes on with connections that know the tables of before
// a migration by another program.
func TestMigratedMeanwhile(t *testing.T) {
	ctx := t.Context()
	dsn, _ := loadClassic(t)
	s := openAt(t, dsn, postgres.Options{})
	ask := func() error {
		return s.View(ctx, clusto.Live, func(r clusto.Reader) error {
			_, err := clusto.Collect(r.Attrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{2}}))
			_, _, err2 := r.Counter(ctx, 2, "x")
			return errors.Join(err, err2)
		})
	}
	change := func() error {
		_, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
			_, err := clusto.Collect(tx.Attrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{2}}))
			return errors.Join(err, tx.AddAttrs(ctx, clusto.Attr{Entity: 2, Key: "k", Value: clusto.Int(1)}))
		})
		return err
	}
	if err := errors.Join(ask(), change()); err != nil {
		t.Fatal(err)
	}
	createIn(t, dsn, postgres.Options{})
	if err := change(); err != nil {
		t.Errorf("a change after the migration: %v", err)
	}
	if err := ask(); err != nil && !errors.Is(err, clusto.ErrUnavailable) {
		t.Errorf("a question after the migration: %v", err)
	}
	if err := errors.Join(ask(), change()); err != nil {
		t.Errorf("after that: %v", err)
	}
}

// TestMigrateTogether has several programs make the tables at once.
func TestMigrateTogether(t *testing.T) {
	dsn := testenv.PostgreSQL(t).NewDatabase(t)
	errs := make(chan error)
	for range 4 {
		go func() {
			s, _, err := postgres.Create(t.Context(), dsn, postgres.Options{})
			if err == nil {
				err = s.Close()
			}
			errs <- err
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if seen := follow(t, openAt(t, dsn, postgres.Options{}), nil); len(seen) != 2 {
		t.Errorf("versions %v, want 1 and 2", seen)
	}
}

// TestNoVersions keeps no history, as classic clusto does with versioning = 0.
func TestNoVersions(t *testing.T) {
	s, dsn := createAt(t, postgres.Options{})
	storetest.RunUnversioned(t, s, openAt(t, dsn, postgres.Options{Options: sqlstore.Options{NoVersions: true}}))
}
