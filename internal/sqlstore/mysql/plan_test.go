package mysql_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/mysql"
	"github.com/clusto/clusto/internal/storetest"
	"github.com/clusto/clusto/internal/testenv"
)

// fleet is an inventory of some size, made by the server itself: a datacenter
// with racks of 40, two pools that hold every server, and servers with what the
// drivers write for one.
const fleet = `SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT';
INSERT INTO entities (entity_id, name, type, driver, version)
	SELECT 10, 'dc', 'datacenter', 'basicdatacenter', 3 UNION ALL SELECT 11, 'pool', 'pool', 'pool', 3 UNION ALL SELECT 12, 'other', 'pool', 'pool', 3
	UNION ALL SELECT seq, 'few' || seq, 'server', 'basicserver', 3 FROM seq_7_to_9
	UNION ALL SELECT 101 + seq, 'rack' || seq, 'rack', 'basicrack', 3 FROM seq_0_to_100
	UNION ALL SELECT 10000 + seq, 's' || seq, 'server', 'basicserver', 3 FROM seq_0_to_3999;
INSERT INTO clustoversioning (timestamp) SELECT now() FROM seq_1_to_4000;
INSERT INTO counters (entity_id, attr_key, value) SELECT 10000 + seq, 'x', 1 FROM seq_0_to_3999;
INSERT INTO clusto_free_range (manager_id, first, last) SELECT 10000 + seq, 'x', 'y' FROM seq_0_to_3999;
INSERT INTO clusto_entity_log (entity_id, version, name, type, driver) SELECT 10000 + seq, seq, 'was' || seq, 'y', 'z' FROM seq_1_to_3999;
INSERT INTO clusto_freed (manager_id, place, freed_at) SELECT 10000 + seq, 'x', 1 FROM seq_0_to_3999;
INSERT INTO clusto_freed_up_to (manager_id, version) SELECT 10000 + seq, 3 FROM seq_0_to_3999;
INSERT INTO entity_attrs (entity_id, "key", number, datatype, relation_id, version) SELECT 10, '_contains', seq, 'relation', 101 + seq, 3 FROM seq_0_to_100;
INSERT INTO entity_attrs (entity_id, "key", number, datatype, relation_id, version) SELECT 101 + seq DIV 40, '_contains', seq, 'relation', 10000 + seq, 3 FROM seq_0_to_3999;
INSERT INTO entity_attrs (entity_id, "key", number, datatype, relation_id, version) SELECT 11, '_contains', seq, 'relation', 10000 + seq, 3 FROM seq_0_to_3999;
INSERT INTO entity_attrs (entity_id, "key", number, datatype, relation_id, version) SELECT 12, '_contains', seq, 'relation', 10000 + seq, 3 FROM seq_0_to_3999;
INSERT INTO entity_attrs (entity_id, "key", number, datatype, int_value, version) SELECT 10000 + seq, 'ip', seq, 'int', seq * 7, 3 FROM seq_0_to_3999;
INSERT INTO entity_attrs (entity_id, "key", number, subkey, datatype, string_value, version) SELECT 10000 + seq, 'ip', seq, 'ipstring', 'string', '10.0.' || seq DIV 256 || '.' || seq % 256, 3 FROM seq_0_to_3999;
INSERT INTO entity_attrs (entity_id, "key", number, subkey, datatype, string_value, version) SELECT 10000 + seq, 'port-nic-eth', 1, 'mac', 'string', '02:00:00:00:' || lpad(seq DIV 256, 2, '0') || ':' || lpad(hex(seq % 256), 2, '0'), 3 FROM seq_0_to_3999;
INSERT INTO entity_attrs (entity_id, "key", subkey, datatype, string_value, version) SELECT 10000 + s.seq, 'system', 'fact' || f.seq, 'string', 'value ' || s.seq || f.seq, 3 FROM seq_0_to_3999 s, seq_0_to_9 f;
ANALYZE TABLE clustoversioning, entities, entity_attrs, counters, clusto_entity_log, clusto_freed, clusto_freed_up_to;`

// emptied leaves the first entity of classic clusto alone.
const emptied = `DELETE FROM counters; DELETE FROM entity_attrs; DELETE FROM entities WHERE entity_id > 1; DELETE FROM clustoversioning WHERE version > 3;`

// TestPlans looks at the plan of every statement that must be fast in a
// database of some size, one of ours and one of classic clusto: none may scan a
// table that grows.
func TestPlans(t *testing.T) {
	racetest.OneAtATime(t)
	server := testenv.MariaDB(t)
	classic := server.NewDatabase(t)
	for name, dsn := range map[string]string{"ours": server.NewDatabase(t), "classic": classic} {
		t.Run(name, func(t *testing.T) {
			if dsn == classic {
				server.ExecIn(t, dsn, classictest.MySQL(t, classicOptions["utf8"])+emptied)
			}
			var ran []string
			s := create(t, dsn, mysql.Options{Options: sqlstore.Options{OnStatement: func(sql string) { ran = append(ran, sql) }}})
			server.ExecIn(t, dsn, fleet)
			ran = nil
			askHot(t, s)
			slices.Sort(ran)
			planned := 0
			for _, text := range slices.Compact(ran) {
				verb, _, _ := strings.Cut(text, " ")
				if !slices.Contains([]string{"SELECT", "WITH", "UPDATE", "DELETE"}, verb) || strings.Contains(text, "information_schema") {
					continue
				}
				planned++
				for step := range strings.Lines(server.ExecIn(t, dsn, explain(text))) {
					// Of two lists the server cannot tell how long they are.
					if scan.MatchString(step) && !strings.Contains(text, "AND +a.") {
						t.Errorf("%sis a step of\n%s", step, text)
					}
				}
			}
			if planned < 90 {
				t.Errorf("looked at %d plans only", planned)
			}
		})
	}
}

func askHot(t *testing.T, s *sqlstore.Store) {
	t.Helper()
	for _, at := range []clusto.Version{clusto.Live, 3} {
		if err := s.View(t.Context(), at, func(r clusto.Reader) error { storetest.AskHot(t, r); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		storetest.AskHot(t, tx)
		return storetest.ChangeHot(t, tx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// explain returns a statement for the plan of another, with values for its
// arguments.
func explain(text string) string {
	text = strings.ReplaceAll(text, `JSON_TABLE(?, '$[*]' COLUMNS (n`, `JSON_TABLE('[10007,10008]', '$[*]' COLUMNS (n`)
	text = strings.ReplaceAll(text, `JSON_TABLE(?, '$[*]' COLUMNS (t`, `JSON_TABLE('["s7","s8"]', '$[*]' COLUMNS (t`)
	text = strings.ReplaceAll(text, `LIMIT ?`, `LIMIT 2`)
	return fmt.Sprintf(`SET NAMES utf8mb4, sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT'; EXPLAIN %s`, strings.ReplaceAll(text, `?`, `'10007'`))
}

// scan matches a step that takes longer the more there is. (The columns are
// number, kind, table, type, …; clusto_meta stays small.)
var scan = regexp.MustCompile(`^\S+\t[^\t]*\t(e|a|n|r|entities|entity_attrs|counters|clustoversioning|clusto_free_range|clusto_freed|clusto_freed_up_to)\t(ALL|index)\t`)
