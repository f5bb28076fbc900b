package sqlstore

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// Health is what a Store tells about its database itself.
type Health struct {
	Where    string
	Remote   bool          // it is a server
	Software string        // what it is, with its version; "" if it does not tell
	Answered time.Duration // after which it told its newest version

	// What Migrate would add.
	Migrations []string
	Tables     []string
	Indexes    []string
	// UniqueNames is whether the database refuses doubled names by itself; it
	// cannot while it has Doubled ones.
	UniqueNames bool
	Doubled     []string

	Entities int64 // dead ones included
	Versions int64
	// Unrecorded is how many live entities were made by versions that are not
	// recorded: while classic clusto kept no history.
	Unrecorded int64

	// Statistics is whether the database has gathered what its plans want to
	// know, and WantsStatistics whether that is worth it.
	Statistics, WantsStatistics bool

	// Skew is how far the database's clock is ahead of ours; absent if it has
	// none of its own.
	Skew clusto.Opt[time.Duration]
	// Unwritable is why nothing can be written now, or nil.
	Unwritable error
	// Files are those that the database is in, itself first; none for a server.
	Files []string
}

// Examiner is what a Dialect may tell for Store.Health. A statement may be "" if
// there is nothing to ask.
type Examiner interface {
	// Software returns the statement that yields what the database is, with
	// its version: PostgreSQL 17.2.
	Software() string
	// Clock returns the statement that yields the database's time in UTC as a
	// text, such as 2012-02-29 23:59:58.123456.
	Clock() string
	// Gathered returns the statement that yields a number which is not 0 if
	// statistics were gathered.
	Gathered() string
	// Files returns the files that the database may be in, itself first.
	Files() []string
}

// tryWriteFor is how long Health waits for others who write.
const tryWriteFor = 5 * time.Second

// Health looks at the database. It changes nothing.
func (s *Store) Health(ctx context.Context) (Health, error) {
	h := Health{Where: s.dialect.Where(), Remote: s.dialect.Remote()}
	err := s.View(ctx, clusto.Live, func(r clusto.Reader) error {
		return h.examine(ctx, r.(*reader))
	})
	if err != nil {
		return h, err
	}
	limited, cancel := context.WithTimeoutCause(ctx, tryWriteFor,
		clusto.Errorf(clusto.ErrUnavailable, "somebody else has been writing for %s", tryWriteFor))
	defer cancel()
	h.Unwritable = s.tryWrite(limited)
	return h, context.Cause(ctx)
}

func (h *Health) examine(ctx context.Context, r *reader) error {
	begun := time.Now()
	if _, err := r.newest(); err != nil {
		return err
	}
	h.Answered = time.Since(begun)
	for _, look := range []func(context.Context, *reader) error{h.lookAtSchema, h.lookAtVersions, h.lookAtNames, h.ask} {
		if err := look(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// makes are the statements of migrations that make tables and indexes.
var makes = regexp.MustCompile(`(?m)^CREATE (?:UNIQUE )?(TABLE|INDEX) (?:IF NOT EXISTS )?(\w+)`)

// uniqueNames is the index that keeps live names unique.
const uniqueNames = "clusto_live_name"

// lookAtSchema finds what Migrate would add.
func (h *Health) lookAtSchema(ctx context.Context, r *reader) error {
	names, err := r.c.schema(ctx)
	if err != nil {
		return err
	}
	done, err := r.migrated(ctx, names)
	if err != nil {
		return err
	}
	files := migrationsFor(r.s.dialect)
	all, err := fs.ReadDir(files, ".")
	if err != nil {
		return err
	}
	for _, file := range all {
		text, err := fs.ReadFile(files, file.Name())
		if err != nil {
			return err
		}
		number, _, _ := strings.Cut(file.Name(), "_")
		if n, err := strconv.ParseInt(number, 10, 64); err == nil && !done[n] {
			h.Migrations = append(h.Migrations, file.Name())
		}
		for _, m := range makes.FindAllStringSubmatch(string(text), -1) {
			switch {
			case names[m[2]]:
			case m[1] == "TABLE":
				h.Tables = append(h.Tables, m[2])
			default:
				h.Indexes = append(h.Indexes, m[2])
			}
		}
	}
	h.UniqueNames = names[uniqueNames]
	return nil
}

// migrated returns the numbers of the migrations that were done.
func (r *reader) migrated(ctx context.Context, names schema) (map[int64]bool, error) {
	done := map[int64]bool{}
	if !names[migrationTable] {
		return done, nil
	}
	err := r.query(ctx, `SELECT version_id FROM `+migrationTable, nil, func(row row) (bool, error) {
		done[row.int(0)] = true
		return true, nil
	})
	return done, err
}

// lookAtVersions finds whether history was kept.
func (h *Health) lookAtVersions(_ context.Context, r *reader) error {
	const counts = `SELECT (SELECT count(*) FROM entities), (SELECT count(*) FROM clustoversioning), ` +
		`(SELECT count(*) FROM entities e LEFT JOIN clustoversioning v ON v.version = e.version ` +
		`WHERE e.deleted_at_version IS NULL AND v.version IS NULL)`
	_, err := r.c.ints(counts, nil, &h.Entities, &h.Versions, &h.Unrecorded)
	h.WantsStatistics = h.Entities >= worthStatistics
	return r.fail(err)
}

// lookAtNames finds the doubled names that keep the database from refusing more.
func (h *Health) lookAtNames(ctx context.Context, r *reader) error {
	if h.UniqueNames {
		return nil
	}
	seen := map[string]bool{}
	return r.find(ctx, &clusto.Match{}, func(e clusto.Entity) bool {
		if seen[e.Name] && !slices.Contains(h.Doubled, e.Name) {
			h.Doubled = append(h.Doubled, e.Name)
		}
		seen[e.Name] = true
		return true
	})
}

// ask asks what only some databases tell.
func (h *Health) ask(ctx context.Context, r *reader) error {
	examiner, ok := r.s.dialect.(Examiner)
	if !ok {
		h.Statistics = true // as far as is known
		return nil
	}
	h.Files = examiner.Files()
	var err error
	if h.Software, err = r.askText(ctx, examiner.Software()); err != nil {
		return err
	}
	gathered, err := r.askText(ctx, examiner.Gathered())
	if err != nil {
		return err
	}
	h.Statistics = gathered != "0" && gathered != ""
	clock, err := r.askText(ctx, examiner.Clock())
	if err != nil || clock == "" {
		return err
	}
	there, err := parseTime(clock)
	if err != nil {
		return fmt.Errorf("the database's clock: %w", err)
	}
	h.Skew = clusto.Some(there.Sub(r.s.options.Now().UTC()))
	return nil
}

// askText returns what a statement yields, or "" for no statement.
func (r *reader) askText(ctx context.Context, sql string) (text string, err error) {
	if sql == "" {
		return "", nil
	}
	err = r.query(ctx, sql, []driver.Value{}, func(row row) (bool, error) {
		text = row.text(0)
		return false, nil
	})
	return text, err
}

// tryWrite returns why the database cannot be written, or nil. It changes no
// row, but the database does not know that beforehand.
func (s *Store) tryWrite(ctx context.Context) error {
	release, err := s.dialect.Lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	c, err := s.take(ctx, &s.writers)
	if err != nil {
		return err
	}
	defer s.give(c, &s.writers)
	if err := c.begin(ModeWrite); err != nil {
		return err
	}
	defer c.rollback()
	_, err = c.exec(`UPDATE entities SET name = name WHERE entity_id = -1`)
	return err
}
