package sqlite

import "github.com/clusto/clusto/internal/sqlstore"

var _ sqlstore.Examiner = (*dialect)(nil)

func (d *dialect) Software() string { return `SELECT 'SQLite ' || sqlite_version()` }

// Clock is nothing: SQLite is in our process and goes by our clock.
func (d *dialect) Clock() string { return "" }

func (d *dialect) Gathered() string {
	return `SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'`
}

// Files are the database, the file on which writers queue, and the write-ahead
// log with its index.
func (d *dialect) Files() []string {
	return []string{d.path, d.path + ".lock", d.path + "-wal", d.path + "-shm"}
}
