package sqlstore

import (
	"context"
	"embed"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrationFiles shows the migrations of one database under their common
// names: where there is a file for this database it takes the place of the
// common one.
type migrationFiles struct {
	fs.FS
	dialect string
}

func migrationsFor(d Dialect) fs.FS {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // only for a path that is not valid
	}
	return migrationFiles{FS: files, dialect: string(d.Goose())}
}

// Open implements fs.FS.
func (f migrationFiles) Open(name string) (fs.File, error) {
	ext := path.Ext(name)
	if own, err := f.FS.Open(strings.TrimSuffix(name, ext) + "." + f.dialect + ext); err == nil {
		return own, nil
	}
	return f.FS.Open(name)
}

// ReadDir implements fs.ReadDirFS: it lists the common names alone.
func (f migrationFiles) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(f.FS, name)
	var common []fs.DirEntry
	for _, entry := range all {
		if strings.Count(entry.Name(), ".") == 1 {
			common = append(common, entry)
		}
	}
	return common, err
}

// lastMigration returns the number of the last migration that this program has.
func lastMigration(d Dialect) (last int64, err error) {
	files, err := fs.ReadDir(migrationsFor(d), ".")
	for _, file := range files {
		number, _, _ := strings.Cut(file.Name(), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, err
		}
		last = max(last, n)
	}
	return last, err
}

// checkMigrations returns ErrUnsupported if the database has had a migration
// that this program does not know: nobody can say what it may not do to it.
func (s *Store) checkMigrations(ctx context.Context) error {
	known, err := lastMigration(s.dialect)
	if err != nil {
		return err
	}
	c, err := s.take(ctx, &s.readers)
	if err != nil {
		return err
	}
	defer s.give(c, &s.readers)
	var last int64
	if _, err := c.ints(`SELECT max(version_id) FROM `+migrationTable, nil, &last); err != nil {
		return err
	}
	if last <= known {
		return nil
	}
	return clusto.WithHint(
		clusto.Errorf(clusto.ErrUnsupported, "database %s was migrated by a newer clusto: to schema %d, and this program knows %d", s.dialect.Where(), last, known),
		"use the newer program here too")
}
