package fsck_test

import (
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/fsck"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/resource"
)

// world is a database that tests break.
type world struct {
	*testing.T
	dsn string
}

// newWorld makes a small inventory in which nothing is wrong: a rack with a
// switch, a power strip and three servers, cabled and addressed.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t, dbtest.NewDSN(t)}
	store := dbtest.Create(t, w.dsn, sqlstore.Options{})
	if _, err := store.Update(t.Context(), clusto.Change{}, w.fill); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) fill(tx clusto.Tx) error {
	ctx, inv := w.Context(), clusto.NewInventory(tx, all.Drivers())
	things := map[string]*clusto.Object{}
	for _, row := range []struct {
		name, driver string
		props        map[string]clusto.Value
	}{
		{"dc", "basicdatacenter", nil},
		{"rack", "basicrack", nil},
		{"sw", "basicnetworkswitch", nil},
		{"pdu", "powertowerxm", nil},
		{"web1", "basicserver", nil},
		{"web2", "basicserver", nil},
		{"web3", "basicserver", nil},
		{"net", "ipmanager", map[string]clusto.Value{"baseip": clusto.String("10.0.0.0"), "netmask": clusto.String("255.255.255.0")}},
		{"vlans", "simplenummanager", map[string]clusto.Value{"maxnum": clusto.Int(100)}},
		{"pool", "pool", nil},
		{"other", "pool", nil},
		{"solo", "exclusive_pool", nil},
	} {
		d, ok := inv.Drivers().Driver(row.driver)
		if !ok {
			w.Fatalf("no driver %s", row.driver)
		}
		o, err := inv.Create(ctx, d, row.name, row.props)
		if err != nil {
			return err
		}
		things[row.name] = o
	}
	end := func(name, typ string, n any) port.End {
		e, err := port.Of(things[name], typ, n)
		if err != nil {
			w.Fatal(err)
		}
		return e
	}
	for _, do := range []func() error{
		func() error { return things["dc"].Insert(ctx, things["rack"]) },
		func() error { return things["rack"].Insert(ctx, things["sw"], int64(10)) },
		func() error { return things["rack"].Insert(ctx, things["web1"], int64(1)) },
		func() error { return things["rack"].Insert(ctx, things["web2"], int64(2)) },
		func() error { return things["pool"].Insert(ctx, things["web1"]) },
		func() error { return things["pool"].Insert(ctx, things["web2"]) },
		func() error { return things["other"].Insert(ctx, things["pool"]) },
		func() error { return port.Connect(ctx, end("web1", port.Ethernet, 1), end("sw", port.Ethernet, 1)) },
		func() error { return port.Connect(ctx, end("web2", port.Ethernet, 1), end("sw", port.Ethernet, 2)) },
		func() error { return port.Connect(ctx, end("web1", port.Power, 1), end("pdu", port.Power, "aa1")) },
	} {
		if err := do(); err != nil {
			return err
		}
	}
	for _, row := range []struct{ manager, thing string }{{"net", "web1"}, {"net", "web2"}, {"vlans", "web1"}} {
		m, err := resource.Of(things[row.manager])
		if err != nil {
			return err
		}
		if _, err := m.Allocate(ctx, things[row.thing], resource.Request{}); err != nil {
			return err
		}
	}
	return nil
}

var (
	idOf   = regexp.MustCompile(`<(\w+)>`)
	insert = regexp.MustCompile(`^(\d+) (\S+) (\S+) (\S+) = (\w+) (.*)$`)
)

// damage runs statements on the database, without any rule. In them <name>
// stands for the number of an entity; one such as "<web1> ip 3 manager =
// relation <net>" adds an attribute, where - stands for no number or subkey.
func (w *world) damage(statements ...string) {
	w.Helper()
	db := dbtest.SQL(w, w.dsn)
	for _, s := range statements {
		s = idOf.ReplaceAllStringFunc(s, func(name string) string {
			var id string
			if err := db.QueryRow(`SELECT entity_id FROM entities WHERE name = '` + strings.Trim(name, "<>") + `' ORDER BY 1`).Scan(&id); err != nil {
				w.Fatalf("%s: %v", name, err)
			}
			return id
		})
		if m := insert.FindStringSubmatch(s); m != nil {
			s = attrSQL(m)
		}
		if _, err := db.Exec(w.translated(s)); err != nil {
			w.Fatalf("%s: %v", s, err)
		}
	}
}

