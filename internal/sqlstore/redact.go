package sqlstore

import (
	"context"
	"database/sql/driver"
	"maps"
	"slices"

	"github.com/clusto/clusto"
)

const (
	redactAttrs = `UPDATE entity_attrs SET datatype = 'string', string_value = ?, int_value = NULL, datetime_value = NULL, ` +
		`relation_id = NULL WHERE `
	redactDescription = `UPDATE clustoversioning SET description = ? WHERE version = ?`
	insertRedaction   = `INSERT INTO clusto_redaction (version, entity_id, attr_key, redacted) VALUES (?, ?, ?, ?)`
)

// Redact implements clusto.Redactor. What was redacted is not in the rows any
// more, nor in the descriptions of the versions that made or ended it. Copies that a server keeps until it cleans up, and what is in its logs
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
	ids := make([]clusto.AttrID, len(old))
	for i, o := range old {
		ids[i] = o.ID
	}
	for _, c := range batches(t.s.dialect, `attr_id`, ids) {
		args := append([]driver.Value{clusto.RedactedValue}, c.args...)
		if _, err := t.c.exec(redactAttrs+string(c.sql), args...); err != nil {
			return 0, t.fail(err)
		}
	}
	if err := t.redactDescriptions(ctx, old); err != nil {
		return 0, err
	}
	t.effect.redacted += len(old)
	_, err = t.c.exec(insertRedaction, int64(t.working), int64(id), key, int64(len(old)))
	return len(old), t.fail(err)
}

// oldAttr is an attribute that ended.
type oldAttr struct {
	clusto.Attr
	ended clusto.Version
}

// redactable returns the old attributes that have a value yet.
func (t *tx) redactable(ctx context.Context, id clusto.EntityID, key string, subkey clusto.Cond[string]) ([]oldAttr, error) {
	m := clusto.AttrMatch{Entities: []clusto.EntityID{id}, Key: clusto.Is(key), Subkey: subkey, Value: clusto.IsPresent[clusto.Value]()}
	path := pathOf(&m)
	c := t.where()
	c.attrs(&m, path)
	c.and(`a.deleted_at_version IS NOT NULL AND (a.string_value IS NULL OR a.string_value <> ?)`, clusto.RedactedValue)
	sql := `SELECT ` + t.s.attrColumns + `, a.deleted_at_version FROM ` + t.s.dialect.Attrs(path, false) + ` WHERE ` + string(c.sql)
	var old []oldAttr
	err := t.query(ctx, sql, c.args, func(row row) (bool, error) {
		old = append(old, oldAttr{row.pastAttr(), clusto.Version(row.int(len(row) - 1))})
		return true, nil
	})
	return old, err
}

// redactDescriptions takes old values out of the descriptions of the versions that
// made or ended them: a script's line stands there unless it says something else.
func (t *tx) redactDescriptions(ctx context.Context, old []oldAttr) error {
	values := map[clusto.Version][]clusto.Value{}
	for _, o := range old {
		values[o.Version] = append(values[o.Version], o.Value)
		values[o.ended] = append(values[o.ended], o.Value)
	}
	m := clusto.VersionMatch{Only: slices.Sorted(maps.Keys(values))}
	redacted := map[clusto.Version]string{}
	err := t.findVersions(ctx, &m, func(v clusto.VersionInfo) bool {
		if text := withoutValues(v.Description, values[v.Version]); text != v.Description {
			redacted[v.Version] = text
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, v := range slices.Sorted(maps.Keys(redacted)) {
		if _, err := t.c.exec(redactDescription, redacted[v], int64(v)); err != nil {
			return t.fail(err)
		}
	}
	return nil
}
