package sqlstore

import (
	"database/sql/driver"

	"github.com/clusto/clusto"
)

// The row of clusto_meta with this number holds, as its seq, the oldest version
// that can be read. There is none until something is pruned.
const floorRow = 2

const (
	ends        = `SELECT (SELECT max(version) FROM clustoversioning), (SELECT seq FROM clusto_meta WHERE id = ?)`
	insertFloor = `INSERT INTO clusto_meta (id, seq) VALUES (?, ?)`
	updateFloor = `UPDATE clusto_meta SET seq = ? WHERE id = ?`
)

// ends returns the newest version and the oldest one that can be read, which is
// 0 if nothing was pruned.
func (r *reader) ends() (newest, floor clusto.Version, err error) {
	if has, err := r.has(metaTable); err != nil {
		return 0, 0, err
	} else if !has {
		newest, err = r.newest()
		return newest, 0, err
	}
	var last, first int64
	_, err = r.c.ints(ends, []driver.Value{int64(floorRow)}, &last, &first)
	return clusto.Version(last), clusto.Version(first), r.fail(err)
}

// checkVersion returns ErrNotFound if version at cannot be shown.
func (r *reader) checkVersion(at clusto.Version) error {
	if at == clusto.Live {
		return nil
	}
	newest, floor, err := r.ends()
	switch {
	case err != nil:
		return err
	case at < 0 || at > newest:
		return clusto.Errorf(clusto.ErrNotFound, "there is no version %d; the newest is %d", at, newest)
	case at < floor:
		return clusto.Errorf(clusto.ErrNotFound, "version %d cannot be shown: history before version %d was pruned", at, floor)
	}
	return nil
}

// setFloor refuses readers of versions before floor from now on.
func (t *tx) setFloor(floor clusto.Version) error {
	_, before, err := t.ends()
	switch {
	case err != nil || before == floor:
		return err
	case before == 0:
		_, err = t.c.exec(insertFloor, int64(floorRow), int64(floor))
	default:
		_, err = t.c.exec(updateFloor, int64(floor), int64(floorRow))
	}
	return t.fail(err)
}
