-- +goose Up
-- Questions that somebody asks often, and how the answers are shown. The owner of
-- those that all share is ''.
CREATE TABLE IF NOT EXISTS clusto_views (
	owner VARCHAR(64) NOT NULL,
	view_name VARCHAR(128) NOT NULL,
	query_text MEDIUMTEXT NOT NULL,
	shown_columns MEDIUMTEXT NOT NULL,
	sorted_by MEDIUMTEXT NOT NULL,
	merge_attrs INTEGER NOT NULL,
	changed BIGINT NOT NULL,
	changed_by VARCHAR(64) NOT NULL,
	PRIMARY KEY (owner, view_name)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
