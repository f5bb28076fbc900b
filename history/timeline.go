package history

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/clusto/clusto"
)

// TimelineOptions say of which time a timeline is, and of which versions.
type TimelineOptions struct {
	// Since and Until are its ends. A zero Since is the time of the first version.
	Since, Until time.Time
	// Buckets is into how many parts the time is divided; at least one.
	Buckets int
	// User limits to versions by this user; "" means no limit.
	User string
	// About, if not nil, limits to versions that changed one of these entities.
	About []clusto.EntityID
}

// Bucket is a part of the time, from Start up to but without End.
type Bucket struct {
	Start time.Time      `json:"start"`
	End   time.Time      `json:"end"`
	Count int            `json:"count"` // how many versions were made in it
	Last  clusto.Version `json:"last"`  // the newest at its end; 0 if there was none yet
}

// Timeline is how many versions were made when.
type Timeline struct {
	Buckets []Bucket
	Total   int
	// More says that there are older versions that were not counted.
	More bool
}

// mostCounted is how many versions a timeline with a filter looks at.
const mostCounted = 100_000

// TimelineOf returns how many versions were made when. Without a filter it looks at
// some versions only, however many there are, and counts the others by their
// numbers: it takes times to rise with versions. With a filter it looks at each of
// the newest that meet it. Versions without a time are left out.
func TimelineOf(ctx context.Context, h clusto.History, o TimelineOptions) (*Timeline, error) {
	if o.Since.IsZero() {
		first, _, err := clusto.First(h.FindVersions(ctx, clusto.VersionMatch{Limit: 1}))
		if err != nil {
			return nil, err
		}
		// A clock may have been put back since.
		if o.Since = first.Time; o.Since.IsZero() || o.Since.After(o.Until) {
			o.Since = o.Until
		}
	}
	if o.Until.Before(o.Since) {
		return nil, clusto.Errorf(clusto.ErrInvalid, "the timeline would end at %s, before it begins at %s",
			o.Until.Format(time.RFC3339), o.Since.Format(time.RFC3339))
	}
	t := &Timeline{Buckets: make([]Bucket, o.Buckets)}
	for i := range t.Buckets {
		t.Buckets[i] = Bucket{Start: o.bound(i), End: o.bound(i + 1)}
	}
	if o.User != "" || o.About != nil {
		return t, t.count(ctx, h, o)
	}
	return t, t.locate(ctx, h, o)
}

// bound returns where bucket i begins. The last one ends a bit late, so that a
// version made just now is in it.
func (o *TimelineOptions) bound(i int) time.Time {
	if i == o.Buckets {
		return o.Until.Add(time.Microsecond)
	}
	part := o.Until.Sub(o.Since) / time.Duration(o.Buckets)
	return o.Since.Add(time.Duration(i) * part)
}

// count looks at each version that meets a filter.
func (t *Timeline) count(ctx context.Context, h clusto.History, o TimelineOptions) error {
	m := clusto.VersionMatch{Since: o.Since, Until: o.Until, User: o.User, About: o.About, NewestFirst: true, Limit: mostCounted + 1}
	for v, err := range h.FindVersions(ctx, m) {
		if err != nil {
			return err
		}
		if t.Total == mostCounted {
			t.More = true
			break
		}
		i, found := slices.BinarySearchFunc(t.Buckets, v.Time, func(b Bucket, at time.Time) int { return b.Start.Compare(at) })
		if !found {
			i--
		}
		if i < 0 || v.Time.IsZero() {
			continue
		}
		t.Total++
		t.Buckets[i].Count++
		t.Buckets[i].Last = max(t.Buckets[i].Last, v.Version)
	}
	for i := 1; i < len(t.Buckets); i++ {
		t.Buckets[i].Last = cmp.Or(t.Buckets[i].Last, t.Buckets[i-1].Last)
	}
	return nil
}

// locate finds which version was the newest at each bound.
func (t *Timeline) locate(ctx context.Context, h clusto.History, o TimelineOptions) error {
	newest, err := h.Version(ctx)
	if err != nil || newest < 1 {
		return err
	}
	p := probes{h: h, newest: newest, times: map[clusto.Version]time.Time{}}
	bounds := make([]time.Time, 0, len(t.Buckets)+1)
	for i := range o.Buckets + 1 {
		bounds = append(bounds, o.bound(i))
	}
	if err := p.narrow(ctx, bounds); err != nil {
		return err
	}
	before := p.before(bounds[0])
	for i := range t.Buckets {
		last := p.before(bounds[i+1])
		t.Buckets[i].Last, t.Buckets[i].Count = last, int(last-before)
		t.Total += int(last - before)
		before = last
	}
	return nil
}

// probes are versions whose times are known.
type probes struct {
	h      clusto.History
	newest clusto.Version
	times  map[clusto.Version]time.Time // zero for versions that are not there, or have none
	sorted []probe                      // those with a time, by their version
}

type probe struct {
	version clusto.Version
	time    time.Time // no earlier than those of versions before it
}

// How narrow looks at versions: so many at once, and so often at most, which is
// enough for more versions than a database can hold.
const (
	probesAtOnce = 1000
	mostRounds   = 24
)

// narrow looks at versions around bounds until it is known of each between which two
// versions it is.
func (p *probes) narrow(ctx context.Context, bounds []time.Time) error {
	for range mostRounds {
		gaps := map[[2]clusto.Version]bool{}
		for _, bound := range bounds {
			if gap := p.around(bound); gap[1]-gap[0] > 1 {
				gaps[gap] = true
			}
		}
		var only []clusto.Version
		each := clusto.Version(max(1, probesAtOnce/max(1, len(gaps))))
		for gap := range maps.Keys(gaps) {
			between := gap[1] - gap[0] - 1
			n := min(each, between)
			for i := range n {
				v := gap[0] + 1 + i*between/n
				if _, known := p.times[v]; !known {
					only = append(only, v)
				}
			}
		}
		if len(only) == 0 {
			return nil
		}
		if err := p.look(ctx, only); err != nil {
			return err
		}
	}
	return nil
}

// look asks for the times of versions.
func (p *probes) look(ctx context.Context, only []clusto.Version) error {
	slices.Sort(only)
	for _, v := range only {
		p.times[v] = time.Time{}
	}
	for v, err := range p.h.FindVersions(ctx, clusto.VersionMatch{Only: only}) {
		if err != nil {
			return err
		}
		p.times[v.Version] = v.Time
	}
	p.sorted = p.sorted[:0]
	latest := time.Time{}
	for _, v := range slices.Sorted(maps.Keys(p.times)) {
		if at := p.times[v]; !at.IsZero() {
			if at.Before(latest) {
				at = latest
			}
			latest = at
			p.sorted = append(p.sorted, probe{v, at})
		}
	}
	return nil
}

// around returns the last version known to be before a time, 0 for none, and the first
// one known not to be, the one after the newest for none.
func (p *probes) around(at time.Time) [2]clusto.Version {
	i, _ := slices.BinarySearchFunc(p.sorted, at, func(k probe, at time.Time) int { return k.time.Compare(at) })
	gap := [2]clusto.Version{0, p.newest + 1}
	if i > 0 {
		gap[0] = p.sorted[i-1].version
	}
	if i < len(p.sorted) {
		gap[1] = p.sorted[i].version
	}
	return gap
}

// before returns the last version known to be before a time.
func (p *probes) before(at time.Time) clusto.Version { return p.around(at)[0] }
