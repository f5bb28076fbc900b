package sqlstore

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/clusto/clusto"
)

// Written is a Dialect of a server that tells when its tables were written.
type Written interface {
	// Written returns the statement that yields one text, which is another one
	// after entities or entity_attrs were written.
	Written() string
}

// Stamp returns a text that is another one after somebody has changed the
// inventory, with or without a version, and sometimes when nobody has. It costs
// little, and tells of what others than clusto write some seconds later on servers.
func (s *Store) Stamp(ctx context.Context) (string, error) {
	var stamp strings.Builder
	err := s.View(ctx, clusto.Live, func(cr clusto.Reader) error {
		r := cr.(*reader)
		if has, err := r.has(metaTable); err != nil {
			return err
		} else if has {
			var seq int64
			if _, err := r.c.ints(`SELECT seq FROM clusto_meta WHERE id = 1`, nil, &seq); err != nil {
				return r.fail(err)
			}
			fmt.Fprintf(&stamp, "seq %d ", seq)
		}
		var version, entity, attr int64
		if _, err := r.c.ints(`SELECT `+highest, nil, &version, &entity, &attr); err != nil {
			return r.fail(err)
		}
		fmt.Fprintf(&stamp, "version %d entity %d attr %d", version, entity, attr)
		d, ok := s.dialect.(Written)
		if !ok {
			return nil
		}
		return r.query(ctx, d.Written(), []driver.Value{}, func(row row) (bool, error) {
			stamp.WriteString(" written " + row.text(0))
			return false, nil
		})
	})
	if err != nil {
		return "", err
	}
	err = s.stampFiles(&stamp)
	return stamp.String(), err
}

// stampFiles adds when the files of the database were written.
func (s *Store) stampFiles(stamp *strings.Builder) error {
	d, ok := s.dialect.(Examiner)
	if !ok {
		return nil
	}
	for _, name := range d.Files() {
		if strings.HasSuffix(name, ".lock") || strings.HasSuffix(name, "-shm") {
			continue // who reads writes those too
		}
		info, err := os.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return clusto.Errorf(clusto.ErrUnavailable, "database: %w", err)
		default:
			fmt.Fprintf(stamp, " %d %d", info.Size(), info.ModTime().UnixNano())
		}
	}
	return nil
}
