package sqlstore

// Where a version came from is kept beside it: classic clusto's table has no
// column for it.
const insertOrigin = `INSERT INTO clusto_origin (version, origin) VALUES (?, ?)`

// insertOrigin keeps the origin of the version being made. A database that was
// not migrated does without.
func (t *tx) insertOrigin() error {
	if t.origin == "" {
		return nil
	}
	if has, err := t.has(originTable); err != nil || !has {
		return err
	}
	_, err := t.c.exec(insertOrigin, int64(t.working), wellFormed(t.origin))
	return err
}

// selectVersions returns the part of a statement that reads the columns of
// row.version, of versions as v.
func (r *reader) selectVersions() (string, error) {
	columns := `SELECT v.version, ` + r.s.dialect.TimeText("v.timestamp") + `, v."user", v.description`
	has, err := r.has(originTable)
	if err != nil || !has {
		return columns + ` FROM clustoversioning v`, err
	}
	return columns + `, o.origin FROM clustoversioning v LEFT JOIN clusto_origin o ON o.version = v.version`, nil
}
