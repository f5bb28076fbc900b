package sqlstore

import (
	"cmp"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// CopyLoss is what a copy lost in one column, because the destination cannot
// hold it.
type CopyLoss struct {
	Table, Column string
	What          string // such as "fractions of a second"
	Rows          int64
	First         []int64 // the keys of the first of these rows
}

// mostRows is how many rows of a loss are named.
const mostRows = 10

func (l CopyLoss) String() string {
	keys := strings.Trim(fmt.Sprint(l.First), "[]")
	more := ""
	if l.Rows > int64(len(l.First)) {
		more = ", …"
	}
	return fmt.Sprintf("%s in %s.%s (%d: row %s%s)", l.What, l.Table, l.Column, l.Rows, strings.ReplaceAll(keys, " ", ", "), more)
}

// fit makes the values of a row such that the destination can hold them, and
// notes what is lost. It returns false for a row that must be left out.
func (t *transfer) fit(table *transferred, values []driver.Value) (keep bool) {
	keep = true
	for i, l := range table.limits {
		column, value := table.columns[i], values[i]
		if value == nil {
			continue
		}
		fitting, lost := l.fit(column.kind, value)
		if id, ok := value.(int64); ok && column.kind == asEntity && l.existing && !t.entities.has(id) {
			fitting, lost = nil, "references to entities that do not exist"
			keep = keep && column.name == "relation_id" // no row of a table belongs to nobody
		}
		if lost == "" {
			continue
		}
		values[i] = fitting
		t.lose(table, column, lost, values)
	}
	return keep
}

// lose notes that something of a row is lost, which is refused unless it is
// no more than a fraction of a second or was allowed.
func (t *transfer) lose(table *transferred, column copiedColumn, what string, values []driver.Value) {
	if what != lossFraction && !t.options.Lossy {
		t.refused++
	}
	lost := &t.report.Lost
	i := slices.IndexFunc(*lost, func(l CopyLoss) bool {
		return l.Table == table.name && l.Column == column.plain() && l.What == what
	})
	if i < 0 {
		i = len(*lost)
		*lost = append(*lost, CopyLoss{Table: table.name, Column: column.plain(), What: what})
	}
	l := &(*lost)[i]
	l.Rows++
	if key, ok := values[0].(int64); ok && len(l.First) < mostRows {
		l.First = append(l.First, key)
	}
}

// refusal says what does not fit into the destination.
func (t *transfer) refusal() error {
	var all []string
	for _, l := range t.report.Lost {
		if l.What != lossFraction {
			all = append(all, l.String())
		}
	}
	return clusto.WithHint(
		clusto.Errorf(clusto.ErrInvalid, "%s cannot hold %s", t.report.To, strings.Join(all, "; ")),
		"change these rows, or let them be cut or left out with --lossy, which lists them too")
}

// entityNumbers are the numbers of the entities that were copied, in ascending order.
type entityNumbers []int64

// note notes the entity in a row of the table entities.
func (n *entityNumbers) note(table string, values []driver.Value) {
	if id, ok := values[0].(int64); ok && table == "entities" {
		*n = append(*n, id)
	}
}

func (n entityNumbers) has(id int64) bool {
	_, found := slices.BinarySearchFunc(n, id, func(a, b int64) int { return cmp.Compare(a, b) })
	return found
}
