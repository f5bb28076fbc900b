package httpapi

import (
	"cmp"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/feed"
	"github.com/clusto/clusto/internal/snmptrap"
)

// TrapDaemon is what the API asks of the trap daemon; *snmptrap.Daemon is one.
type TrapDaemon interface {
	Addr() netip.AddrPort
	Started() time.Time
	Stats() snmptrap.Stats
	Recent(limit int) []snmptrap.Told
	Watch() *feed.Watcher[snmptrap.Told]
}

// How many outcomes an answer has, if the asker does not say, and at most.
const (
	defaultOutcomes = 100
	maxOutcomes     = 1000
)

// ListTraps answers listTraps. Traps tell of everything, so it is for who may
// administer clusto.
func (s *Server) ListTraps(w http.ResponseWriter, r *http.Request, params api.ListTrapsParams) {
	answer := api.TrapReport{Dropped: []api.TrapDrops{}, Outcomes: []api.TrapOutcome{}}
	limit, err := limitOf(r, params.Limit, defaultOutcomes, maxOutcomes)
	if err == nil {
		err = s.mayAdmin(r)
	}
	if daemon := s.options.Traps; err == nil && daemon != nil {
		answer = showTraps(daemon, limit)
	}
	s.reply(w, r, answer, err)
}

// showTraps returns what a daemon has done as the API shows it.
func showTraps(daemon TrapDaemon, limit int) api.TrapReport {
	st, since := daemon.Stats(), daemon.Started()
	shown := api.TrapReport{
		On: true, Listen: daemon.Addr().String(), Since: &since, Dropped: []api.TrapDrops{}, Outcomes: []api.TrapOutcome{},
		Counts: api.TrapCounts{
			Traps: int64(st.Traps), Created: int64(st.Created), Racked: int64(st.Racked), Recorded: int64(st.Recorded), Unchanged: int64(st.Unchanged),
		},
	}
	dropped := map[string]uint64{}
	for reason, n := range st.Dropped {
		dropped[string(reason)] += n
	}
	for reason, n := range st.Listener.Dropped {
		dropped[string(reason)] += n
	}
	for reason, n := range dropped {
		shown.Dropped = append(shown.Dropped, api.TrapDrops{Reason: reason, Count: int64(n)})
	}
	slices.SortFunc(shown.Dropped, func(a, b api.TrapDrops) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Reason, b.Reason))
	})
	for _, told := range daemon.Recent(limit) {
		shown.Outcomes = append(shown.Outcomes, showOutcome(&told))
	}
	return shown
}

// showOutcome returns what came of a change as the API shows it.
func showOutcome(e *snmptrap.Told) api.TrapOutcome {
	shown := api.TrapOutcome{
		At: e.At, Outcome: api.TrapOutcomeOutcome(e.Outcome), Reason: string(e.Reason), Source: e.Source.String(), Switch: e.Switch,
		Port: e.Port, Vlan: e.VLAN, Entity: e.Server, Driver: e.Driver, Rack: e.Rack, Address: addrText(e.Address), Note: e.Note,
		Version: int64(e.Version), Hint: clusto.Hint(e.Err),
	}
	if e.MAC != (clusto.MAC{}) {
		shown.Mac = e.MAC.String()
	}
	if e.Outcome == snmptrap.Dropped {
		shown.Count = int64(e.Count)
	}
	if e.Err != nil {
		shown.Detail = e.Err.Error()
	}
	return shown
}

// WatchTraps answers watchTraps, until the asker goes or the server stops.
func (s *Server) WatchTraps(w http.ResponseWriter, r *http.Request) {
	err := s.mayAdmin(r)
	if err == nil && s.options.Traps == nil {
		err = clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "this server receives no traps, so there is nothing to watch"),
			"ask the one that runs clusto serve --snmptrap, or switch it on there")
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	watcher := s.options.Traps.Watch()
	defer watcher.Close()
	pass(s, w, r, watcher, "outcomes", func(out *stream, e snmptrap.Told) error { return out.event("outcome", showOutcome(&e)) })
}
