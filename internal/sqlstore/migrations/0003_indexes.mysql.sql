-- The index of live names is made elsewhere: it must wait until no name is
-- doubled. There are no indexes of a part of the rows here, so what is live is a
-- column of theirs.
-- +goose Up
CREATE INDEX clusto_attr_rel ON entity_attrs (relation_id, deleted_at_version, "key", entity_id, datatype);
CREATE INDEX clusto_attr_entkey ON entity_attrs (entity_id, deleted_at_version, "key", relation_id, datatype, number);
CREATE INDEX clusto_attr_int ON entity_attrs (int_value, deleted_at_version);
-- The twelve digits of hardware addresses, however they are written. The column
-- is stored: a node of a cluster that was killed in the middle of a change can
-- else hang when it recovers, as it cannot compute what to take out of the index.
ALTER TABLE entity_attrs
	ADD COLUMN clusto_mac VARBINARY(64) AS (
		CASE WHEN LENGTH(REPLACE(REPLACE(REPLACE(string_value, ':', ''), '-', ''), '.', '')) = 12
			THEN CAST(LOWER(REPLACE(REPLACE(REPLACE(string_value, ':', ''), '-', ''), '.', '')) AS BINARY) END
	) STORED,
	ADD INDEX clusto_attr_mac (clusto_mac);
CREATE INDEX clusto_attr_ver ON entity_attrs (version);
CREATE INDEX clusto_attr_del ON entity_attrs (deleted_at_version);
CREATE INDEX clusto_ent_ver ON entities (version);
CREATE INDEX clusto_ent_del ON entities (deleted_at_version);
