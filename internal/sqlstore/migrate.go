package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pressly/goose/v3"

	"github.com/clusto/clusto"
)

const (
	migrationTable = "clusto_migration"
	ownTablesFile  = "0002_own_tables.sql"
	historyFile    = "0004_history.sql"
	accountsFile   = "0006_accounts.sql"
)

// worthStatistics is how many entities, dead ones included, a database must
// have for statistics: those of an almost empty one mislead when it has grown.
const worthStatistics = 500

// Report tells what Migrate did and found.
type Report struct {
	// Applied are the names of the migrations that were missing.
	Applied []string
	// Doubled are the names that several live entities have. While there are
	// any the database cannot refuse more of them; when the entities were
	// renamed or deleted, Migrate makes up for it.
	Doubled []Doubled
}

// Doubled is a name that several live entities have.
type Doubled struct {
	Name     string
	Entities []clusto.EntityID
}

// Create returns the store of the database behind d, which may be empty, after
// Migrate.
func Create(ctx context.Context, d Dialect, o Options) (*Store, Report, error) {
	s, err := New(ctx, d, o, MayBeEmpty)
	if err != nil {
		return nil, Report{}, err
	}
	report, err := s.Migrate(ctx)
	if err != nil {
		return nil, report, errors.Join(err, s.Close())
	}
	return s, report, nil
}

// Migrate makes the tables and indexes that are missing, and fills a new
// database with what classic clusto leaves in one. It only adds, and does
// nothing to a database that has everything.
func (s *Store) Migrate(ctx context.Context) (Report, error) {
	var report Report
	release, err := s.dialect.Lock(ctx)
	if err == nil {
		func() {
			defer release()
			report, err = s.migrate(ctx)
		}()
	}
	if err != nil {
		return Report{}, fmt.Errorf("migrate: %w", s.fault(err, "migrate"))
	}
	if err := s.reopen(ctx); err != nil {
		return Report{}, err
	}
	return report, s.fillNew(ctx)
}

func (s *Store) migrate(ctx context.Context) (Report, error) {
	var report Report
	db := sql.OpenDB(connector{s.dialect})
	defer db.Close()
	db.SetMaxOpenConns(1)
	if lock, unlock := s.dialect.MigrationLock(); lock != "" {
		if _, err := db.ExecContext(ctx, lock); err != nil {
			return report, err
		}
		// Closing the connection ends it too.
		defer func() { _, _ = db.ExecContext(context.WithoutCancel(ctx), unlock) }()
	}
	provider, err := goose.NewProvider(s.dialect.Goose(), db, migrationsFor(s.dialect),
		goose.WithTableName(migrationTable), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return report, err
	}
	results, err := provider.Up(ctx)
	for _, r := range results {
		report.Applied = append(report.Applied, r.Source.Path)
	}
	if err != nil {
		return report, err
	}
	if report.Doubled, err = doubled(ctx, db); err != nil {
		return report, err
	}
	var statements []string
	if len(report.Doubled) == 0 {
		statements = append(statements, s.dialect.UniqueNames()...)
	}
	var entities int
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM entities`).Scan(&entities); err != nil {
		return report, err
	}
	if entities >= worthStatistics {
		statements = append(statements, s.dialect.Statistics()...)
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return report, err
		}
	}
	return report, nil
}

// connector lets database/sql, which goose wants, connect through a Dialect.
type connector struct{ Dialect }

func (c connector) Driver() driver.Driver { return nil }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	if m, ok := c.Dialect.(Migrator); ok {
		return m.ConnectToMigrate(ctx)
	}
	return c.Dialect.Connect(ctx)
}

// doubled returns the names that several live entities have. The database may
// take names for the same that are not, so they are compared here.
func doubled(ctx context.Context, db *sql.DB) ([]Doubled, error) {
	const names = `SELECT name, entity_id FROM entities WHERE deleted_at_version IS NULL AND name IN (` +
		`SELECT name FROM entities WHERE deleted_at_version IS NULL GROUP BY name HAVING count(*) > 1) ORDER BY entity_id`
	rows, err := db.QueryContext(ctx, names)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	called := map[string][]clusto.EntityID{}
	for rows.Next() {
		var name string
		var id clusto.EntityID
		if err := rows.Scan(&name, &id); err != nil {
			return nil, err
		}
		called[name] = append(called[name], id)
	}
	var all []Doubled
	for _, name := range slices.Sorted(maps.Keys(called)) {
		if entities := called[name]; len(entities) > 1 {
			all = append(all, Doubled{Name: name, Entities: entities})
		}
	}
	return all, rows.Err()
}

// reopen lets go of idle connections, which know the old tables and no
// statistics, and looks at the new ones.
func (s *Store) reopen(ctx context.Context) error {
	s.mu.Lock()
	idle := append(s.readers, s.writers...)
	s.readers, s.writers = nil, nil
	s.mu.Unlock()
	for _, c := range idle {
		_ = c.close() // nothing but a cache is lost with it
	}
	_, err := s.inspect(ctx)
	return err
}

// fillNew leaves in an empty database what classic clusto's init_clusto does:
// the entity clustometa with the version of the schema, in two versions.
func (s *Store) fillNew(ctx context.Context) error {
	const meta, schemaVersion = clusto.MetaEntity, 3
	var id clusto.EntityID
	_, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		id = 0
		newest, err := tx.Version(ctx)
		if err != nil || newest != 0 {
			return err
		}
		_, some, err := clusto.First(tx.Find(ctx, clusto.Match{}))
		if err != nil || some {
			return err
		}
		e, err := tx.Create(ctx, meta, meta, meta)
		id = e.ID
		return err
	})
	if err != nil || id == 0 {
		return err
	}
	_, err = s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		return tx.AddAttrs(ctx, clusto.Attr{
			Entity: id,
			Key:    "schemaversion",
			Subkey: clusto.Sub(clusto.SubkeyProperty),
			Value:  clusto.Int(schemaVersion),
		})
	})
	return err
}
