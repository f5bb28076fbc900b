package sqlstore

import (
	"context"
	"database/sql/driver"

	"github.com/clusto/clusto"
)

const (
	redactAttrs = `UPDATE entity_attrs SET datatype = 'string', string_value = ?, int_value = NULL, datetime_value = NULL, ` +
		`relation_id = NULL WHERE `
	insertRedaction = `INSERT INTO clusto_redaction (version, entity_id, attr_key, redacted) VALUES (?, ?, ?, ?)`
)

// Redact implements clusto.Redactor. What was redacted is not in the rows any
// more. Copies that a server keeps until it cleans up, and what is in its logs
// and in backups, are beyond our reach.
func (t *tx) Redact(ctx context.Context, id clusto.EntityID, key string, subkey clusto.Cond[string]) (int, error) {
	if err := t.enter(ctx); err != nil {
		return 0, err
	}
	old, err := t.redactable(ctx, id, key, subkey)
	if err != nil || len(old) == 0 {
		return 0, err
	}
	if err := t.need(redactionTable); err != nil {
		return 0, err
	}
	if err := t.beginWrite(ctx); err != nil {
		return 0, err
	}
	for _, c := range batches(t.s.dialect, `attr_id`, old) {
		args := append([]driver.Value{clusto.RedactedValue}, c.args...)
		if _, err := t.c.exec(redactAttrs+string(c.sql), args...); err != nil {
			return 0, t.fail(err)
		}
	}
	t.effect.redacted += len(old)
	_, err = t.c.exec(insertRedaction, int64(t.working), int64(id), key, int64(len(old)))
	return len(old), t.fail(err)
}

// redactable returns the numbers of old attributes that have a value yet.
func (t *tx) redactable(ctx context.Context, id clusto.EntityID, key string, subkey clusto.Cond[string]) ([]clusto.AttrID, error) {
	m := clusto.AttrMatch{Entities: []clusto.EntityID{id}, Key: clusto.Is(key), Subkey: subkey, Value: clusto.IsPresent[clusto.Value]()}
	path := pathOf(&m)
	c := t.where()
	c.attrs(&m, path)
	c.and(`a.deleted_at_version IS NOT NULL AND (a.string_value IS NULL OR a.string_value <> ?)`, clusto.RedactedValue)
	var old []clusto.AttrID
	err := t.query(ctx, `SELECT a.attr_id FROM `+t.s.dialect.Attrs(path, false)+` WHERE `+string(c.sql), c.args, func(row row) (bool, error) {
		old = append(old, clusto.AttrID(row.int(0)))
		return true, nil
	})
	return old, err
}
