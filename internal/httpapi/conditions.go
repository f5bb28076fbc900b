package httpapi

import (
	"context"
	"fmt"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/access"
)

// unchanged returns a changedError unless an entity has one of the ETags that a
// condition names.
func (s *Server) unchanged(ctx context.Context, r clusto.Reader, c api.Condition) error {
	tag, err := s.tagNamed(ctx, r, c.Entity)
	if err != nil || ifMatch(c.Etag, tag) {
		return err
	}
	overtaken := &changedError{entity: c.Entity, tag: tag}
	overtaken.by, overtaken.others, err = s.changers(ctx, r, c)
	if err != nil {
		return err
	}
	return overtaken
}

// mostChangers is how many versions are counted that changed an entity meanwhile.
const mostChangers = 100

// changers returns the newest version that changed the entity of a condition, nil
// if none is known, and how many others did since the one that the condition names.
func (s *Server) changers(ctx context.Context, r clusto.Reader, c api.Condition) (*clusto.VersionInfo, int, error) {
	inv := clusto.NewInventory(access.Shown(r), s.options.Drivers)
	h, err := clusto.Past(inv.Reader)
	if err != nil {
		return nil, 0, nil // a database that keeps no history says nothing about it
	}
	o, err := inv.Object(ctx, c.Entity)
	if err != nil {
		return nil, 0, err
	}
	m := clusto.VersionMatch{About: []clusto.EntityID{o.ID}, NewestFirst: true, Limit: 1}
	if c.Version > 0 {
		m.After, m.Limit = clusto.Version(c.Version), mostChangers
	}
	versions, err := clusto.Collect(h.FindVersions(ctx, m))
	if err != nil || len(versions) == 0 {
		return nil, 0, err
	}
	return &versions[0], len(versions) - 1, nil
}

// changedError says that somebody else changed an entity, and who did last. It is a
// clusto.ErrConflict.
type changedError struct {
	entity, tag string
	by          *clusto.VersionInfo // nil: that is not known
	others      int                 // how many versions did besides
}

func (e *changedError) Error() string {
	text := e.entity + " was changed by somebody else: its ETag is " + e.tag + " now"
	if e.by == nil {
		return text
	}
	text += fmt.Sprintf("; version %d", e.by.Version)
	if e.by.User != "" {
		text += " by " + e.by.User
	}
	if !e.by.Time.IsZero() {
		text += " at " + e.by.Time.Format(time.RFC3339)
	}
	if e.by.Description != "" {
		text += fmt.Sprintf(", %q", e.by.Description)
	}
	if e.others > 0 {
		text += fmt.Sprintf(", and %d before it", e.others)
	}
	return text
}

// Is makes every changedError a clusto.ErrConflict.
func (e *changedError) Is(target error) bool { return target == clusto.ErrConflict }

// decideAnew is the hint of every changedError.
const decideAnew = "read it again, and decide anew"

// staleItems returns what a dry run says about conditions that are not met.
func staleItems(stale []*changedError) []api.ProblemItem {
	var items []api.ProblemItem
	for _, e := range stale {
		items = append(items, api.ProblemItem{Detail: e.Error(), Hint: decideAnew, Kind: api.KindName(clusto.ErrConflict)})
	}
	return items
}
