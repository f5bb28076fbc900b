package history

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// Entry is a version in the log: who, when, why, and in short what.
type Entry struct {
	clusto.VersionInfo
	Made []string // names of entities, sorted
	// MadeCount is how many it made, also where Made does not name all.
	MadeCount int
	Deleted   []string
	Renamed   []Rename
	// Changed are the entities that got another driver or other attributes,
	// without those above.
	Changed                                          []string
	AttrsAdded, AttrsRemoved, AttrsChanged, Redacted int
	// Lines tell the first of it in words, if it is not too much for that, and
	// More counts what they leave out.
	Lines []Line
	More  int
	// Summed says that [Brief] did not read all that the version changed.
	Summed bool
}

// Rename is an entity that got another name.
type Rename struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Log returns the versions that m selects with what they did.
func Log(ctx context.Context, h clusto.History, m clusto.VersionMatch) ([]Entry, error) {
	versions, err := clusto.Collect(h.FindVersions(ctx, m))
	if err != nil || len(versions) == 0 {
		return nil, err
	}
	r := newLogReader()
	if err := r.read(ctx, h, clusto.EditMatch{Only: numbers(versions)}); err != nil {
		return nil, err
	}
	return r.log(ctx, h, versions)
}

func numbers(versions []clusto.VersionInfo) []clusto.Version {
	var all []clusto.Version
	for _, v := range versions {
		all = append(all, v.Version)
	}
	return all
}

// logReader reads what versions did.
type logReader struct {
	done map[clusto.Version]*deeds
	ids  []clusto.EntityID // whose names are wanted
}

func newLogReader() *logReader { return &logReader{done: map[clusto.Version]*deeds{}} }

// read reads the edits that m selects, of whole versions.
func (r *logReader) read(ctx context.Context, h clusto.History, m clusto.EditMatch) error {
	current, n := clusto.Version(0), newNet()
	finish := func() {
		n.settle()
		d := deedsOf(n)
		r.done[current] = d
		r.ids = append(r.ids, d.ids()...)
		if d.net != nil {
			r.ids = append(r.ids, n.ids()...)
		}
	}
	for e, err := range h.Edits(ctx, m) {
		if err != nil {
			return err
		}
		if e.Version != current {
			finish()
			current, n = e.Version, newNet()
		}
		n.take(e)
	}
	finish()
	return nil
}

// log returns the versions with what was read of them.
func (r *logReader) log(ctx context.Context, h clusto.History, versions []clusto.VersionInfo) ([]Entry, error) {
	names, err := namesOf(ctx, h, r.ids, slices.Min(numbers(versions))-1)
	if err != nil {
		return nil, err
	}
	log := make([]Entry, len(versions))
	for i, v := range versions {
		log[i] = Entry{VersionInfo: v}
		if d := r.done[v.Version]; d != nil {
			if d.net != nil {
				log[i].Lines, log[i].More = lines(d.net, names, v.Version)
			}
			d.name(&log[i], names)
		}
	}
	return log, nil
}

// Limit limits m to the versions from since up to until. Each is the number of a
// version, a time as [ParseTime] and [ParseUntil] have it, or "" for no limit.
func Limit(m *clusto.VersionMatch, since, until string, now time.Time) (err error) {
	if n, ok := number(since); ok {
		m.After = n - 1
	} else if since != "" {
		if m.Since, err = ParseTime(since, now); err != nil {
			return fmt.Errorf("since: %w", err)
		}
	}
	if n, ok := number(until); ok {
		m.To = n
	} else if until != "" {
		if m.Until, err = ParseUntil(until, now); err != nil {
			return fmt.Errorf("until: %w", err)
		}
	}
	return nil
}

// number returns the version that a text is the number of.
func number(text string) (clusto.Version, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return clusto.Version(n), err == nil && n > 0
}

// deeds is what a version did, without what nobody is told in a log.
type deeds struct {
	entities                          map[clusto.EntityID]entityChange
	touched                           map[clusto.EntityID]bool
	added, removed, changed, redacted int
	net                               *net // nil if it is too much to be told in words

	// Of what is Summed, see Entry:
	summed bool
	count  clusto.EditCount
	made   []clusto.EntityID // some of what was made
}

func deedsOf(n *net) *deeds {
	d := &deeds{entities: n.entities, touched: map[clusto.EntityID]bool{}}
	if len(n.entities)+len(n.slots) <= maxTold {
		d.net = n
	}
	for s, c := range n.slots {
		both := min(len(c.removed), len(c.added))
		d.changed += both
		d.added += len(c.added) - both
		d.removed += len(c.removed) - both
		d.touched[s.entity] = true
	}
	for _, e := range n.redacted {
		d.redacted += e.Redacted
		d.touched[e.Entity] = true
	}
	return d
}

// ids returns the entities whose names the deeds themselves do not tell.
func (d *deeds) ids() []clusto.EntityID {
	return slices.Collect(maps.Keys(d.touched))
}

