package sqlstore

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/clusto/clusto"
)

// schema holds the names of a database's tables and indexes.
type schema map[string]bool

// all reports whether s has all names.
func (s schema) all(names []string) bool {
	for _, name := range names {
		if !s[name] {
			return false
		}
	}
	return true
}

// The tables without which a database is not one of clusto.
var classicTables = []string{"clustoversioning", "entities", "entity_attrs", "counters"}

// Our own tables. A database of classic clusto gets them by Migrate; before,
// those that a change cannot do without are made with the first such change.
const (
	metaTable      = "clusto_meta"
	entityLogTable = "clusto_entity_log"
	freeRangeTable = "clusto_free_range"
	revivalTable   = "clusto_revival"
	redactionTable = "clusto_redaction"
	receiptTable   = "clusto_receipt"
	freedTable     = "clusto_freed"
	freedUpToTable = "clusto_freed_up_to"
	userTable      = "clusto_user"
	identityTable  = "clusto_identity"
	groupTable     = "clusto_group"
	memberTable    = "clusto_member"
	tokenTable     = "clusto_token"
	grantTable     = "clusto_grant"
	sessionTable   = "clusto_session"
	originTable    = "clusto_origin"
	sightingTable  = "clusto_sighting"
	viewTable      = "clusto_views"
)

// inspect learns which tables and indexes there are.
func (s *Store) inspect(ctx context.Context) (schema, error) {
	c, err := s.take(ctx, &s.readers)
	if err != nil {
		return nil, err
	}
	defer s.give(c, &s.readers)
	names, err := c.schema(ctx)
	if err != nil {
		return nil, err
	}
	s.dialect.Know(names)
	s.tables.Store(&names)
	return names, nil
}

// schema returns the names that the state shown by c has.
func (c *conn) schema(ctx context.Context) (schema, error) {
	names := schema{}
	err := c.query(ctx, c.store.dialect.Schema(), nil, func(r row) (bool, error) {
		names[r.text(0)] = true
		return true, nil
	})
	return names, err
}

// has reports whether there is a table of ours. Once it is there it stays.
func (r *reader) has(table string) (bool, error) {
	if (*r.s.tables.Load())[table] {
		return true, nil
	}
	names, err := r.c.schema(context.Background())
	if err != nil {
		return false, r.fail(fmt.Errorf("look for clusto's own tables: %w", err))
	}
	return names[table], nil
}

// need returns nil if a change can use a table of ours. Else it breaks the
// transaction: the table is made outside it, as servers want, and the
// function runs again.
func (t *tx) need(table string) error {
	has, err := t.has(table)
	if err != nil || has {
		return err
	}
	t.lacks = table
	return t.fail(&faultError{
		fault: FaultStale,
		err:   clusto.Errorf(clusto.ErrUnavailable, "database %s lacks the table %s", t.s.dialect.Where(), table),
	})
}

// makeTable makes one of our own tables in a database that was not migrated.
// Nothing but what a change cannot do without is made that way.
func (s *Store) makeTable(ctx context.Context, table string) error {
	c, err := s.take(ctx, &s.writers)
	if err != nil {
		return err
	}
	defer s.give(c, &s.writers)
	for _, name := range []string{ownTablesFile, historyFile, accountsFile} {
		file, err := fs.ReadFile(migrationsFor(s.dialect), name)
		if err != nil {
			return err
		}
		for statement := range strings.SplitSeq(string(file), ";\n") {
			if makes, err := regexp.MatchString(`(?m)^CREATE (TABLE|INDEX) .*\b`+table+`\b \(`, statement); err != nil || !makes {
				continue
			}
			if err := c.control(s.dialect.Rebind(statement)); err != nil {
				return err
			}
		}
	}
	_, err = s.inspect(ctx)
	return err
}
