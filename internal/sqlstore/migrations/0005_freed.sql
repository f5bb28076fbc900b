-- +goose Up
-- Notes of what was given back to resource managers and when, in seconds since
-- 1970: one for each address, as 16 bytes.
CREATE TABLE IF NOT EXISTS clusto_freed (
	manager_id INTEGER NOT NULL,
	place BLOB NOT NULL,
	freed_at BIGINT NOT NULL,
	PRIMARY KEY (manager_id, place)
);
CREATE INDEX IF NOT EXISTS clusto_freed_at ON clusto_freed (manager_id, freed_at, place);
-- The version up to which these and the hints of a manager were brought.
CREATE TABLE IF NOT EXISTS clusto_freed_up_to (
	manager_id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (manager_id)
);
CREATE INDEX IF NOT EXISTS clusto_free_range_first ON clusto_free_range (manager_id, first);
