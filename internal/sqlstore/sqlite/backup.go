package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"io/fs"
	"os"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
)

// Backup copies all that from holds into a new file at path, which only its
// owner can read. The file is a whole database in one piece. Until it is
// complete and verified it is called path.partial; if there is a file at path
// already Backup returns ErrExists, or with force replaces it at the end. It
// returns ErrInvalid if that is the database itself.
func Backup(ctx context.Context, from *sqlstore.Store, path string, force bool, o sqlstore.CopyOptions) (sqlstore.CopyReport, error) {
	if err := mayMake(path, force); err != nil {
		return sqlstore.CopyReport{}, err
	}
	partial := path + ".partial"
	if err := isNot(from.Where(), path, partial); err != nil {
		return sqlstore.CopyReport{}, err
	}
	if err := removeAll(partial); err != nil { // what an earlier backup left that was killed
		return sqlstore.CopyReport{}, fileError("remove", partial, err)
	}
	report, err := copyInto(ctx, from, partial, o)
	if err == nil {
		err = finish(ctx, partial, path)
	}
	if left := removeAll(partial); left != nil {
		err = errors.Join(err, fileError("remove", partial, left))
	}
	report.To = path
	return report, err
}

// mayMake returns ErrExists if there is something at path, unless it is a file
// that may be replaced.
func mayMake(path string, force bool) error {
	switch info, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fileError("make", path, err)
	case !info.Mode().IsRegular():
		return clusto.WithHint(clusto.Errorf(clusto.ErrExists, "%s is there already, and no file", path), "name another file")
	case !force:
		return clusto.WithHint(clusto.Errorf(clusto.ErrExists, "%s is there already", path), "name another file, or replace it with --force")
	}
	return nil
}

// isNot returns ErrInvalid if one of paths, which are to be overwritten, is a
// file of the database where, which may be none in a file.
func isNot(where string, paths ...string) error {
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			continue // that it cannot be written is said by who tries
		}
		for _, own := range (&dialect{path: where}).Files() {
			if mine, err := os.Stat(own); err == nil && os.SameFile(info, mine) {
				return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%s belongs to the database that is to be saved", path), "name another file")
			}
		}
	}
	return nil
}

// copyInto makes a database at path and copies from into it.
func copyInto(ctx context.Context, from *sqlstore.Store, path string, o sqlstore.CopyOptions) (report sqlstore.CopyReport, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return report, fileError("make", path, err)
	}
	if err := f.Close(); err != nil {
		return report, fileError("make", path, err)
	}
	to, _, err := Create(ctx, path, Options{})
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	return sqlstore.Copy(ctx, from, to, o)
}

// finish makes the database at partial one file that needs no other beside it,
// has it written to the disk and gives it its name.
func finish(ctx context.Context, partial, path string) error {
	if err := leaveLog(ctx, partial); err != nil {
		return clusto.Errorf(clusto.ErrUnavailable, "finish %s: %w", partial, err)
	}
	f, err := os.OpenFile(partial, os.O_RDWR, 0)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err == nil {
		// A log that an earlier file of this name has left would be taken for ours.
		err = removeBeside(path)
	}
	if err == nil {
		err = os.Rename(partial, path)
	}
	if err != nil {
		return fileError("finish", path, err)
	}
	return nil
}

// leaveLog gives up the write-ahead log of a database, whose content then is
// in the file itself: a file with a log cannot be read where nothing can be written.
func leaveLog(ctx context.Context, path string) error {
	d, err := newDialect(path, Options{})
	if err != nil {
		return err
	}
	c, err := d.connect.Connect(ctx)
	if err != nil {
		return err
	}
	_, err = c.(driver.ExecerContext).ExecContext(ctx, `PRAGMA journal_mode = DELETE`, nil)
	return errors.Join(err, c.Close())
}

// removeAll removes a database with what stands beside it.
func removeAll(path string) error {
	return errors.Join(remove(path), removeBeside(path), remove(path+".lock"))
}

// removeBeside removes the logs of a database.
func removeBeside(path string) error {
	return errors.Join(remove(path+"-wal"), remove(path+"-shm"), remove(path+"-journal"))
}

func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
