package classictest

import (
	"database/sql"
	"strings"
	"testing"
)

// mysqlTables are the tables as classic's SQLAlchemy makes them in MySQL. Old
// servers cut the indexes of long texts, as here, by themselves.
const mysqlTables = `CREATE TABLE clustoversioning (
	version INTEGER NOT NULL AUTO_INCREMENT,
	timestamp TIMESTAMP NULL,
	user VARCHAR(64),
	description TEXT,
	PRIMARY KEY (version)
)OPTIONS;
CREATE INDEX ix_clustoversioning_timestamp ON clustoversioning (timestamp);
CREATE TABLE entities (
	entity_id INTEGER NOT NULL AUTO_INCREMENT,
	name VARCHAR(128) NOT NULL,
	type VARCHAR(32) NOT NULL,
	driver VARCHAR(32) NOT NULL,
	version INTEGER NOT NULL,
	deleted_at_version INTEGER,
	PRIMARY KEY (entity_id)
)OPTIONS;
CREATE INDEX idx_entity_name_version ON entities (name, version, deleted_at_version);
CREATE TABLE entity_attrs (
	attr_id INTEGER NOT NULL AUTO_INCREMENT,
	entity_id INTEGER NOT NULL,
	` + "`key`" + ` VARCHAR(256),
	subkey VARCHAR(256),
	number INTEGER,
	datatype VARCHAR(32) NOT NULL,
	int_value INTEGER,
	string_value TEXT,
	datetime_value DATETIME,
	relation_id INTEGER,
	version INTEGER NOT NULL,
	deleted_at_version INTEGER,
	PRIMARY KEY (attr_id),
	FOREIGN KEY(entity_id) REFERENCES entities (entity_id),
	FOREIGN KEY(relation_id) REFERENCES entities (entity_id)
)OPTIONS;
CREATE INDEX idx_attrs_subkey ON entity_attrs (subkey(190));
CREATE INDEX idx_attrs_entity_version ON entity_attrs (entity_id, version, deleted_at_version);
CREATE INDEX idx_attrs_key ON entity_attrs (` + "`key`" + `(190));
CREATE INDEX idx_attrs_str_value ON entity_attrs (string_value(20));
CREATE TABLE counters (
	counter_id INTEGER NOT NULL AUTO_INCREMENT,
	entity_id INTEGER NOT NULL,
	attr_key VARCHAR(256),
	value INTEGER,
	PRIMARY KEY (counter_id),
	FOREIGN KEY(entity_id) REFERENCES entities (entity_id)
)OPTIONS;
CREATE INDEX idx_counter_entity_attr ON counters (entity_id, attr_key(190));
`

// MySQL returns the statements that make classic's database in MySQL or
// MariaDB, with options for each table such as "CHARSET=latin1". As with
// [PostgreSQL], [Narrow] stands for [Wide].
func MySQL(tb testing.TB, options string) string {
	tb.Helper()
	db, err := sql.Open("sqlite", File(tb))
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	script := strings.ReplaceAll(mysqlTables, "OPTIONS", "ENGINE=InnoDB "+options) +
		"SET time_zone = '+00:00', sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES';\n"
	for _, table := range []string{"clustoversioning", "entities", "entity_attrs", "counters"} {
		inserts, err := inserts(tb.Context(), db, table)
		if err != nil {
			tb.Fatal(err)
		}
		script += inserts
	}
	return strings.ReplaceAll(script, "'"+Wide+"'", Narrow)
}
