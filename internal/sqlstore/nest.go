package sqlstore

import (
	"context"
	"errors"
	"maps"
	"strconv"

	"github.com/clusto/clusto"
)

// nest is a transaction inside a transaction. It becomes a savepoint of the
// database with its first write; one that only reads costs nothing.
type nest struct {
	savepoint string // "" while there is none
	effect    effect
	why       string
	onCommit  int
}

// Nest implements clusto.Tx.
func (t *tx) Nest(ctx context.Context, fn func(clusto.Tx) error) (err error) {
	if err := t.enter(ctx); err != nil {
		return err
	}
	n := &nest{effect: t.effect, why: t.why, onCommit: len(t.onCommit)}
	n.effect.was = maps.Clone(t.effect.was)
	t.nests = append(t.nests, n)
	kept := false
	defer func() { // also when fn panics
		t.nests = t.nests[:len(t.nests)-1]
		if !kept && t.broken == nil {
			err = errors.Join(err, t.undo(n))
		}
	}()
	if err := fn(t); err != nil {
		return err
	}
	if t.broken != nil {
		return t.broken
	}
	if n.savepoint != "" {
		if err := t.c.control(`RELEASE SAVEPOINT ` + n.savepoint); err != nil {
			return t.fail(err)
		}
	}
	kept = true
	return nil
}

// openNests makes a savepoint for every nest that has none, before the first
// write in it. All that was written before is flushed, so that the database is
// then where the outermost of them began.
func (t *tx) openNests() error {
	for i, n := range t.nests {
		if n.savepoint != "" {
			continue
		}
		if err := t.flush(); err != nil {
			return err
		}
		name := "clusto_" + strconv.Itoa(i+1)
		if err := t.c.control(`SAVEPOINT ` + name); err != nil {
			return err
		}
		n.savepoint = name
	}
	return nil
}

// undo makes what was done since n began undone. Memory is emptied: what it
// held may have been made inside n. What was pending then has been flushed
// before the savepoint, so all that is pending was made inside n too.
func (t *tx) undo(n *nest) error {
	t.why = n.why
	clear(t.onCommit[n.onCommit:])
	t.onCommit = t.onCommit[:n.onCommit]
	if n.savepoint == "" {
		return nil
	}
	for _, sql := range []string{`ROLLBACK TO SAVEPOINT `, `RELEASE SAVEPOINT `} {
		if err := t.c.control(sql + n.savepoint); err != nil {
			return t.fail(err)
		}
	}
	t.made = 0
	t.effect = n.effect
	t.memory = newMemory()
	t.pending = pending{}
	return nil
}