var (
	hexBytes  = regexp.MustCompile(`\bx'(\w+)'`)
	dropIndex = regexp.MustCompile(`^DROP INDEX .*`)
)

// translated returns a statement as the kind of database wants it.
func (w *world) translated(s string) string {
	w.Helper()
	switch dbtest.Chosen(w) {
	case dbtest.PostgreSQL:
		return hexBytes.ReplaceAllString(s, `'\x$1'::bytea`)
	case dbtest.MariaDB:
		return dropIndex.ReplaceAllString(s, "$0 ON entities")
	}
	return s
}

func attrSQL(m []string) string {
	column := map[string]string{"int": "int_value", "relation": "relation_id", "datetime": "datetime_value"}[m[5]]
	if column == "" {
		column = "string_value"
	}
	optional := func(s string) string {
		if s == "-" {
			return "NULL"
		}
		return "'" + s + "'"
	}
	return `INSERT INTO entity_attrs (entity_id, "key", number, subkey, datatype, ` + column + `, version) VALUES (` +
		m[1] + `, '` + m[2] + `', ` + strings.Trim(optional(m[3]), "'") + `, ` + optional(m[4]) + `, '` + m[5] + `', '` + m[6] + `', 1)`
}

// rows returns the rows that live, each as a text.
func (w *world) rows() []string {
	w.Helper()
	db := dbtest.SQL(w, w.dsn)
	var all []string
	for kind, query := range map[string]string{
		"entity":  `SELECT entity_id, name, type, driver FROM entities WHERE deleted_at_version IS NULL`,
		"attr":    `SELECT attr_id, entity_id, "key", number, subkey, datatype, int_value, string_value, datetime_value, relation_id FROM entity_attrs WHERE deleted_at_version IS NULL`,
		"counter": `SELECT entity_id, attr_key, value FROM counters`,
	} {
		found, err := db.Query(query)
		if err != nil {
			w.Fatal(err)
		}
		for found.Next() {
			all = append(all, kind+w.row(found))
		}
		if err := errors.Join(found.Err(), found.Close()); err != nil {
			w.Fatal(err)
		}
	}
	slices.Sort(all)
	return all
}

// row returns the columns of a row as a text.
func (w *world) row(found *sql.Rows) string {
	w.Helper()
	columns, err := found.Columns()
	if err != nil {
		w.Fatal(err)
	}
	values := make([]sql.NullString, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	if err := found.Scan(into...); err != nil {
		w.Fatal(err)
	}
	text := ""
	for i, v := range values {
		if v.Valid {
			text += fmt.Sprintf(" %s=%q", columns[i], v.String)
		}
	}
	return text
}

// open calls fn with the database.
func (w *world) open(fn func(clusto.Store) error) {
	w.Helper()
	store := dbtest.Open(w, w.dsn, sqlstore.Options{})
	if err := fn(store); err != nil {
		w.Error(err)
	}
	if err := store.Close(); err != nil {
		w.Error(err)
	}
}

// counted is open with the number of statements that fn needed.
func (w *world) counted(n *int, fn func(clusto.Store) error) {
	w.Helper()
	store := dbtest.Open(w, w.dsn, sqlstore.Options{OnStatement: func(string) { *n++ }})
	*n = 0
	if err := errors.Join(fn(store), store.Close()); err != nil {
		w.Fatal(err)
	}
}

func (w *world) check(only ...string) (report fsck.Report) {
	w.Helper()
	w.open(func(store clusto.Store) error {
		return store.View(w.Context(), clusto.Live, func(r clusto.Reader) (err error) {
			report, err = fsck.Check(w.Context(), r, fsck.Options{Drivers: all.Drivers(), Only: only})
			return err
		})
	})
	return report
}

func (w *world) repair(only ...string) (report fsck.Report, version clusto.Version) {
	w.Helper()
	w.open(func(store clusto.Store) (err error) {
		version, err = store.Update(w.Context(), clusto.Change{}, func(tx clusto.Tx) error {
			report, err = fsck.Repair(w.Context(), tx, fsck.Options{Drivers: all.Drivers(), Only: only})
			return err
		})
		return err
	})
	return report, version
}

// lines returns findings as the tests write them.
func lines(findings []fsck.Finding) []string {
	all := []string{}
	for _, f := range findings {
		what := "person"
		if f.Repairable {
			what = f.Remedy
		}
		all = append(all, string(f.Severity)+" "+f.Check+": "+f.Problem+" => "+what)
	}
	return all
}
