package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/clusto/clusto"
)

// testPast asks for edits, versions and lives with conditions and compares the
// answers with what all edits and all versions tell.
func testPast(t *testing.T, s clusto.Store) {
	changeAtRandom(t, s, 11, 60)
	rnd := rand.New(rand.NewPCG(3, 4))
	CheckPast(t, s, clusto.Live, rnd)
	CheckPast(t, s, 30, rnd)
	for _, about := range []string{"n3", "n17"} {
		update(t, s, func(tx clusto.Tx) error { return askWhileChanging(t, tx, about, rnd) })
	}
}

// askWhileChanging asks a transaction, which has what it did so far under the
// version being made.
func askWhileChanging(t *testing.T, tx clusto.Tx, name string, rnd *rand.Rand) error {
	ctx := t.Context()
	askPast(t, tx, rnd)
	tx.Describe("While Changing")
	e, err := tx.Create(ctx, "fresh "+name, "thing", "generic")
	if err != nil {
		return err
	}
	add(t, tx, clusto.Attr{Entity: e.ID, Key: "k", Value: clusto.String("x")}, clusto.Attr{Entity: e.ID, Key: "l"})
	if old, err := tx.Entity(ctx, name); err == nil {
		add(t, tx, clusto.Attr{Entity: old.ID, Key: "k", Value: clusto.RelationTo(e.ID)})
		if err := tx.Rename(ctx, old.ID, "renamed "+name); err != nil {
			return err
		}
	}
	if _, err := tx.DelAttrs(ctx, clusto.AttrMatch{Key: clusto.Is("l")}); err != nil {
		return err
	}
	askPast(t, tx, rnd)
	now := state{map[clusto.EntityID]clusto.Entity{}, map[clusto.AttrID]clusto.Attr{}}
	for _, edit := range editsOf(t, tx, clusto.EditMatch{}) {
		now.apply(t, edit)
	}
	wantSame(t, "the state of the transaction by edits", now, stateOf(t, tx))
	working, err := tx.Version(ctx)
	versions, err2 := clusto.Collect(tx.FindVersions(ctx, clusto.VersionMatch{Grep: "while", NewestFirst: true, Limit: 1}))
	if len(versions) != 1 || versions[0].Version != working {
		t.Errorf("the version being made is %d, found %+v", working, versions)
	}
	return errors.Join(err, err2)
}

// CheckPast asks what s shows at a version for its history, at random.
func CheckPast(t *testing.T, s Viewer, at clusto.Version, rnd *rand.Rand) {
	t.Helper()
	view(t, s, at, func(r clusto.Reader) error { askPast(t, r, rnd); return nil })
}

// askPast asks r for its history, at random.
func askPast(t *testing.T, r clusto.Reader, rnd *rand.Rand) {
	t.Helper()
	versions, err := clusto.Collect(r.Versions(t.Context(), 0))
	if err != nil {
		t.Fatal(err)
	}
	h := historian{t: t, rnd: rnd, r: past(t, r), edits: editsOf(t, r, clusto.EditMatch{}), versions: versions}
	for range 100 {
		h.askEdits()
		h.askVersions()
		h.askLives()
	}
}

// historian asks for history and works out the answers from the whole of it.
type historian struct {
	t        *testing.T
	rnd      *rand.Rand
	r        clusto.History
	edits    []clusto.Edit
	versions []clusto.VersionInfo
}

func (h *historian) one(n int) bool { return h.rnd.IntN(n) == 0 }

// version returns some version, perhaps one that is not shown, or 0, which
// means no limit.
func (h *historian) version() clusto.Version {
	switch h.rnd.IntN(8) {
	case 0, 1, 2, 3:
		return 0
	case 4:
		return h.versions[len(h.versions)-1].Version + 5
	}
	return h.versions[h.rnd.IntN(len(h.versions))].Version
}

// some returns none, one or a few of all, or nil, which means no limit.
func some[T any](h *historian, all []T) []T {
	if h.one(2) {
		return nil
	}
	few := []T{}
	for range h.rnd.IntN(4) {
		few = append(few, all[h.rnd.IntN(len(all))])
	}
	return few
}

func (h *historian) numbers() []clusto.Version {
	var all []clusto.Version
	for _, v := range h.versions {
		all = append(all, v.Version)
	}
	return all
}

