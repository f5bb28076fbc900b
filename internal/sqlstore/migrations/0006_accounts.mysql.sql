-- +goose Up
-- Who may sign in. Times of accounts are in seconds since 1970; 0 means never.
CREATE TABLE IF NOT EXISTS clusto_user (
	name VARCHAR(64) NOT NULL,
	full_name TEXT NOT NULL,
	email TEXT NOT NULL,
	password TEXT NOT NULL,
	disabled INTEGER NOT NULL,
	created BIGINT NOT NULL,
	PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
-- By which names others know users. The hash is that of the issuer and the name.
CREATE TABLE IF NOT EXISTS clusto_identity (
	id_hash VARCHAR(64) NOT NULL,
	user_name VARCHAR(64) NOT NULL,
	issuer TEXT NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (id_hash),
	KEY clusto_identity_user (user_name)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
CREATE TABLE IF NOT EXISTS clusto_group (
	name VARCHAR(64) NOT NULL,
	description TEXT NOT NULL,
	created BIGINT NOT NULL,
	PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
CREATE TABLE IF NOT EXISTS clusto_member (
	group_name VARCHAR(64) NOT NULL,
	user_name VARCHAR(64) NOT NULL,
	PRIMARY KEY (group_name, user_name),
	KEY clusto_member_user (user_name)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
-- Of a token there is its SHA-256. What narrows it is a line for each grant, and
-- NULL if nothing does.
CREATE TABLE IF NOT EXISTS clusto_token (
	token_hash VARCHAR(64) NOT NULL,
	user_name VARCHAR(64) NOT NULL,
	name VARCHAR(128) NOT NULL,
	created BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	revoked BIGINT NOT NULL,
	last_used BIGINT NOT NULL,
	narrowed TEXT,
	PRIMARY KEY (token_hash),
	KEY clusto_token_user (user_name)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
-- Either the user or the group is empty.
CREATE TABLE IF NOT EXISTS clusto_grant (
	id INTEGER NOT NULL,
	user_name VARCHAR(64) NOT NULL,
	group_name VARCHAR(64) NOT NULL,
	line TEXT NOT NULL,
	created BIGINT NOT NULL,
	created_by VARCHAR(64) NOT NULL,
	PRIMARY KEY (id),
	KEY clusto_grant_group (group_name),
	KEY clusto_grant_user (user_name)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
CREATE TABLE IF NOT EXISTS clusto_session (
	session_hash VARCHAR(64) NOT NULL,
	user_name VARCHAR(64) NOT NULL,
	csrf VARCHAR(128) NOT NULL,
	origin VARCHAR(64) NOT NULL,
	created BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	PRIMARY KEY (session_hash),
	KEY clusto_session_expires (expires),
	KEY clusto_session_user (user_name)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
-- The address from which a version was made.
CREATE TABLE IF NOT EXISTS clusto_origin (
	version INTEGER NOT NULL,
	origin VARCHAR(64) NOT NULL,
	PRIMARY KEY (version)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
