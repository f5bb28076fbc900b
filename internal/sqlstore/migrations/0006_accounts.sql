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
);
-- By which names others know users. The hash is that of the issuer and the name.
CREATE TABLE IF NOT EXISTS clusto_identity (
	id_hash VARCHAR(64) NOT NULL,
	user_name VARCHAR(64) NOT NULL,
	issuer TEXT NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (id_hash)
);
CREATE INDEX IF NOT EXISTS clusto_identity_user ON clusto_identity (user_name);
CREATE TABLE IF NOT EXISTS clusto_group (
	name VARCHAR(64) NOT NULL,
	description TEXT NOT NULL,
	created BIGINT NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE IF NOT EXISTS clusto_member (
	group_name VARCHAR(64) NOT NULL,
	user_name VARCHAR(64) NOT NULL,
	PRIMARY KEY (group_name, user_name)
);
CREATE INDEX IF NOT EXISTS clusto_member_user ON clusto_member (user_name);
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
	PRIMARY KEY (token_hash)
);
CREATE INDEX IF NOT EXISTS clusto_token_user ON clusto_token (user_name);
-- Either the user or the group is empty.
CREATE TABLE IF NOT EXISTS clusto_grant (
	id INTEGER NOT NULL,
	user_name VARCHAR(64) NOT NULL,
	group_name VARCHAR(64) NOT NULL,
	line TEXT NOT NULL,
	created BIGINT NOT NULL,
	created_by VARCHAR(64) NOT NULL,
	PRIMARY KEY (id)
);
CREATE INDEX IF NOT EXISTS clusto_grant_user ON clusto_grant (user_name);
CREATE INDEX IF NOT EXISTS clusto_grant_group ON clusto_grant (group_name);
CREATE TABLE IF NOT EXISTS clusto_session (
	session_hash VARCHAR(64) NOT NULL,
	user_name VARCHAR(64) NOT NULL,
	csrf VARCHAR(128) NOT NULL,
	origin VARCHAR(64) NOT NULL,
	created BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	PRIMARY KEY (session_hash)
);
CREATE INDEX IF NOT EXISTS clusto_session_user ON clusto_session (user_name);
CREATE INDEX IF NOT EXISTS clusto_session_expires ON clusto_session (expires);
-- The address from which a version was made.
CREATE TABLE IF NOT EXISTS clusto_origin (
	version INTEGER NOT NULL,
	origin VARCHAR(64) NOT NULL,
	PRIMARY KEY (version)
);
