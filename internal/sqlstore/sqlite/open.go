// Package sqlite keeps the inventory in a SQLite file. [Open] opens one that is
// there, [Create] makes one; both return the store of package sqlstore with
// SQLite's way of doing things.
package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	sqlite3driver "modernc.org/sqlite"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
)

// Options are how a database is opened. The zero Options work.
type Options struct {
	sqlstore.Options
	// ReadOnly refuses every change.
	ReadOnly bool
	// MaxPages, if not 0, is the size in pages of 4096 bytes beyond which the
	// database does not grow, as if the disk were full.
	MaxPages int
}

// scheme begins the DSN of a SQLite database, as classic clusto has it.
const scheme = "sqlite://"

// Path returns the file that a DSN names: sqlite:///relative.db and
// sqlite:////absolute.db, or a plain path. It returns ErrInvalid for any other.
func Path(dsn string) (string, error) {
	path := dsn
	if rest, ok := strings.CutPrefix(dsn, scheme); ok {
		path, ok = strings.CutPrefix(rest, "/")
		if !ok || path == "" {
			return "", clusto.Errorf(clusto.ErrInvalid, "DSN %q: want sqlite:///relative.db or sqlite:////absolute.db", dsn)
		}
	} else if strings.Contains(dsn, "://") || dsn == "" {
		return "", clusto.Errorf(clusto.ErrInvalid, "DSN %q is not one of SQLite, such as sqlite:///relative.db", dsn)
	}
	if strings.ContainsRune(path, 0) {
		return "", clusto.Errorf(clusto.ErrInvalid, "DSN %q contains a NUL character", dsn)
	}
	return path, nil
}

// Open opens the database that dsn names, which may be one of classic clusto
// as it is. It returns ErrNotFound if there is no such file, and ErrInvalid if
// the file is not a database of clusto.
func Open(ctx context.Context, dsn string, o Options) (*sqlstore.Store, error) {
	d, err := newDialect(dsn, o)
	if err != nil {
		return nil, err
	}
	switch info, err := os.Stat(d.path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, clusto.WithHint(
			clusto.Errorf(clusto.ErrNotFound, "there is no database %s", d.path),
			"to make it, run: clusto initdb --dsn %s", dsn)
	case err != nil:
		return nil, clusto.Errorf(clusto.ErrUnavailable, "open database: %w", err)
	case !info.Mode().IsRegular():
		return nil, clusto.Errorf(clusto.ErrInvalid, "%s is not a file", d.path)
	}
	if err := mayRead(d.path); err != nil {
		return nil, err
	}
	return sqlstore.New(ctx, d, o.Options, sqlstore.MustBeClusto)
}

// mayRead returns ErrUnavailable if the file cannot be read, of which SQLite
// only says that it cannot be opened.
func mayRead(path string) error {
	f, err := os.Open(path)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return clusto.WithHint(clusto.Errorf(clusto.ErrUnavailable, "database: %w", err), "see who owns the file, and who may read it")
	}
	return nil
}

// Create makes the database that dsn names, or brings one that is there up to
// date, and opens it. Doing so again changes nothing. It returns ErrInvalid if
// the file is a database of something else.
func Create(ctx context.Context, dsn string, o Options) (*sqlstore.Store, sqlstore.Report, error) {
	d, err := newDialect(dsn, o)
	if err != nil {
		return nil, sqlstore.Report{}, err
	}
	f, err := os.OpenFile(d.path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, sqlstore.Report{}, fileError("make", d.path, err)
	}
	if err := f.Close(); err != nil {
		return nil, sqlstore.Report{}, fileError("make", d.path, err)
	}
	return sqlstore.Create(ctx, d, o.Options)
}

// fileError returns the error of a file that cannot be made or opened.
func fileError(doing, path string, err error) error {
	kind := clusto.ErrUnavailable
	switch {
	case errors.Is(err, fs.ErrPermission), isReadOnly(err):
		kind = clusto.ErrReadOnly
	case errors.Is(err, fs.ErrNotExist):
		kind = clusto.ErrNotFound
	}
	return clusto.WithHint(clusto.Errorf(kind, "%s %s: %w", doing, path, err), "see whether the directory exists and may be written")
}

func newDialect(dsn string, o Options) (*dialect, error) {
	path, err := Path(dsn)
	if err != nil {
		return nil, err
	}
	o.Options = o.Options.WithDefaults()
	mode := "rw"
	if o.ReadOnly {
		mode = "ro"
	}
	// An absolute path stays right when the process changes its directory.
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, clusto.Errorf(clusto.ErrUnavailable, "database %s: %w", path, err)
	}
	file := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(absolute), RawQuery: "mode=" + mode}
	connect, err := sqlite3driver.NewConnector(file.String())
	if err != nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "database %s: %w", path, err)
	}
	return &dialect{path: path, options: o, connect: connect, queue: newQueue(absolute+".lock", path, o)}, nil
}
