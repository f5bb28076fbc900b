package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/fsck"
)

// defaultFsckAge is how many seconds old what was found may be if the asker does not
// say.
const defaultFsckAge = 600

// checked is what was found wrong the last time. One looks at a time.
type checked struct {
	turn    chan struct{} // has room for who may use what follows
	state   *api.FsckState
	version clusto.Version // that was looked at
}

func newChecked() checked { return checked{turn: make(chan struct{}, 1)} }

// LastFsck answers lastFsck.
func (s *Server) LastFsck(w http.ResponseWriter, r *http.Request, params api.LastFsckParams) {
	age := defaultFsckAge * time.Second
	if r.URL.Query().Has("max_age") {
		age = time.Duration(params.MaxAge) * time.Second
	}
	var answer *api.FsckState
	err := s.options.Refresh()
	if params.MaxAge < 0 || params.MaxAge > 86400 {
		err = clusto.Errorf(clusto.ErrInvalid, "the parameter max_age cannot be %d: it is from 0 to 86400", params.MaxAge)
	}
	if err == nil {
		err = s.mayAdmin(r)
	}
	if err == nil {
		answer, err = s.lastFsck(r.Context(), age)
	}
	s.reply(w, r, answer, err)
}

// lastFsck returns what was found at most age ago, or in the state that is still
// there, by whomever; else it looks.
func (s *Server) lastFsck(ctx context.Context, age time.Duration) (answer *api.FsckState, err error) {
	c := &s.checked
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	err = s.options.Store(ctx).View(ctx, clusto.Live, func(reader clusto.Reader) error {
		if err := access.MayAdmin(ctx, reader); err != nil {
			return err
		}
		now, err := reader.Version(ctx)
		if err != nil {
			return err
		}
		begin := s.options.Now()
		if c.state != nil && (age > 0 && c.version == now || begin.Sub(c.state.At) < age) {
			shown := *c.state
			shown.Changed = c.version != now
			answer = &shown
			return nil
		}
		report, err := fsck.Check(ctx, reader, fsck.Options{Drivers: s.options.Drivers})
		if err != nil {
			return err
		}
		answer = &api.FsckState{Report: showFsck(&report), At: begin, TookMs: s.options.Now().Sub(begin).Milliseconds()}
		c.state, c.version = answer, now
		return nil
	})
	return answer, err
}
