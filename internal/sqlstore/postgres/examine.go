package postgres

import "github.com/clusto/clusto/internal/sqlstore"

var _ sqlstore.Examiner = (*dialect)(nil)

func (d *dialect) Software() string {
	return `SELECT 'PostgreSQL ' || current_setting('server_version')`
}

func (d *dialect) Clock() string {
	return `SELECT ` + d.TimeText(`clock_timestamp() AT TIME ZONE 'UTC'`)
}

func (d *dialect) Gathered() string {
	return `SELECT count(*) FROM pg_stats s JOIN pg_namespace n ON n.nspname = s.schemaname ` +
		`JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename WHERE c.oid = 'entity_attrs'::regclass`
}

// Files are those of the server, which is elsewhere.
func (d *dialect) Files() []string { return nil }
