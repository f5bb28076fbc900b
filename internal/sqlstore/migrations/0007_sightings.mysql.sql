-- +goose Up
-- When a DHCP client asked last. Times are in seconds since 1970; 0 means none. Of
-- a client that is nothing in the inventory entity_id is 0.
CREATE TABLE IF NOT EXISTS clusto_sighting (
	client VARCHAR(520) NOT NULL,
	family INTEGER NOT NULL,
	entity_id INTEGER NOT NULL,
	seen_at BIGINT NOT NULL,
	message TEXT NOT NULL,
	outcome TEXT NOT NULL,
	addr VARCHAR(64) NOT NULL,
	lease_until BIGINT NOT NULL,
	client_id TEXT NOT NULL,
	vendor TEXT NOT NULL,
	hostname TEXT NOT NULL,
	relay VARCHAR(64) NOT NULL,
	circuit TEXT NOT NULL,
	remote TEXT NOT NULL,
	via TEXT NOT NULL,
	PRIMARY KEY (client, family),
	KEY clusto_sighting_entity (entity_id, seen_at),
	KEY clusto_sighting_seen (seen_at)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
