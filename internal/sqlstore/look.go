package sqlstore

import (
	"context"
	"fmt"
	"time"

	"github.com/clusto/clusto"
)

// look is one look: what is known before, and what it finds.
type look struct {
	s      *Store
	begun  bool
	newest clusto.Version
	gaps   []gap
	found  []clusto.VersionInfo
}

// read asks for versions in gaps and after the newest one. What it finds of one
// state of the database was committed before, in any order; so it is in that of
// their numbers.
func (l *look) read(ctx context.Context, r *reader) error {
	if !l.begun {
		return l.begin(ctx, r)
	}
	if len(l.gaps) > 0 {
		only := make([]clusto.Version, len(l.gaps))
		for i, g := range l.gaps {
			only[i] = g.version
		}
		if err := r.findVersions(ctx, &clusto.VersionMatch{Only: only}, l.take); err != nil {
			return err
		}
	}
	there := l.newest == 0
	err := r.findVersions(ctx, &clusto.VersionMatch{After: max(l.newest-1, 0), Limit: mostNews}, func(v clusto.VersionInfo) bool {
		if v.Version == l.newest {
			there = true
			return true
		}
		return l.take(v)
	})
	if err == nil && !there {
		err = &vanishedError{version: l.newest, where: l.s.Where()}
	}
	return err
}

func (l *look) take(v clusto.VersionInfo) bool {
	l.found = append(l.found, v)
	return true
}

// begin finds the newest version, and the gaps shortly before it.
func (l *look) begin(ctx context.Context, r *reader) error {
	newest, floor, err := r.ends()
	if err != nil || newest == 0 || !l.s.dialect.Remote() {
		l.newest, l.gaps = newest, nil
		return err
	}
	var there []clusto.Version
	from := max(newest-mostGaps, floor, 1) - 1
	err = r.findVersions(ctx, &clusto.VersionMatch{After: from, To: newest}, func(v clusto.VersionInfo) bool {
		there = append(there, v.Version)
		return true
	})
	l.newest, l.gaps = newest, missing(from, there, time.Now())
	return err
}

// after returns the newest version and the gaps after the look.
func (l *look) after(now time.Time) (clusto.Version, []gap) {
	if len(l.found) == 0 && len(l.gaps) == 0 {
		return l.newest, nil
	}
	var newer []clusto.Version
	filled := map[clusto.Version]bool{}
	for _, v := range l.found {
		if v.Version > l.newest {
			newer = append(newer, v.Version)
		}
		filled[v.Version] = true
	}
	var gaps []gap
	for _, g := range l.gaps {
		if !filled[g.version] && now.Sub(g.found) < gapLife {
			gaps = append(gaps, g)
		}
	}
	newest := l.newest
	if len(newer) > 0 {
		newest = newer[len(newer)-1]
		if l.s.dialect.Remote() {
			gaps = append(gaps, missing(l.newest, newer, now)...)
		}
	}
	return newest, gaps[max(0, len(gaps)-mostGaps):]
}

// missing returns the numbers after from that are missing before and between
// the ascending numbers of versions, the highest of them if they are many.
func missing(from clusto.Version, there []clusto.Version, now time.Time) []gap {
	var gaps []gap
	for _, v := range there {
		for n := max(from+1, v-mostGaps); n < v; n++ {
			gaps = append(gaps, gap{version: n, found: now})
		}
		from = v
	}
	return gaps[max(0, len(gaps)-mostGaps):]
}

// vanishedError says that a version which was there is gone: the database was
// restored from an older copy, or a standby is behind. It is a clusto.ErrNotFound.
type vanishedError struct {
	version clusto.Version
	where   string
}

func (e *vanishedError) Error() string {
	return fmt.Sprintf("version %d is not in database %s any more, which must be an older copy", e.version, e.where)
}

func (e *vanishedError) Is(target error) bool { return target == clusto.ErrNotFound }
