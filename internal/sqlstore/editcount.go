package sqlstore

import (
	"context"
	"database/sql/driver"
	"slices"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
)

var (
	_ clusto.EditCounter = (*reader)(nil)
	_ clusto.EditCounter = (*tx)(nil)
)

const (
	// rowsSampled is how many rows of a kind SampleEdits looks at for a version.
	rowsSampled = 500
	// versionsAStatement is how many versions are asked about in a statement.
	versionsAStatement = 100
)

// counted is a kind of rows that tell of a version: in which column, and how they are
// counted by an index, without reading one.
type counted struct {
	column, key string // the version, and whose row it is
	from        string
}

const (
	countedMade = iota // entities that were made
	countedAttrsMade
	countedAttrsEnded
)

func (r *reader) countedRows() []counted {
	d := r.s.dialect
	return []counted{
		countedMade:       {`e.version`, `e.entity_id`, d.Entities(false)},
		countedAttrsMade:  {`a.version`, `a.entity_id`, d.Attrs(ByMade, false)},
		countedAttrsEnded: {`a.deleted_at_version`, `a.entity_id`, d.Attrs(ByEnded, false)},
	}
}

// CountEdits implements clusto.EditCounter in one statement for a hundred versions.
// A database counts the rows of one version faster than it groups those of several.
func (r *reader) CountEdits(ctx context.Context, versions []clusto.Version) (map[clusto.Version]clusto.EditCount, error) {
	counts := map[clusto.Version]clusto.EditCount{}
	count := func(at, kind string, rows counted, where condition) string {
		return `SELECT ` + at + `, ` + kind + `, count(*) FROM ` + rows.from + ` WHERE ` + string(where.sql)
	}
	err := r.ofVersions(ctx, versions, count, nil, func(v clusto.Version, kind int, n int64) {
		if n == 0 {
			return
		}
		c := counts[v]
		switch kind {
		case countedMade:
			c.EntitiesMade = int(n)
		case countedAttrsMade:
			c.AttrsMade = int(n)
		default:
			c.AttrsEnded = int(n)
		}
		counts[v] = c
	})
	return counts, err
}

// SampleEdits implements clusto.EditCounter in one statement for a hundred
// versions.
func (r *reader) SampleEdits(ctx context.Context, versions []clusto.Version) (map[clusto.Version]clusto.EditSample, error) {
	samples := map[clusto.Version]clusto.EditSample{}
	sample := func(at, kind string, rows counted, where condition) string {
		return `SELECT ` + at + `, ` + kind + `, sampled.id FROM (SELECT ` + rows.key + ` AS id FROM ` + rows.from + ` WHERE ` + string(where.sql) + ` LIMIT ?) sampled`
	}
	err := r.ofVersions(ctx, versions, sample, []driver.Value{int64(rowsSampled)}, func(v clusto.Version, kind int, id int64) {
		some := samples[v]
		if kind == countedMade {
			some.Made = append(some.Made, clusto.EntityID(id))
		} else {
			some.Owners = append(some.Owners, clusto.EntityID(id))
		}
		samples[v] = some
	})
	for v, some := range samples {
		slices.Sort(some.Made)
		slices.Sort(some.Owners)
		samples[v] = clusto.EditSample{Made: slices.Compact(some.Made), Owners: slices.Compact(some.Owners)}
	}
	return samples, err
}

// ofVersions asks about each kind of rows of each version that r shows: part returns
// the SELECT of the number of the version, the kind, and what give gets, and more are
// its arguments after those of where.
func (r *reader) ofVersions(ctx context.Context, versions []clusto.Version, part func(at, kind string, rows counted, where condition) string,
	more []driver.Value, give func(v clusto.Version, kind int, n int64)) error {
	if err := r.enter(ctx); err != nil {
		return err
	}
	shown := slices.DeleteFunc(slices.Clone(versions), func(v clusto.Version) bool { return r.at != clusto.Live && v > r.at })
	for few := range slices.Chunk(shown, versionsAStatement) {
		var parts []string
		var args []driver.Value
		for i, v := range few {
			for kind, rows := range r.countedRows() {
				c := r.where()
				c.and(rows.column+` = ?`, int64(v))
				parts = append(parts, part(strconv.Itoa(i), strconv.Itoa(kind), rows, *c))
				args = slices.Concat(args, c.args, more)
			}
		}
		err := r.query(ctx, strings.Join(parts, ` UNION ALL `), args, func(row row) (bool, error) {
			give(few[row.int(0)], int(row.int(1)), row.int(2))
			return true, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// CountEdits implements clusto.EditCounter.
func (t *tx) CountEdits(ctx context.Context, versions []clusto.Version) (map[clusto.Version]clusto.EditCount, error) {
	if err := t.flush(); err != nil {
		return nil, err
	}
	return t.reader.CountEdits(ctx, versions)
}

// SampleEdits implements clusto.EditCounter.
func (t *tx) SampleEdits(ctx context.Context, versions []clusto.Version) (map[clusto.Version]clusto.EditSample, error) {
	if err := t.flush(); err != nil {
		return nil, err
	}
	return t.reader.SampleEdits(ctx, versions)
}
