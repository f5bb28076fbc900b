-- +goose Up
-- Every change begins by updating row 1. The others tell of commits that were
-- cut off, one for each program that writes.
CREATE TABLE IF NOT EXISTS clusto_meta (
	id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
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
	id SERIAL NOT NULL,
	manager_id INTEGER NOT NULL,
	first BYTEA NOT NULL,
	last BYTEA NOT NULL,
	PRIMARY KEY (id)
);
CREATE INDEX IF NOT EXISTS clusto_free_range_manager ON clusto_free_range (manager_id, id);
