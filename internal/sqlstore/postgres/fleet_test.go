package postgres_test

import (
	"fmt"
	"testing"

	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/testenv"
)

// fleet is an inventory as large as one likes, made by the server itself: a
// datacenter with racks of 40, two pools that hold every server, and servers
// with what the drivers write for one.
const fleet = `
WITH made AS (
	INSERT INTO entities (entity_id, name, type, driver, version)
	SELECT 10, 'dc', 'datacenter', 'basicdatacenter', 3 UNION ALL SELECT 11, 'pool', 'pool', 'pool', 3 UNION ALL SELECT 12, 'other', 'pool', 'pool', 3
	UNION ALL SELECT n, 'few' || n, 'server', 'basicserver', 3 FROM generate_series(7, 9) n
	UNION ALL SELECT 100 + r, 'rack' || r, 'rack', 'basicrack', 3 FROM generate_series(0, %[1]d / 40) r
	UNION ALL SELECT 10000 + s, 's' || s, 'server', 'basicserver', 3 + s FROM generate_series(0, %[1]d - 1) s
)
INSERT INTO clustoversioning (version, timestamp) SELECT nextval('clustoversioning_version_seq'), now() FROM generate_series(1, %[1]d + 1);
INSERT INTO counters (entity_id, attr_key, value) SELECT 10000 + s, 'x', 1 FROM generate_series(0, %[1]d - 1) s;
INSERT INTO clusto_free_range (manager_id, first, last) SELECT 10000 + s, 'x', 'y' FROM generate_series(0, %[1]d - 1) s;
INSERT INTO clusto_freed (manager_id, place, freed_at) SELECT 10000 + s, 'x', 1 FROM generate_series(0, %[1]d - 1) s;
INSERT INTO clusto_freed_up_to (manager_id, version) SELECT 10000 + s, 3 FROM generate_series(0, %[1]d - 1) s;
INSERT INTO clusto_entity_log (entity_id, version, name, type, driver) SELECT 10000 + s, s, 'was' || s, 'y', 'z' FROM generate_series(1, %[1]d - 1) s;
INSERT INTO entity_attrs (entity_id, key, number, subkey, datatype, int_value, string_value, relation_id, version)
SELECT 10, '_contains', r, NULL, 'relation', NULL::bigint, NULL, 100 + r, 3 FROM generate_series(0, %[1]d / 40) r;
INSERT INTO entity_attrs (entity_id, key, number, subkey, datatype, int_value, string_value, relation_id, version)
SELECT a.* FROM generate_series(0, %[1]d - 1) s, LATERAL (VALUES
	(100 + s / 40, '_contains', s %% 40 + 1, 'ru', 'relation', NULL::bigint, NULL, 10000 + s, 3 + s),
	(11, '_contains', s, NULL, 'relation', NULL, NULL, 10000 + s, 3 + s),
	(12, '_contains', s, NULL, 'relation', NULL, NULL, 10000 + s, 3 + s),
	(10000 + s, 'ip', s, NULL, 'int', s - 2147483648, NULL, NULL, 3 + s),
	(10000 + s, 'ip', s, 'manager', 'relation', NULL, NULL, 12, 3 + s),
	(10000 + s, 'ip', s, 'ipstring', 'string', NULL, '10.0.' || s / 256 || '.' || s %% 256, NULL, 3 + s),
	(10000 + s, 'ip', s, 'osportname', 'string', NULL, 'eth0', NULL, 3 + s),
	(10000 + s, 'port-nic-eth', 1, 'osportname', 'string', NULL, 'eth0', NULL, 3 + s),
	(10000 + s, 'port-nic-eth', 1, 'mac', 'string', NULL, '02:00:00:00:' || s / 256 || ':' || s %% 256, NULL, 3 + s),
	(10000 + s, '_hidden', 1, 'x', 'string', NULL, 'y', NULL, 3 + s)
) a
UNION ALL SELECT 10000 + s, 'system', NULL, 'fact' || f, 'string', NULL, 'value ' || s * 10 + f, NULL, 3 + s
FROM generate_series(0, %[1]d - 1) s, generate_series(0, 9) f;
`

// createFleet makes a database with servers. It has statistics as a server
// gathers them by itself.
func createFleet(t testing.TB, servers int, o postgres.Options) (*sqlstore.Store, string) {
	t.Helper()
	s, dsn := createAt(t, o)
	testenv.PostgreSQL(t).ExecIn(t, dsn, fmt.Sprintf(fleet, servers)+`
		SELECT setval('entities_entity_id_seq', (SELECT max(entity_id) FROM entities));
		VACUUM ANALYZE;`)
	return s, dsn
}
