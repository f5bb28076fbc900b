package script_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/script"
)

// trial runs src dry, which must succeed, and returns what it would change.
func (w *world) trial(src string) string {
	w.t.Helper()
	diff, err := w.session.Trial(w.t.Context(), "dry.clusto", src)
	if err != nil {
		w.t.Fatal(render(err))
	}
	var text strings.Builder
	if err := diff.WriteText(&text); err != nil {
		w.t.Fatal(err)
	}
	return text.String()
}

func TestTrial(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.eval("from clusto.drivers import PenguinServer, Pool\nweb = Pool('web')")
	before := w.version()
	script := "a = PenguinServer('web01')\nweb.insert(a)\non_commit(print, 'told')\nprint('done')"
	if got := w.trial(script); !strings.Contains(got, "web01") || !strings.Contains(got, "web") {
		t.Errorf("got %q, want the new server and where it is", got)
	}
	if got := w.out.String(); got != "done\n" {
		t.Errorf("it printed %q, want what the script prints and nothing of on_commit", got)
	}
	if got := w.trial("print(get_by_names(['web01']))"); got != "" {
		t.Errorf("a script that only reads: got %q, want no difference", got)
	}
	if got := w.version(); got != before {
		t.Errorf("got version %d, want %d as before", got, before)
	}
	if _, err := w.session.Trial(t.Context(), "dry.clusto", "Pool('db')\nPool('web')"); !errors.Is(err, clusto.ErrExists) {
		t.Errorf("got %v, want that the pool exists", err)
	}
	w.eval("begin_transaction()")
	if _, err := w.session.Trial(t.Context(), "dry.clusto", "Pool('db')"); !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("in a transaction: got %v, want that it is refused", err)
	}
	w.eval("commit()")
	w.eval("PenguinServer('web01')")
	if got := w.session.Versions(); len(got) != 1 || got[0] != w.version() {
		t.Errorf("after dry runs an entry made the versions %v, want %d", got, w.version())
	}
}

// TestTrialAgain has somebody else change the inventory in the middle of a dry run.
func TestTrialAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	other := w.engine.Session(nil)
	w.eval("from clusto.drivers import Pool")
	if err := other.Eval(t.Context(), "from clusto.drivers import Pool"); err != nil {
		t.Fatal(err)
	}
	w.out.Reset()
	meddler := &meddling{do: func() error { return other.Eval(t.Context(), "Pool('theirs')") }}
	session := w.engine.Session(meddler)
	defer session.Close()
	diff, err := session.Trial(t.Context(), "dry.clusto", "from clusto.drivers import Pool\nget_by_names(['x'])\nprint('now')\nPool('mine')")
	if err != nil || meddler.err != nil {
		t.Fatal(err, meddler.err)
	}
	if len(diff.Entities) != 1 || diff.Entities[0].Name() != "mine" {
		t.Errorf("got %+v, want the pool of the dry run alone", diff.Entities)
	}
}

// meddling does something when it is written to first.
type meddling struct {
	do  func() error
	err error
}

func (m *meddling) Write(p []byte) (int, error) {
	if do := m.do; do != nil {
		m.do = nil
		m.err = do()
	}
	return len(p), nil
}

func TestVersions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if err := w.session.Run(t.Context(), "x", "from clusto.drivers import Pool\nPool('a')\nget_by_name('a')\nPool('b')\n"); err != nil {
		t.Fatal(err)
	}
	if got := w.session.Versions(); len(got) != 2 || got[1] != w.version() {
		t.Errorf("got %v, want two up to %d", got, w.version())
	}
	w.eval("get_by_name('a')")
	if got := w.session.Versions(); len(got) != 0 {
		t.Errorf("an entry that reads made the versions %v", got)
	}
}

func TestFixedUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *script.Options) { o.FixedUser = true })
	for _, src := range []string{"SESSION.clusto_user = 'root'", "SESSION.clusto_user = None", "setattr(SESSION, 'clusto_user', 'root')"} {
		got := w.fails(src)
		if !strings.Contains(got, "recorded for \"tester\"") && !strings.Contains(got, "setattr") {
			t.Errorf("%s: got %s", src, got)
		}
	}
	w.eval("SESSION.clusto_user = 'tester'\nfrom clusto.drivers import Pool\nPool('a')")
	if got := w.versions(0); got[len(got)-1].User != "tester" {
		t.Errorf("the version is by %q", got[len(got)-1].User)
	}
}
