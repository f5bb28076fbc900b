-- The tables of classic clusto. A database of classic clusto has them already;
-- there numbers and times get as wide as ours are, which classic clusto does not
-- notice, and the collation stays. In new ones texts are compared byte by byte.
-- +goose Up
CREATE TABLE IF NOT EXISTS clustoversioning (
	version INTEGER NOT NULL AUTO_INCREMENT,
	timestamp TIMESTAMP NULL,
	"user" VARCHAR(64),
	description LONGTEXT,
	PRIMARY KEY (version),
	KEY ix_clustoversioning_timestamp (timestamp)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
CREATE TABLE IF NOT EXISTS entities (
	entity_id INTEGER NOT NULL AUTO_INCREMENT,
	name VARCHAR(128) NOT NULL,
	type VARCHAR(32) NOT NULL,
	driver VARCHAR(32) NOT NULL,
	version INTEGER NOT NULL,
	deleted_at_version INTEGER,
	PRIMARY KEY (entity_id),
	KEY idx_entity_name_version (name, version, deleted_at_version)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
CREATE TABLE IF NOT EXISTS entity_attrs (
	attr_id INTEGER NOT NULL AUTO_INCREMENT,
	entity_id INTEGER NOT NULL,
	"key" VARCHAR(256),
	subkey VARCHAR(256),
	number BIGINT,
	datatype VARCHAR(32) NOT NULL,
	int_value BIGINT,
	string_value LONGTEXT,
	datetime_value DATETIME(6),
	relation_id INTEGER,
	version INTEGER NOT NULL,
	deleted_at_version INTEGER,
	PRIMARY KEY (attr_id),
	KEY idx_attrs_subkey (subkey),
	KEY idx_attrs_entity_version (entity_id, version, deleted_at_version),
	KEY idx_attrs_key ("key"),
	KEY idx_attrs_str_value (string_value(20)),
	FOREIGN KEY (entity_id) REFERENCES entities (entity_id),
	FOREIGN KEY (relation_id) REFERENCES entities (entity_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
CREATE TABLE IF NOT EXISTS counters (
	counter_id INTEGER NOT NULL AUTO_INCREMENT,
	entity_id INTEGER NOT NULL,
	attr_key VARCHAR(256),
	value BIGINT,
	PRIMARY KEY (counter_id),
	KEY idx_counter_entity_attr (entity_id, attr_key),
	FOREIGN KEY (entity_id) REFERENCES entities (entity_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
ALTER TABLE entity_attrs MODIFY number BIGINT, MODIFY int_value BIGINT, MODIFY datetime_value DATETIME(6);
ALTER TABLE counters MODIFY value BIGINT;
