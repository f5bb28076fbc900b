package sqlstore

import (
	"embed"
	"io/fs"
	"path"
	"strings"
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
