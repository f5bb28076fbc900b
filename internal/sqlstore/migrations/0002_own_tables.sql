-- +goose Up
-- One row: every change begins by updating it.
CREATE TABLE IF NOT EXISTS clusto_meta (
	id INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	PRIMARY KEY (id)
);
-- What an entity was before the version that renamed it or changed its driver.
CREATE TABLE IF NOT EXISTS clusto_entity_log (
	entity_id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	name VARCHAR(128) NOT NULL,
	type VARCHAR(32) NOT NULL,
	driver VARCHAR(32) NOT NULL,
	PRIMARY KEY (entity_id, version)
);
CREATE INDEX IF NOT EXISTS clusto_entity_log_version ON clusto_entity_log (version);
-- Hints about free addresses of resource managers, as 16 bytes each.
CREATE TABLE IF NOT EXISTS clusto_free_range (
	id INTEGER NOT NULL,
	manager_id INTEGER NOT NULL,
	first BLOB NOT NULL,
	last BLOB NOT NULL,
	PRIMARY KEY (id)
);
CREATE INDEX IF NOT EXISTS clusto_free_range_manager ON clusto_free_range (manager_id, id);