// entities returns all that ever were, in the order of their numbers.
func (h *historian) entities() []clusto.EntityID {
	var all []clusto.EntityID
	for _, e := range h.edits {
		all = append(all, e.Entity)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (h *historian) askEdits() {
	m := clusto.EditMatch{Only: some(h, h.numbers()), After: h.version(), To: h.version(), About: some(h, h.entities())}
	if h.one(3) {
		m.Key = [...]clusto.Cond[string]{clusto.Is("k"), clusto.Like("_*"), clusto.Is(clusto.KeyContains)}[h.rnd.IntN(3)]
	}
	if h.one(4) {
		m.Values = h.values()
	}
	if h.one(3) {
		m.Kinds = some(h, []clusto.EditKind{
			clusto.EntityMade, clusto.EntityEnded, clusto.EntityChanged, clusto.AttrMade, clusto.AttrEnded, clusto.AttrsRedacted,
		})
	}
	var want []clusto.Edit
	for _, e := range h.edits {
		isKind := m.Kinds == nil || slices.Contains(m.Kinds, e.Kind)
		if within(e.Version, m.Only, m.After, m.To) && about(e, m.About) && h.hasKey(e, m.Key) && hasValue(e, m.Values) && isKind {
			want = append(want, e)
		}
	}
	wantSame(h.t, fmt.Sprintf("Edits %+v", m), editsOf(h.t, h.r, m), want)
}

func within(v clusto.Version, only []clusto.Version, after, to clusto.Version) bool {
	return (only == nil || slices.Contains(only, v)) && v > after && (to == 0 || v <= to)
}

func about(e clusto.Edit, ids []clusto.EntityID) bool {
	return ids == nil || slices.Contains(ids, e.Entity) || slices.Contains(ids, e.Attr.Value.Relation())
}

// values returns some values of attributes, or none.
func (h *historian) values() []clusto.Value {
	values := []clusto.Value{}
	for range h.rnd.IntN(3) {
		if e := h.edits[h.rnd.IntN(len(h.edits))]; e.Attr.Key != "" && e.Kind != clusto.AttrsRedacted && e.Attr.Value.Kind() != clusto.KindJSON {
			values = append(values, e.Attr.Value)
		}
	}
	return values
}

func hasValue(e clusto.Edit, values []clusto.Value) bool {
	isAttr := e.Kind == clusto.AttrMade || e.Kind == clusto.AttrEnded
	return values == nil || isAttr && slices.ContainsFunc(values, e.Attr.Value.Equal)
}

func (h *historian) hasKey(e clusto.Edit, key clusto.Cond[string]) bool {
	m := clusto.AttrMatch{Key: key}
	return key.Op == clusto.Any || e.Attr.Key != "" && m.Matches(e.Attr)
}

func (h *historian) askVersions() {
	m := clusto.VersionMatch{
		Only: some(h, h.numbers()), After: h.version(), To: h.version(), About: some(h, h.entities()),
		NewestFirst: h.one(2), Limit: h.rnd.IntN(3) * h.rnd.IntN(5),
	}
	if h.one(4) {
		m.User = "ann"
	}
	if h.one(4) {
		m.Grep = [...]string{"ONE", "t", "x"}[h.rnd.IntN(3)]
	}
	if h.one(4) {
		m.Since = h.versions[h.rnd.IntN(len(h.versions))].Time
	}
	if h.one(4) {
		m.Until = h.versions[h.rnd.IntN(len(h.versions))].Time
	}
	var want []clusto.VersionInfo
	for _, v := range h.versions {
		if within(v.Version, m.Only, m.After, m.To) && h.meets(v, &m) {
			want = append(want, v)
		}
	}
	if m.NewestFirst {
		slices.Reverse(want)
	}
	if m.Limit > 0 {
		want = want[:min(m.Limit, len(want))]
	}
	got, err := clusto.Collect(h.r.FindVersions(h.t.Context(), m))
	if err != nil {
		h.t.Fatal(err)
	}
	wantSame(h.t, fmt.Sprintf("FindVersions %+v", m), got, want)
}

// meets reports whether v is by, of, for and about what m says.
func (h *historian) meets(v clusto.VersionInfo, m *clusto.VersionMatch) bool {
	changed := func(e clusto.Edit) bool { return e.Version == v.Version && about(e, m.About) }
	return (m.User == "" || v.User == m.User) &&
		strings.Contains(strings.ToLower(v.Description), strings.ToLower(m.Grep)) &&
		(m.Since.IsZero() || !v.Time.Before(m.Since)) && (m.Until.IsZero() || !v.Time.After(m.Until)) &&
		(m.About == nil || slices.ContainsFunc(h.edits, changed))
}

func (h *historian) askLives() {
	m := clusto.LifeMatch{IDs: some(h, h.entities())}
	lives, called := h.lives()
	if !h.one(3) {
		m.Names = []string{"nobody"}
		for range h.rnd.IntN(4) {
			m.Names = append(m.Names, fmt.Sprint("n", h.rnd.IntN(30)))
		}
	}
	var want []clusto.Life
	for _, l := range lives {
		had := func(name string) bool { return slices.Contains(called[l.ID], name) }
		if (m.IDs == nil || slices.Contains(m.IDs, l.ID)) && (m.Names == nil || slices.ContainsFunc(m.Names, had)) {
			want = append(want, l)
		}
	}
	got, err := clusto.Collect(h.r.Lives(h.t.Context(), m))
	if err != nil {
		h.t.Fatal(err)
	}
	for i := range got {
		got[i].SuccessorOf = 0 // of which edits do not tell
	}
	wantSame(h.t, fmt.Sprintf("Lives %+v", m), got, want)
}

// lives returns all lives in the order of their numbers, and what each entity
// was ever called.
func (h *historian) lives() ([]clusto.Life, map[clusto.EntityID][]string) {
	byID, called := map[clusto.EntityID]clusto.Life{}, map[clusto.EntityID][]string{}
	for _, e := range h.edits {
		life := byID[e.Entity]
		switch e.Kind {
		case clusto.EntityMade, clusto.EntityChanged:
			life.Entity = e.Is
			called[e.Entity] = append(called[e.Entity], e.Is.Name)
		case clusto.EntityEnded:
			life.Ended = e.Version
		}
		byID[e.Entity] = life
	}
	var all []clusto.Life
	for _, life := range byID {
		all = append(all, life)
	}
	slices.SortFunc(all, func(a, b clusto.Life) int { return cmp.Compare(a.ID, b.ID) })
	return all, called
}
