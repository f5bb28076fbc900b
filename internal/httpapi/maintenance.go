package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/history"
	"github.com/clusto/clusto/internal/fsck"
)

// GetServer answers getServer.
func (s *Server) GetServer(w http.ResponseWriter, r *http.Request) {
	answer := api.ServerInfo{Version: s.options.Release, Api: "1", Database: s.options.Database}
	answer.Accounts = s.options.Accounts != nil && s.options.Accounts.Required
	answer.Scripts = s.options.Scripts != nil
	answer.Services = s.options.Services()
	err := s.view(r.Context(), "", func(inv *clusto.Inventory) (err error) {
		answer.Newest, err = versionNumber(r.Context(), inv)
		return err
	})
	s.reply(w, r, answer, err)
}

// errDryRun gives up the transaction of a dry run.
var errDryRun = errors.New("a dry run")

// Fsck answers fsck.
func (s *Server) Fsck(w http.ResponseWriter, r *http.Request, params api.FsckParams) {
	var body api.FsckJSONRequestBody
	err := readBody(r, &body, true)
	if err == nil && body.DryRun && !body.Repair {
		err = clusto.Errorf(clusto.ErrInvalid, "dry_run goes with repair")
	}
	if err == nil {
		err = s.options.Refresh()
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	ctx := r.Context()
	o := fsck.Options{Drivers: s.options.Drivers, Only: body.Only}
	var answer api.FsckReport
	if !body.Repair {
		err = s.options.Store(ctx).View(ctx, clusto.Live, func(reader clusto.Reader) error {
			report, err := fsck.Check(ctx, reader, o)
			answer = showFsck(&report)
			return err
		})
		s.reply(w, r, answer, err)
		return
	}
	err = s.once(ctx, r, params.IdempotencyKey, body, &answer, func(store clusto.Store) error {
		return s.repair(ctx, store, o, body.DryRun, &answer)
	})
	s.reply(w, r, answer, err)
}

// repair repairs what can be repaired, or with dryRun says what that is. The answer is
// there before the transaction ends.
func (s *Server) repair(ctx context.Context, store clusto.Store, o fsck.Options, dryRun bool, answer *api.FsckReport) error {
	version, err := store.Update(ctx, s.options.Change(ctx), func(tx clusto.Tx) error {
		report, err := fsck.Repair(ctx, tx, o)
		*answer = showFsck(&report)
		if err == nil && dryRun {
			err = errDryRun
		}
		if err == nil && len(report.Repaired) > 0 {
			answer.Version, err = versionNumber(ctx, tx)
		}
		return err
	})
	answer.Version = int64(version)
	if errors.Is(err, errDryRun) {
		return nil
	}
	return err
}

// showFsck returns a report as the API shows it.
func showFsck(report *fsck.Report) api.FsckReport {
	show := func(list []fsck.Finding) []api.Finding {
		shown := []api.Finding{}
		for _, f := range list {
			shown = append(shown, api.Finding{
				Check: f.Check, Severity: api.FindingSeverity(f.Severity), Things: append([]string{}, f.Things...),
				Problem: f.Problem, Remedy: f.Remedy, Repairable: f.Repairable,
			})
		}
		return shown
	}
	return api.FsckReport{
		Entities: report.Entities, Attributes: report.Attributes,
		Findings: show(report.Findings), Repaired: show(report.Repaired), More: report.More,
	}
}

// Prune answers prune.
func (s *Server) Prune(w http.ResponseWriter, r *http.Request, _ api.PruneParams) {
	var body api.PruneJSONRequestBody
	if err := readBody(r, &body, false); err != nil {
		s.fail(w, r, err)
		return
	}
	if body.Before == "" { // it would be the newest, and all history with it
		s.fail(w, r, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "before is missing"), "write %s", history.Examples))
		return
	}
	ctx := r.Context()
	answer := api.Pruned{DryRun: body.DryRun}
	err := s.past(ctx, func(h clusto.History) error {
		before, err := s.numberAt(ctx, h, body.Before)
		answer.Before = int64(before)
		return err
	})
	if err == nil {
		var n clusto.Pruned
		n, err = history.Prune(ctx, s.options.Store(ctx), clusto.Version(answer.Before), body.DryRun)
		answer.Versions, answer.Entities, answer.Attrs, answer.Changes = n.Versions, n.Entities, n.Attrs, n.Changes
	}
	s.reply(w, r, answer, err)
}
