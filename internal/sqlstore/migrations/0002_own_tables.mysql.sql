-- +goose Up
-- Row 1: every change begins by updating it. The others belong to writers.
CREATE TABLE IF NOT EXISTS clusto_meta (
	id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	PRIMARY KEY (id)
) ENGINE=InnoDB;
-- What an entity was before the version that renamed it or changed its driver.
CREATE TABLE IF NOT EXISTS clusto_entity_log (
	entity_id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	name VARCHAR(128) NOT NULL,
	type VARCHAR(32) NOT NULL,
	driver VARCHAR(32) NOT NULL,
	PRIMARY KEY (entity_id, version),
	KEY clusto_entity_log_version (version)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
-- Hints about free addresses of resource managers, as 16 bytes each.
CREATE TABLE IF NOT EXISTS clusto_free_range (
	id BIGINT NOT NULL AUTO_INCREMENT,
	manager_id INTEGER NOT NULL,
	first VARBINARY(16) NOT NULL,
	last VARBINARY(16) NOT NULL,
	PRIMARY KEY (id),
	KEY clusto_free_range_manager (manager_id, id)
) ENGINE=InnoDB;
