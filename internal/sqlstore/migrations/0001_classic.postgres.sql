-- The tables of classic clusto, as it makes them in PostgreSQL. A database of
-- classic clusto has them already and stays as it is.
-- +goose Up
CREATE TABLE IF NOT EXISTS clustoversioning (
	version SERIAL NOT NULL,
	timestamp TIMESTAMP WITHOUT TIME ZONE,
	"user" VARCHAR(64),
	description TEXT,
	PRIMARY KEY (version)
);
CREATE INDEX IF NOT EXISTS ix_clustoversioning_timestamp ON clustoversioning (timestamp);
CREATE TABLE IF NOT EXISTS entities (
	entity_id SERIAL NOT NULL,
	name VARCHAR(128) NOT NULL,
	type VARCHAR(32) NOT NULL,
	driver VARCHAR(32) NOT NULL,
	version INTEGER NOT NULL,
	deleted_at_version INTEGER,
	PRIMARY KEY (entity_id)
);
CREATE INDEX IF NOT EXISTS idx_entity_name_version ON entities (name, version, deleted_at_version);
CREATE TABLE IF NOT EXISTS entity_attrs (
	attr_id SERIAL NOT NULL,
	entity_id INTEGER NOT NULL,
	key VARCHAR(256),
	subkey VARCHAR(256),
	number INTEGER,
	datatype VARCHAR(32) NOT NULL,
	int_value INTEGER,
	string_value TEXT,
	datetime_value TIMESTAMP WITHOUT TIME ZONE,
	relation_id INTEGER,
	version INTEGER NOT NULL,
	deleted_at_version INTEGER,
	PRIMARY KEY (attr_id),
	FOREIGN KEY(entity_id) REFERENCES entities (entity_id),
	FOREIGN KEY(relation_id) REFERENCES entities (entity_id)
);
CREATE INDEX IF NOT EXISTS idx_attrs_subkey ON entity_attrs (subkey);
CREATE INDEX IF NOT EXISTS idx_attrs_entity_version ON entity_attrs (entity_id, version, deleted_at_version);
CREATE INDEX IF NOT EXISTS idx_attrs_key ON entity_attrs (key);
CREATE INDEX IF NOT EXISTS idx_attrs_str_value ON entity_attrs ((substring(string_value, 0, 20)));
CREATE TABLE IF NOT EXISTS counters (
	counter_id SERIAL NOT NULL,
	entity_id INTEGER NOT NULL,
	attr_key VARCHAR(256),
	value INTEGER,
	PRIMARY KEY (counter_id),
	FOREIGN KEY(entity_id) REFERENCES entities (entity_id)
);
CREATE INDEX IF NOT EXISTS idx_counter_entity_attr ON counters (entity_id, attr_key);
