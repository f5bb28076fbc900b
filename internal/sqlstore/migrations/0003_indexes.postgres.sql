-- The index of live names is made elsewhere: it must wait until no name is
-- doubled.
-- +goose Up
-- Writers wait here, and not where they would hold what is wanted next.
LOCK TABLE clusto_meta IN ACCESS EXCLUSIVE MODE;
-- Classic's columns hold 32 bits, ours of SQLite 64. To classic's programs that
-- makes no difference. The table is written anew, so only if that was not done.
-- +goose StatementBegin
DO $$
DECLARE
	narrow RECORD;
BEGIN
	FOR narrow IN
		SELECT attrelid::regclass AS tab, string_agg(format('ALTER COLUMN %I TYPE BIGINT', attname), ', ') AS widen
		FROM pg_attribute
		WHERE (attrelid = 'entity_attrs'::regclass AND attname IN ('int_value', 'number')
			OR attrelid = 'counters'::regclass AND attname = 'value') AND atttypid = 'integer'::regtype
		GROUP BY attrelid
	LOOP
		EXECUTE format('ALTER TABLE %s %s', narrow.tab, narrow.widen);
	END LOOP;
END
$$;
-- +goose StatementEnd
CREATE INDEX IF NOT EXISTS clusto_attr_rel ON entity_attrs (relation_id, key, entity_id) WHERE relation_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS clusto_attr_entkey ON entity_attrs (entity_id, key, relation_id) WHERE deleted_at_version IS NULL;
CREATE INDEX IF NOT EXISTS clusto_attr_visible ON entity_attrs (entity_id) WHERE deleted_at_version IS NULL AND left(key, 1) <> '_';
CREATE INDEX IF NOT EXISTS clusto_attr_int ON entity_attrs (int_value, key) WHERE int_value IS NOT NULL;
-- Without a condition: the server would not use what it knows about a part.
CREATE INDEX IF NOT EXISTS clusto_attr_text ON entity_attrs (left(string_value, 64));
CREATE INDEX IF NOT EXISTS clusto_attr_mac ON entity_attrs (left(lower(replace(replace(replace(string_value, ':', ''), '-', ''), '.', '')), 32)) WHERE subkey = 'mac';
CREATE INDEX IF NOT EXISTS clusto_attr_ver ON entity_attrs (version);
CREATE INDEX IF NOT EXISTS clusto_attr_del ON entity_attrs (deleted_at_version) WHERE deleted_at_version IS NOT NULL;
CREATE INDEX IF NOT EXISTS clusto_ent_ver ON entities (version);
CREATE INDEX IF NOT EXISTS clusto_ent_del ON entities (deleted_at_version) WHERE deleted_at_version IS NOT NULL;
