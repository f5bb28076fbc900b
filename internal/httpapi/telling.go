package httpapi

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/history"
)

// Limits of the things of a telling.
const (
	defaultTold = 200
	maxTold     = 1000
	orderTold   = 'w' // of its cursors
)

// TellDiff answers tellDiff. Each page is a part of the same telling: the cursor
// carries both versions.
func (s *Server) TellDiff(w http.ResponseWriter, r *http.Request, params api.TellDiffParams) {
	limit, err := limitOf(r, params.Limit, defaultTold, maxTold)
	c, cursorErr := decodeCursor(params.Cursor, orderTold)
	if err == nil {
		err = cursorErr
	}
	if err == nil && params.Change != "" {
		err = oneOf("change", string(params.Change), string(history.Made), string(history.Deleted), string(history.Changed))
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	ctx := r.Context()
	var told *history.Telling
	from, to, err := s.ends(ctx, params, c)
	if err == nil {
		told, err = s.tell(ctx, from, to, params)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	first := 0
	if c != nil {
		first = int(c.number)
	}
	s.answer(w, r, http.StatusOK, pageOf(told, params, first, limit))
}

// ends returns the two versions of a telling.
func (s *Server) ends(ctx context.Context, p api.TellDiffParams, c *cursor) (from, to clusto.Version, err error) {
	if c != nil {
		n, err := strconv.ParseInt(c.text, 10, 64)
		if err != nil || n < 0 || c.number < 0 || c.number > math.MaxInt32 {
			return 0, 0, badCursor("the cursor is damaged")
		}
		return clusto.Version(n), c.version, nil
	}
	err = s.past(ctx, func(h clusto.History) (err error) {
		if to, err = s.numberAt(ctx, h, p.To); err != nil {
			return err
		}
		if p.From == "" {
			from = to - 1
			return nil
		}
		from, err = s.numberAt(ctx, h, p.From)
		return err
	})
	return from, to, err
}

// tell tells what is different between two versions.
func (s *Server) tell(ctx context.Context, from, to clusto.Version, p api.TellDiffParams) (told *history.Telling, err error) {
	var within []clusto.EntityID
	if p.Within != "" {
		if within, err = s.within(ctx, p.Within, from, to); err != nil {
			return nil, err
		}
	}
	err = s.past(ctx, func(h clusto.History) error {
		about, err := lives(ctx, h, p.About)
		if err != nil {
			return err
		}
		told, err = history.Tell(ctx, h, from, to, slices.Concat(about, within))
		return err
	})
	return told, err
}

// within returns a container and what is in it at one version or the other.
func (s *Server) within(ctx context.Context, name string, versions ...clusto.Version) ([]clusto.EntityID, error) {
	var ids []clusto.EntityID
	err := s.past(ctx, func(h clusto.History) error {
		found, err := history.Find(ctx, h, name)
		ids = history.IDs(found)
		return err
	})
	containers := ids
	for _, v := range versions {
		if err != nil || v < 1 {
			continue
		}
		err = s.options.Store(ctx).View(ctx, v, func(r clusto.Reader) error {
			placed, err := r.Contents(ctx, containers, true)
			for _, p := range placed {
				ids = append(ids, p.ID)
			}
			return err
		})
	}
	slices.Sort(ids)
	return slices.Compact(ids), err
}

// pageOf returns the things of a telling that are asked for.
func pageOf(told *history.Telling, p api.TellDiffParams, first, limit int) api.Telling {
	page := api.Telling{
		From: int64(told.From), To: int64(told.To), Counts: countsOf(told.Things), Things: []history.Told{}, Redacted: []history.Redaction{},
	}
	text := strings.ToLower(p.Text)
	things := slices.DeleteFunc(told.Things, func(t history.Told) bool {
		return p.Change != "" && string(t.Change) != string(p.Change) || p.Type != "" && t.Type != p.Type ||
			!strings.Contains(strings.ToLower(t.Name), text)
	})
	page.Total = len(things)
	if first < len(things) {
		page.Things = things[first:min(first+limit, len(things))]
	}
	if first == 0 {
		page.Redacted = append(page.Redacted, told.Redacted...)
	}
	if next := first + limit; next < len(things) {
		page.Next = cursor{order: orderTold, version: told.To, number: int64(next), text: strconv.FormatInt(int64(told.From), 10)}.encode()
	}
	return page
}

// countsOf counts things by what happened to them and by type.
func countsOf(things []history.Told) []api.ToldCount {
	type kind struct {
		change history.Change
		typ    string
	}
	n := map[kind]int{}
	for _, t := range things {
		n[kind{t.Change, t.Type}]++
	}
	counts := make([]api.ToldCount, 0, len(n))
	for k, things := range n {
		counts = append(counts, api.ToldCount{Change: string(k.change), Type: k.typ, Things: things})
	}
	slices.SortFunc(counts, func(a, b api.ToldCount) int {
		return cmp.Or(-strings.Compare(a.Change, b.Change), strings.Compare(a.Type, b.Type))
	})
	return counts
}
