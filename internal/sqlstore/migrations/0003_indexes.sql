-- The index of live names is made elsewhere: it must wait until no name is
-- doubled.
-- +goose Up
CREATE INDEX IF NOT EXISTS clusto_attr_rel ON entity_attrs (relation_id, "key", entity_id) WHERE relation_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS clusto_attr_entkey ON entity_attrs (entity_id, "key", relation_id, datatype, number) WHERE deleted_at_version IS NULL;
CREATE INDEX IF NOT EXISTS clusto_attr_int ON entity_attrs (int_value, "key") WHERE deleted_at_version IS NULL AND int_value IS NOT NULL;
CREATE INDEX IF NOT EXISTS clusto_attr_mac ON entity_attrs (lower(replace(replace(replace(string_value, ':', ''), '-', ''), '.', ''))) WHERE subkey = 'mac';
CREATE INDEX IF NOT EXISTS clusto_attr_ver ON entity_attrs (version);
CREATE INDEX IF NOT EXISTS clusto_attr_del ON entity_attrs (deleted_at_version) WHERE deleted_at_version IS NOT NULL;
CREATE INDEX IF NOT EXISTS clusto_ent_ver ON entities (version);
CREATE INDEX IF NOT EXISTS clusto_ent_del ON entities (deleted_at_version) WHERE deleted_at_version IS NOT NULL;
