-- +goose Up
-- Which dead entity a new one succeeds: an entity that was undeleted.
CREATE TABLE IF NOT EXISTS clusto_revival (
	entity_id INTEGER NOT NULL,
	was_id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (entity_id),
	KEY clusto_revival_was (was_id)
) ENGINE=InnoDB;
-- How many old values of a key of an entity a version took out of the history.
CREATE TABLE IF NOT EXISTS clusto_redaction (
	id BIGINT NOT NULL AUTO_INCREMENT,
	version INTEGER NOT NULL,
	entity_id INTEGER NOT NULL,
	attr_key VARCHAR(256) NOT NULL,
	redacted BIGINT NOT NULL,
	PRIMARY KEY (id),
	KEY clusto_redaction_version (version),
	KEY clusto_redaction_entity (entity_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
-- What was answered to the request with an idempotency key. Keys are compared
-- byte by byte, whatever the collation of the other tables.
CREATE TABLE IF NOT EXISTS clusto_receipt (
	receipt_key VARBINARY(255) NOT NULL,
	body LONGTEXT CHARACTER SET utf8mb4 NOT NULL,
	made DATETIME NOT NULL,
	PRIMARY KEY (receipt_key),
	KEY clusto_receipt_made (made)
) ENGINE=InnoDB;
-- Entities are looked for by names that they had once.
CREATE INDEX clusto_entity_log_name ON clusto_entity_log (name);