// name writes the deeds into e, with names.
func (d *deeds) name(e *Entry, names *names) {
	e.AttrsAdded, e.AttrsRemoved, e.AttrsChanged, e.Redacted = d.added, d.removed, d.changed, d.redacted
	for id, c := range d.entities {
		delete(d.touched, id)
		switch {
		case c.was == clusto.Entity{}:
			e.Made = append(e.Made, c.is.Name)
		case c.is == clusto.Entity{}:
			e.Deleted = append(e.Deleted, c.was.Name)
		case c.was.Name != c.is.Name:
			e.Renamed = append(e.Renamed, Rename{c.was.Name, c.is.Name})
		default:
			e.Changed = append(e.Changed, c.is.Name)
		}
	}
	if d.summed {
		d.sample(e, names)
	}
	for id := range d.touched {
		e.Changed = append(e.Changed, names.entity(id, e.Version).Name)
	}
	for _, list := range [][]string{e.Made, e.Deleted, e.Changed} {
		slices.Sort(list)
	}
	slices.SortFunc(e.Renamed, func(a, b Rename) int { return strings.Compare(a.From, b.From) })
	e.MadeCount, e.Summed = len(e.Made), d.summed
	if d.summed {
		e.MadeCount = d.count.EntitiesMade
		e.Made, e.Changed = firstNames(e.Made), firstNames(e.Changed)
	}
}

// Summary returns in a line what the version did: "made web7; changed rk-01,
// sw-01; 12 attributes added, 1 changed". It is "" if that is nothing.
func (e *Entry) Summary() string {
	var parts []string
	entities := func(what string, names []string) {
		if len(names) > 0 {
			parts = append(parts, what+" "+list(names))
		}
	}
	if len(e.Made) > 0 {
		parts = append(parts, "made "+listOf(e.Made, e.MadeCount))
	}
	entities("deleted", e.Deleted)
	var renames []string
	for _, r := range e.Renamed {
		renames = append(renames, r.From+" to "+r.To)
	}
	entities("renamed", renames)
	entities("changed", e.Changed)
	var attrs []string
	for _, part := range []struct {
		n    int
		what string
	}{{e.AttrsAdded, "added"}, {e.AttrsRemoved, "removed"}, {e.AttrsChanged, "changed"}} {
		switch {
		case part.n == 0:
		case attrs == nil:
			attrs = append(attrs, count(part.n, "attribute", "attributes")+" "+part.what)
		default:
			attrs = append(attrs, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	if attrs != nil {
		parts = append(parts, strings.Join(attrs, ", "))
	}
	if e.Redacted > 0 {
		parts = append(parts, count(e.Redacted, "old value", "old values")+" redacted")
	}
	return strings.Join(parts, "; ")
}

// WriteLog writes entries for people, with times in zone.
func WriteLog(w io.Writer, entries []Entry, zone *time.Location) error {
	out := bufio.NewWriter(w)
	for i := range entries {
		e := &entries[i]
		fmt.Fprintln(out, headline(e.VersionInfo, zone))
		for _, line := range []string{e.Description, e.Summary()} {
			if line != "" {
				fmt.Fprintf(out, "    %s\n", strings.ReplaceAll(line, "\n", "\n    "))
			}
		}
	}
	return out.Flush()
}

// deedsJSON is what a version did, as JSON has it.
type deedsJSON struct {
	Made         []string `json:"made"`
	MadeCount    int      `json:"made_count,omitempty"` // if Summed
	Deleted      []string `json:"deleted"`
	Renamed      []Rename `json:"renamed"`
	Changed      []string `json:"changed"`
	AttrsAdded   int      `json:"attrs_added"`
	AttrsRemoved int      `json:"attrs_removed"`
	AttrsChanged int      `json:"attrs_changed"`
	Redacted     int      `json:"redacted"`
	Lines        []Line   `json:"lines"`
	More         int      `json:"more"`
	Summed       bool     `json:"summed,omitempty"`
}

// MarshalJSON has the lists even when they are empty.
func (e Entry) MarshalJSON() ([]byte, error) {
	counted := 0
	if e.Summed {
		counted = e.MadeCount
	}
	return joined(e.VersionInfo, deedsJSON{
		orEmpty(e.Made), counted, orEmpty(e.Deleted), orEmpty(e.Renamed), orEmpty(e.Changed),
		e.AttrsAdded, e.AttrsRemoved, e.AttrsChanged, e.Redacted, orEmpty(e.Lines), e.More, e.Summed,
	})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (e *Entry) UnmarshalJSON(text []byte) error {
	var info clusto.VersionInfo
	var d deedsJSON
	if err := parted(text, &info, &d); err != nil {
		return err
	}
	*e = Entry{info, d.Made, max(d.MadeCount, len(d.Made)), d.Deleted, d.Renamed, d.Changed, d.AttrsAdded, d.AttrsRemoved, d.AttrsChanged, d.Redacted, d.Lines, d.More, d.Summed}
	return nil
}
