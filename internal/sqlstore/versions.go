package sqlstore

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// FindVersions implements clusto.History.
func (r *reader) FindVersions(ctx context.Context, m clusto.VersionMatch) iter.Seq2[clusto.VersionInfo, error] {
	return ranged(ctx, r, func(give func(clusto.VersionInfo) bool) error { return r.findVersions(ctx, &m, give) })
}

// FindVersions implements clusto.History; the version being made is the newest.
func (t *tx) FindVersions(ctx context.Context, m clusto.VersionMatch) iter.Seq2[clusto.VersionInfo, error] {
	return ranged(ctx, &t.reader, func(give func(clusto.VersionInfo) bool) error {
		working, selected, err := t.workingVersion(ctx, &m)
		if err != nil {
			return err
		}
		rest := m
		if selected && m.NewestFirst {
			if !give(working) || m.Limit == 1 {
				return nil
			}
			rest.Limit = max(0, m.Limit-1)
		}
		more, n := true, 0
		err = t.findVersions(ctx, &rest, func(v clusto.VersionInfo) bool {
			n++
			more = give(v)
			return more
		})
		if err == nil && more && selected && !m.NewestFirst && (m.Limit == 0 || n < m.Limit) {
			give(working)
		}
		return err
	})
}

// workingVersion returns the version being made and whether m selects it.
func (t *tx) workingVersion(ctx context.Context, m *clusto.VersionMatch) (info clusto.VersionInfo, selected bool, err error) {
	info = t.info()
	if !t.writing || !admits(m, info) {
		return info, false, nil
	}
	if m.About == nil {
		return info, true, nil
	}
	if err := t.flush(); err != nil {
		return info, false, err
	}
	err = t.edits(ctx, &clusto.EditMatch{Only: []clusto.Version{t.working}, About: m.About}, func(clusto.Edit) bool {
		selected = true
		return false
	})
	return info, selected, err
}

// admits reports whether v meets what m asks for besides whom it is about.
func admits(m *clusto.VersionMatch, v clusto.VersionInfo) bool {
	return (m.Only == nil || slices.Contains(m.Only, v.Version)) && v.Version > m.After && (m.To == 0 || v.Version <= m.To) &&
		(m.Since.IsZero() || !v.Time.Before(m.Since)) && (m.Until.IsZero() || !v.Time.After(m.Until)) &&
		(m.User == "" || v.User == m.User) && describes(v, m.Grep)
}

// describes reports whether the description of v contains text, in any case.
func describes(v clusto.VersionInfo, text string) bool {
	return text == "" || strings.Contains(strings.ToLower(v.Description), strings.ToLower(text))
}

// findVersions gives the versions that m selects, in one statement, and one
// before if they are to be about something. Texts are looked for here, where all
// databases agree what the case of a letter is.
func (r *reader) findVersions(ctx context.Context, m *clusto.VersionMatch, give func(clusto.VersionInfo) bool) error {
	only := m.Only
	if m.About != nil {
		var err error
		if only, err = r.versionsAbout(ctx, m); err != nil {
			return err
		}
	}
	if only != nil && len(only) == 0 {
		return nil
	}
	c := r.where()
	r.span(c, `v.version`, only, m.After, m.To)
	r.made(c, m)
	from, err := r.selectVersions()
	if err != nil {
		return err
	}
	sql := from + ` WHERE ` + string(c.sql) + ` ORDER BY v.version`
	if m.NewestFirst {
		sql += ` DESC`
	}
	if m.Limit > 0 && m.Grep == "" {
		sql += ` LIMIT ?`
		c.args = append(c.args, int64(m.Limit))
	}
	n := 0
	return r.query(ctx, sql, c.args, func(row row) (bool, error) {
		v := row.version()
		if !describes(v, m.Grep) {
			return true, nil
		}
		n++
		return give(v) && n != m.Limit, nil
	})
}

// versionsAbout returns the numbers of the versions that changed what m is about.
func (r *reader) versionsAbout(ctx context.Context, m *clusto.VersionMatch) ([]clusto.Version, error) {
	changed := clusto.EditMatch{Only: m.Only, After: m.After, To: m.To, About: m.About}
	all := []clusto.Version{}
	if nothing(&changed) {
		return all, nil
	}
	q, err := r.changes(&changed, true)
	if err != nil {
		return nil, err
	}
	err = r.query(ctx, q.text(` UNION `), q.args, func(row row) (bool, error) {
		all = append(all, clusto.Version(row.int(0)))
		return true, nil
	})
	return all, err
}

// made adds the limits of m by time and user. Times are compared as the texts
// in which they are stored, with or without a fraction: without one a text is a
// prefix of the same with zeros, and sorts before it. What is new is looked up
// in the index of times.
func (r *reader) made(c *condition, m *clusto.VersionMatch) {
	if !m.Since.IsZero() {
		const since = `v.version IN (SELECT x.version FROM (SELECT t.version FROM clustoversioning t WHERE t.timestamp >= ? ` +
			`UNION ALL SELECT t.version FROM clustoversioning t WHERE t.timestamp IS NULL) x)`
		text := m.Since.UTC().Add(time.Microsecond - 1).Format(storedTime)
		c.and(since, strings.TrimSuffix(strings.TrimRight(text, "0"), "."))
	}
	if !m.Until.IsZero() {
		c.and(`(v.timestamp IS NULL OR `+r.s.dialect.TimeText("v.timestamp")+` <= ?)`, m.Until.UTC().Format(storedTime))
	}
	if m.User != "" {
		c.andText(`v."user"`, m.User)
	}
}

// version returns the version in r: number, time, user, description and,
// unless there is no table of them, origin.
func (r row) version() clusto.VersionInfo {
	v := clusto.VersionInfo{Version: clusto.Version(r.int(0)), User: r.text(2), Description: r.text(3)}
	if !r.null(1) {
		// A time that cannot be read is left out: versions must be listed all the same.
		v.Time, _ = parseTime(r.text(1))
	}
	if len(r) > 4 {
		v.Origin = r.text(4)
	}
	return v
}
