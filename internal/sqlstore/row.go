package sqlstore

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"time"

	"github.com/clusto/clusto"
)

// row is one row of an answer, as the driver gave it.
type row []driver.Value

func (r row) null(i int) bool { return r[i] == nil }

// int returns column i, or 0 if it is NULL or no number.
func (r row) int(i int) int64 {
	switch v := r[i].(type) {
	case int64:
		return v
	case []byte:
		n, _ := strconv.ParseInt(string(v), 10, 64)
		return n
	case string:
		n, _ := strconv.ParseInt(v, 10, 64)
		return n
	case float64:
		return int64(v)
	}
	return 0
}

// text returns column i, or "" if it is NULL.
func (r row) text(i int) string {
	switch v := r[i].(type) {
	case string:
		return v
	case []byte:
		return string(v)
	case nil:
		return ""
	}
	return fmt.Sprint(r[i])
}

// The forms of times in classic clusto's SQLite databases: SQLAlchemy writes
// datetimes with six digits of fraction, and the database itself stamps
// versions in whole seconds, both in UTC and without zone.
const (
	storedTime  = "2006-01-02 15:04:05.000000"
	storedStamp = "2006-01-02 15:04:05"
)

// parseTime reads either form.
func parseTime(text string) (time.Time, error) {
	return time.ParseInLocation(storedStamp, text, time.UTC) // accepts a fraction too
}

// entityColumns are the columns that entity reads, of entities as e.
const entityColumns = `e.entity_id, e.name, e.type, e.driver, e.version`

// entity returns the entity whose columns begin at column i.
func (r row) entity(i int) clusto.Entity {
	return clusto.Entity{
		ID:      clusto.EntityID(r.int(i)),
		Name:    r.text(i + 1),
		Type:    r.text(i + 2),
		Driver:  r.text(i + 3),
		Version: clusto.Version(r.int(i + 4)),
	}
}

// attrColumns returns the columns that attr reads, of entity_attrs as a. A row
// has at most one value column that is not NULL, so two are read as one.
func attrColumns(d Dialect) string {
	return `a.attr_id, a.entity_id, a."key", a.number, a.subkey, a.datatype, ` +
		`coalesce(a.int_value, a.relation_id), coalesce(a.string_value, ` + d.TimeText("a.datetime_value") + `), a.version`
}

// attr returns the attribute in r.
func (r row) attr() (clusto.Attr, error) {
	a := clusto.Attr{
		ID:      clusto.AttrID(r.int(0)),
		Entity:  clusto.EntityID(r.int(1)),
		Key:     r.text(2),
		Version: clusto.Version(r.int(8)),
	}
	if !r.null(3) {
		a.Number = clusto.Num(r.int(3))
	}
	if !r.null(4) {
		a.Subkey = clusto.Sub(r.text(4))
	}
	var err error
	a.Value, err = r.value()
	if err != nil {
		return a, fmt.Errorf("attribute %d (%s of entity %d): %w", a.ID, a.Name(), a.Entity, err)
	}
	return a, nil
}

// value returns the value of the attribute in r. A row whose value column is
// NULL has no value, whatever its datatype.
func (r row) value() (clusto.Value, error) {
	const kind, number, text = 5, 6, 7
	if r.null(number) && r.null(text) {
		return clusto.Value{}, nil
	}
	switch clusto.Kind(r.text(kind)) {
	case clusto.KindInt:
		return clusto.Int(r.int(number)), nil
	case clusto.KindRelation:
		return clusto.RelationTo(clusto.EntityID(r.int(number))), nil
	case clusto.KindString:
		return clusto.String(r.text(text)), nil
	case clusto.KindJSON:
		return clusto.StoredJSON(r.text(text)), nil
	case clusto.KindTime:
		t, err := parseTime(r.text(text))
		return clusto.Time(t), err
	}
	return clusto.Value{}, clusto.Errorf(clusto.ErrInvalid, "unknown datatype %q", r.text(kind))
}
