package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/history"
)

// ListVersions answers listVersions. A cursor is the number of the last version
// of the page before.
func (s *Server) ListVersions(w http.ResponseWriter, r *http.Request, params api.ListVersionsParams) {
	limit, err := limitOf(r, params.Limit, defaultLimit, maxLimit)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page := api.VersionPage{Versions: []api.LogEntry{}}
	err = s.view(r.Context(), params.At, func(inv *clusto.Inventory) error {
		h, err := historyOf(r.Context(), inv.Reader)
		if err != nil {
			return err
		}
		m, err := s.versionMatch(r.Context(), h, params)
		if err != nil {
			return err
		}
		m.Limit = limit + 1
		entries, err := history.Brief(r.Context(), h, m)
		if err != nil {
			return err
		}
		if len(entries) > limit {
			entries = entries[:limit]
			page.Next = strconv.FormatInt(int64(entries[limit-1].Version), 10)
		}
		page.Versions = append(page.Versions, entries...)
		page.Version, err = versionNumber(r.Context(), h)
		return err
	})
	s.reply(w, r, page, err)
}

// versionMatch returns the versions that the parameters select.
func (s *Server) versionMatch(ctx context.Context, h clusto.History, p api.ListVersionsParams) (clusto.VersionMatch, error) {
	m := clusto.VersionMatch{User: p.User, Grep: p.Grep, NewestFirst: !p.OldestFirst}
	if err := history.Limit(&m, p.Since, p.Until, s.options.Now()); err != nil {
		return m, err
	}
	m.After = max(m.After, clusto.Version(p.After))
	if p.Cursor != "" {
		last, err := strconv.ParseInt(p.Cursor, 10, 64)
		if err != nil || last < 1 {
			return m, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the cursor %.40q is none", p.Cursor), "use the next of the page before")
		}
		if p.OldestFirst {
			m.After = max(m.After, clusto.Version(last))
		} else if to := clusto.Version(last - 1); m.To == 0 || to < m.To {
			if to == 0 { // 0 would be no limit
				m.Only = []clusto.Version{}
			}
			m.To = to
		}
	}
	about, err := lives(ctx, h, p.About)
	m.About = about
	return m, err
}

// Limits of a timeline.
const (
	defaultBuckets = 120
	maxBuckets     = 500
)

// GetTimeline answers getTimeline.
func (s *Server) GetTimeline(w http.ResponseWriter, r *http.Request, params api.GetTimelineParams) {
	line := api.Timeline{}
	o, err := s.timelineOptions(r, params)
	if err == nil {
		err = s.past(r.Context(), func(h clusto.History) error {
			if o.About, err = lives(r.Context(), h, params.About); err != nil {
				return err
			}
			t, err := history.TimelineOf(r.Context(), h, o)
			if err != nil {
				return err
			}
			line.Buckets, line.Total, line.More = t.Buckets, t.Total, t.More
			line.Version, err = versionNumber(r.Context(), h)
			return err
		})
	}
	s.reply(w, r, line, err)
}

// timelineOptions returns of what a timeline is asked for.
func (s *Server) timelineOptions(r *http.Request, p api.GetTimelineParams) (o history.TimelineOptions, err error) {
	now := s.options.Now()
	o = history.TimelineOptions{Until: now, Buckets: defaultBuckets, User: p.User}
	if r.URL.Query().Has("buckets") {
		o.Buckets = p.Buckets
	}
	if o.Buckets < 1 || o.Buckets > maxBuckets {
		return o, clusto.Errorf(clusto.ErrInvalid, "the parameter buckets cannot be %d: it is from 1 to %d", o.Buckets, maxBuckets)
	}
	if p.Since != "" {
		if o.Since, err = history.ParseTime(p.Since, now); err != nil {
			return o, fmt.Errorf("since: %w", err)
		}
	}
	if p.Until != "" {
		if o.Until, err = history.ParseUntil(p.Until, now); err != nil {
			return o, fmt.Errorf("until: %w", err)
		}
	}
	return o, nil
}

// lives returns the entities that have or had one of names, or nil for no names.
func lives(ctx context.Context, h clusto.History, names []string) ([]clusto.EntityID, error) {
	var ids []clusto.EntityID
	for _, name := range names {
		found, err := history.Find(ctx, h, name)
		if err != nil {
			return nil, err
		}
		ids = append(ids, history.IDs(found)...)
	}
	return ids, nil
}

// GetVersion answers getVersion.
func (s *Server) GetVersion(w http.ResponseWriter, r *http.Request, at string) {
	var shown *history.Shown
	err := s.past(r.Context(), func(h clusto.History) error {
		v, err := s.numberAt(r.Context(), h, at)
		if err != nil {
			return err
		}
		shown, err = history.Show(r.Context(), h, v)
		return err
	})
	s.reply(w, r, shown, err)
}

// Diff answers diff.
func (s *Server) Diff(w http.ResponseWriter, r *http.Request, params api.DiffParams) {
	var d *history.Diff
	ctx := r.Context()
	err := s.past(ctx, func(h clusto.History) error {
		from, err := s.numberAt(ctx, h, params.From)
		if err != nil {
			return err
		}
		to, err := s.numberAt(ctx, h, params.To)
		if err != nil {
			return err
		}
		about, err := lives(ctx, h, params.About)
		if err != nil {
			return err
		}
		d, err = history.Between(ctx, h, from, to, about)
		return err
	})
	s.reply(w, r, d, err)
}

// GetBlame answers getBlame.
func (s *Server) GetBlame(w http.ResponseWriter, r *http.Request, name api.Name, params api.GetBlameParams) {
	var b *history.Blame
	err := s.view(r.Context(), params.At, func(inv *clusto.Inventory) error {
		h, err := clusto.Past(inv.Reader)
		if err != nil {
			return err
		}
		e, err := h.Entity(r.Context(), name)
		if err != nil {
			return err
		}
		b, err = history.BlameOf(r.Context(), h, e)
		return err
	})
	s.reply(w, r, b, err)
}

// numberAt returns the number of the version that at means; "" is the newest.
func (s *Server) numberAt(ctx context.Context, h clusto.History, at string) (clusto.Version, error) {
	if at != "" {
		v, err := s.versionAt(ctx, h, at)
		if err != nil || v != clusto.Live {
			return v, err
		}
	}
	return h.Version(ctx)
}

// versionNumber returns the version that r shows.
func versionNumber(ctx context.Context, r clusto.Reader) (int64, error) {
	v, err := r.Version(ctx)
	return int64(v), err
}
