-- +goose Up
-- Which dead entity a new one succeeds: an entity that was undeleted.
CREATE TABLE IF NOT EXISTS clusto_revival (
	entity_id INTEGER NOT NULL,
	was_id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (entity_id)
);
CREATE INDEX IF NOT EXISTS clusto_revival_was ON clusto_revival (was_id);
-- How many old values of a key of an entity a version took out of the history.
CREATE TABLE IF NOT EXISTS clusto_redaction (
	id SERIAL NOT NULL,
	version INTEGER NOT NULL,
	entity_id INTEGER NOT NULL,
	attr_key VARCHAR(256) NOT NULL,
	redacted INTEGER NOT NULL,
	PRIMARY KEY (id)
);
CREATE INDEX IF NOT EXISTS clusto_redaction_version ON clusto_redaction (version);
CREATE INDEX IF NOT EXISTS clusto_redaction_entity ON clusto_redaction (entity_id);
-- What was answered to the request with an idempotency key.
CREATE TABLE IF NOT EXISTS clusto_receipt (
	receipt_key VARCHAR(255) NOT NULL,
	body TEXT NOT NULL,
	made TIMESTAMP WITHOUT TIME ZONE NOT NULL,
	PRIMARY KEY (receipt_key)
);
CREATE INDEX IF NOT EXISTS clusto_receipt_made ON clusto_receipt (made);
-- Entities are looked for by names that they had once.
CREATE INDEX IF NOT EXISTS clusto_entity_log_name ON clusto_entity_log (name);
