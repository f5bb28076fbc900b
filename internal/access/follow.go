package access

import (
	"context"
	"iter"
	"sync"
	"time"

	"github.com/clusto/clusto"
)

var _ clusto.Follower = (*wrapped)(nil)

// lookAgain is how often it is looked whether who follows changes may still sign in.
const lookAgain = time.Second

// Changes implements clusto.Follower: it tells of a version what FindVersions
// tells. It yields the reason, and ends, within a second or two of the subject
// not being one any more: its token revoked or expired, its user disabled.
func (w *wrapped) Changes(ctx context.Context, since clusto.Version) iter.Seq2[clusto.VersionInfo, error] {
	return func(yield func(clusto.VersionInfo, error) bool) {
		follower, ok := w.store.(clusto.Follower)
		if !ok {
			yield(clusto.VersionInfo{}, clusto.Errorf(clusto.ErrUnsupported, "the changes of this database cannot be followed"))
			return
		}
		if _, err := w.subject.rights(ctx); err != nil {
			yield(clusto.VersionInfo{}, err)
			return
		}
		watched, end := context.WithCancelCause(ctx)
		var watch sync.WaitGroup
		watch.Go(func() { w.watch(watched, end) })
		defer watch.Wait()
		defer end(nil)
		for info, err := range follower.Changes(watched, since) {
			if err == nil {
				info, err = w.told(watched, info)
			}
			if watched.Err() != nil {
				break
			}
			if !yield(info, err) || err != nil {
				return
			}
		}
		if ctx.Err() == nil && watched.Err() != nil {
			yield(clusto.VersionInfo{}, context.Cause(watched))
		}
	}
}

// watch ends what ctx is for when the subject may not sign in any more. What the
// database has against the question is left to whoever asks it next.
func (w *wrapped) watch(ctx context.Context, end context.CancelCauseFunc) {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if _, err := w.subject.rights(ctx); isRefusal(err) {
				end(err)
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// told returns what the subject is told of a version.
func (w *wrapped) told(ctx context.Context, info clusto.VersionInfo) (clusto.VersionInfo, error) {
	if info.Description == "" {
		return info, nil
	}
	description := HiddenMark // if it was pruned meanwhile
	err := w.View(ctx, clusto.Live, func(r clusto.Reader) error {
		p, ok := r.(*past)
		if !ok {
			return nil
		}
		if p.readsAll() && p.revealsAll() {
			description = info.Description
			return nil
		}
		found, err := p.findVersions(ctx, clusto.VersionMatch{Only: []clusto.Version{info.Version}})
		for _, v := range found {
			description = v.Description
		}
		return err
	})
	info.Description = description
	return info, err
}
