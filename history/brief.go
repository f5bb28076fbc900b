package history

import (
	"context"
	"errors"
	"slices"

	"github.com/clusto/clusto"
)

const (
	// maxRead is how many rows of attributes a version may have changed that Brief
	// reads all of.
	maxRead = 2000
	// shownNames is how many names Brief gives of what a larger one made, and of what
	// it changed.
	shownNames = 100
)

// alwaysRead are the edits that are read of every version.
var alwaysRead = []clusto.EditKind{clusto.EntityEnded, clusto.EntityChanged, clusto.AttrsRedacted}

// Brief is [Log] for who looks at the newest versions again and again: of a version
// that changed thousands of attributes these are counted and not read, if h
// can do so. Such an Entry is Summed. It names all that was deleted and renamed, but
// only some, at most a hundred each, of what was made and of what else was changed; a
// changed attribute counts as removed and added.
func Brief(ctx context.Context, h clusto.History, m clusto.VersionMatch) ([]Entry, error) {
	versions, err := clusto.Collect(h.FindVersions(ctx, m))
	if err != nil || len(versions) == 0 {
		return nil, err
	}
	small, large, counts, err := bySize(ctx, h, numbers(versions))
	if err != nil {
		return nil, err
	}
	r := newLogReader()
	if len(small) > 0 {
		if err := r.read(ctx, h, clusto.EditMatch{Only: small}); err != nil {
			return nil, err
		}
	}
	if len(large) > 0 {
		if err := r.sum(ctx, h, large, counts); err != nil {
			return nil, err
		}
	}
	return r.log(ctx, h, versions)
}

// bySize tells the versions of which all is read from those that are summed up. All
// are small if nobody counts.
func bySize(ctx context.Context, h clusto.History, versions []clusto.Version) (small, large []clusto.Version, counts map[clusto.Version]clusto.EditCount, err error) {
	counter, ok := h.(clusto.EditCounter)
	if !ok {
		return versions, nil, nil, nil
	}
	counts, err = counter.CountEdits(ctx, versions)
	if errors.Is(err, clusto.ErrUnsupported) {
		return versions, nil, nil, nil
	}
	for _, v := range versions {
		if n := counts[v]; n.AttrsMade+n.AttrsEnded > maxRead {
			large = append(large, v)
		} else {
			small = append(small, v)
		}
	}
	return small, large, counts, err
}

// sum reads of versions what they ended and renamed, and some of what they made and
// changed.
func (r *logReader) sum(ctx context.Context, h clusto.History, versions []clusto.Version, counts map[clusto.Version]clusto.EditCount) error {
	few := newLogReader()
	if err := few.read(ctx, h, clusto.EditMatch{Only: versions, Kinds: alwaysRead}); err != nil {
		return err
	}
	samples, err := h.(clusto.EditCounter).SampleEdits(ctx, versions)
	if err != nil {
		return err
	}
	for _, v := range versions {
		d := few.done[v]
		if d == nil {
			d = deedsOf(newNet())
		}
		d.net, d.summed, d.count = nil, true, counts[v]
		d.added, d.removed = d.count.AttrsMade, d.count.AttrsEnded
		d.made = samples[v].Made
		for _, id := range samples[v].Owners {
			d.touched[id] = true
		}
		r.done[v] = d
		r.ids = append(append(r.ids, d.ids()...), d.made...)
	}
	return nil
}

// sample names what a summed version made and changed, as far as it is known. What was
// made then was not changed.
func (d *deeds) sample(e *Entry, names *names) {
	for _, id := range d.made {
		e.Made = append(e.Made, names.entity(id, e.Version).Name)
	}
	for id := range d.touched {
		if life, known := names.lives[id]; known && life.Version == e.Version {
			delete(d.touched, id)
		}
	}
}

// firstNames returns the first of names, which are sorted.
func firstNames(names []string) []string {
	return slices.Clip(names[:min(len(names), shownNames)])
}
