package httpapi

import (
	"cmp"
	"context"
	"math/bits"
	"net/http"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// Limits of overlapContainers.
const (
	maxOverlapped = 32
	maxParts      = 1000
)

// OverlapContainers answers GET /sets/overlaps.
func (s *Server) OverlapContainers(w http.ResponseWriter, r *http.Request, params api.OverlapContainersParams) {
	var answer api.Overlaps
	admits, err := newAdmission(params.Type, params.Driver, nil)
	if err = cmp.Or(err, checkOverlapped(params.Pools)); err == nil {
		err = s.view(r.Context(), params.At, func(inv *clusto.Inventory) error {
			containers, err := containersCalled(r.Context(), inv, params.Pools)
			if err != nil {
				return err
			}
			if answer, err = overlaps(r.Context(), inv, containers, admits); err != nil {
				return err
			}
			answer.Version, err = versionNumber(r.Context(), inv)
			return err
		})
	}
	s.reply(w, r, answer, err)
}

// checkOverlapped returns ErrInvalid if these cannot be laid over each other.
func checkOverlapped(called []string) error {
	if err := atMost("pools", called, maxOverlapped); err != nil {
		return err
	}
	if len(called) == 0 {
		return clusto.Errorf(clusto.ErrInvalid, "the parameter pools is missing")
	}
	for i, name := range called {
		if slices.Contains(called[:i], name) {
			return clusto.Errorf(clusto.ErrInvalid, "the parameter pools has %q twice", name)
		}
	}
	return nil
}

// membership is a set of containers: bit i stands for the one with number i.
type membership uint32

// overlaps counts what is in the containers by which of them it is in.
func overlaps(ctx context.Context, inv *clusto.Inventory, containers []*clusto.Object, admits admission) (api.Overlaps, error) {
	answer := api.Overlaps{Pools: make([]api.PoolSize, len(containers)), Parts: []api.OverlapPart{}}
	in := map[clusto.EntityID]membership{}
	for i, c := range containers {
		placed, err := inv.Contents(ctx, []clusto.EntityID{c.ID}, true)
		if err != nil {
			return answer, err
		}
		answer.Pools[i].Name = c.Name
		for _, p := range placed {
			if admits.admits(p.Entity) {
				in[p.ID] |= 1 << i
				answer.Pools[i].Entities++
			}
		}
	}
	answer.Total = len(in)
	sizes := map[membership]int{}
	for _, which := range in {
		sizes[which]++
	}
	parts := make([]membership, 0, len(sizes))
	for which := range sizes {
		parts = append(parts, which)
	}
	slices.SortFunc(parts, func(a, b membership) int {
		return cmp.Or(cmp.Compare(sizes[b], sizes[a]), cmp.Compare(bits.OnesCount32(uint32(a)), bits.OnesCount32(uint32(b))), cmp.Compare(a, b))
	})
	if answer.More = len(parts) > maxParts; answer.More {
		parts = parts[:maxParts]
	}
	for _, which := range parts {
		part := api.OverlapPart{Entities: sizes[which], Pools: []string{}}
		for i, c := range containers {
			if which&(1<<i) != 0 {
				part.Pools = append(part.Pools, c.Name)
			}
		}
		answer.Parts = append(answer.Parts, part)
	}
	return answer, nil
}
