//go:build linux

package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/config"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sandbox"
	"github.com/clusto/clusto/internal/shell"
)

// remote is a session of the remote user ann on a new database.
type remote struct {
	*sandbox.Session
	t       *testing.T
	setting cli.Setting
	said    strings.Builder // output, and notices in angle brackets
}

// sandboxSetting returns the setting of a server on a new database.
func sandboxSetting(t *testing.T) cli.Setting {
	t.Helper()
	s := cli.Setting{
		DSN:    dbtest.NewDSN(t),
		LibDir: t.TempDir(),
		Config: config.Default(),
		Log:    slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	if _, err := initDB(t.Context(), s.Database()); err != nil {
		t.Fatal(err)
	}
	return s
}

// openRemote opens a session; prepare may change the setting.
func openRemote(t *testing.T, limits sandbox.Limits, prepare func(*cli.Setting)) *remote {
	t.Helper()
	r := &remote{t: t, setting: sandboxSetting(t)}
	if prepare != nil {
		prepare(&r.setting)
	}
	r.Session = r.another(limits)
	return r
}

// another opens one more session of ann.
func (r *remote) another(limits sandbox.Limits) *sandbox.Session {
	r.t.Helper()
	if racetest.On {
		limits.Memory = 1 << 50
	}
	opt := remoteSession(r.setting, remoteUser{name: "ann", origin: "192.0.2.7", subject: everything(r.t)}, limits)
	s, err := sandbox.Start(r.t.Context(), opt)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			r.t.Error(err)
		}
	})
	return s
}

func (r *remote) take(e sandbox.Event) {
	if e.Notice {
		e.Text = "<" + e.Text + ">"
	}
	r.said.WriteString(e.Text)
}

// eval runs an entry, which must succeed, and returns what it said.
func (r *remote) eval(entry string) string {
	r.t.Helper()
	r.said.Reset()
	if _, err := r.Eval(r.t.Context(), entry, r.take); err != nil {
		r.t.Fatalf("%s\n%v", entry, shown(err))
	}
	return r.said.String()
}

// fails runs an entry, which must fail with an error of a kind.
func (r *remote) fails(entry string, kind error, says string) {
	r.t.Helper()
	r.said.Reset()
	_, err := r.Eval(r.t.Context(), entry, r.take)
	if err == nil || clusto.KindOf(err) != kind || !strings.Contains(shown(err), says) {
		r.t.Errorf("%s\ngot %v (%v), want %q", entry, shown(err), clusto.KindOf(err), says)
	}
}

// shown returns an error as the shell shows it.
func shown(err error) string {
	if err == nil {
		return ""
	}
	if r, ok := errors.AsType[interface {
		error
		Render() string
	}](err); ok {
		return r.Render()
	}
	return err.Error() + "\n" + clusto.Hint(err)
}

// newest returns the newest version.
func (r *remote) newest() clusto.VersionInfo {
	r.t.Helper()
	store, err := openStore(r.t.Context(), r.setting.Database())
	if err != nil {
		r.t.Fatal(err)
	}
	defer store.Close()
	var all []clusto.VersionInfo
	err = store.View(r.t.Context(), clusto.Live, func(reader clusto.Reader) (err error) {
		all, err = clusto.Collect(reader.Versions(r.t.Context(), 0))
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	if len(all) == 0 {
		return clusto.VersionInfo{}
	}
	return all[len(all)-1]
}

// TestLikeTheLocalShell enters the same into a remote session and into a local one.
func TestLikeTheLocalShell(t *testing.T) {
	t.Parallel()
	far := openRemote(t, sandbox.Limits{}, nil)
	near := openRemote(t, sandbox.Limits{}, nil) // for its database
	var out, notices bytes.Buffer
	setting := near.setting
	setting.Stdout, setting.Stderr = &out, &notices
	w, err := (&program{drivers: all.Drivers()}).openWorkshop(t.Context(), setting)
	if err != nil {
		t.Fatal(err)
	}
	defer w.store.Close()
	session := w.engine.Session(nil)
	defer session.Close()
	local := interpreter{session}
	for n, entry := range []string{
		"from clusto.drivers import *",
		"web = Pool('wéb')",
		"for i in range(3): web.insert(PenguinServer('web%02d' % i))",
		"web.contents()",
		"'größe', '世界 🐘', None",
		"None",
		"print(1); 2",
		"if True:\n    3\n",
		"nowhere",
		"get_by_name('nowhere')",
		"PenguinServer('web01')",
		"def f(x): return g(x)",
		"def g(x): return 1 / x",
		"f(0)",
		"with x: pass",
		"while True: pass",
		"help(web.insert)",
		"dir(web)",
		"begin_transaction()",
		"PenguinServer('a')",
		"begin_transaction(); raise ValueError('ü')",
		"rollback_transaction()",
		"get_by_names(['a'])",
		"print('é'.elems())",
		"history.log(limit=1)[0]['description']",
		"import http; http.get('http://192.0.2.1/')",
	} {
		out.Reset()
		notices.Reset()
		err := local.Run(t.Context(), shell.Entry{Name: fmt.Sprintf("<shell %d>", n+1), Line: 1, Text: entry})
		want := out.String()
		if notices.Len() > 0 {
			want += "<" + notices.String() + ">"
		}
		far.said.Reset()
		result, farErr := far.Eval(t.Context(), entry, far.take)
		if d := cmp.Diff(far.said.String(), want); d != "" {
			t.Errorf("%s: got, want\n%s", entry, d)
		}
		if d := cmp.Diff(shown(farErr), shown(err)); d != "" {
			t.Errorf("%s: got, want the error\n%s", entry, d)
		}
		if clusto.KindOf(farErr) != clusto.KindOf(err) {
			t.Errorf("%s: got an error of the kind %v, want %v", entry, clusto.KindOf(farErr), clusto.KindOf(err))
		}
		if result.InTransaction != session.InTransaction() || len(result.Versions) != len(session.Versions()) {
			t.Errorf("%s: got %+v", entry, result)
		}
		if got, err := far.Incomplete(t.Context(), entry); err != nil || got != local.Incomplete(entry) {
			t.Errorf("%s: got incomplete=%t, %v", entry, got, err)
		}
		word, candidates := local.Complete(entry + ".")
		c, err := far.Complete(t.Context(), entry+".", len(entry)+1)
		if err != nil || len(c.Candidates) != len(candidates) || c.From != len(entry)+1-len(word) {
			t.Errorf("%s: got %d completions from %d, %v; want %d of %q", entry, len(c.Candidates), c.From, err, len(candidates), word)
		}
	}
}

func TestRemoteScripts(t *testing.T) {
	t.Parallel()
	r := openRemote(t, sandbox.Limits{}, nil)
	run := func(src sandbox.Source) (sandbox.Result, error) {
		r.said.Reset()
		return r.Run(t.Context(), src, r.take)
	}
	const script = "from clusto.drivers import Pool\nPool('a')\nPool('b')\nprint('done')\n"
	got, err := run(sandbox.Source{Name: "x.clusto", Text: script, Dry: true})
	if err != nil || !strings.Contains(got.DiffText, "a") || !strings.Contains(string(got.Diff), `"entities"`) || len(got.Versions) != 0 {
		t.Errorf("dry: got %+v, %v", got, err)
	}
	if got, err = run(sandbox.Source{Name: "x.clusto", Text: script}); err != nil || len(got.Versions) != 2 || r.said.String() != "done\n" {
		t.Errorf("got %+v, %v and %q", got, err, r.said.String())
	}
	if v := r.newest(); v.User != "ann" || v.Description != "Pool('b') (x.clusto:3)" || v.Version != got.Versions[1] {
		t.Errorf("the newest version is %+v", v)
	}
	_, err = run(sandbox.Source{Name: "y.clusto", Line: 41, Text: "Pool('c')\n1/0", Atomic: true})
	if !strings.HasPrefix(shown(err), "  y.clusto:42:") || len(r.eval("get_by_names(['c'])")) != len("[None]\n") {
		t.Errorf("got %s", shown(err))
	}
	if _, err := r.Help(t.Context(), "Pool"); err != nil {
		t.Error(err)
	}
}

// TestOnlyForTheUser checks what a script must not get round.
func TestOnlyForTheUser(t *testing.T) {
	t.Parallel()
	r := openRemote(t, sandbox.Limits{}, func(s *cli.Setting) {
		s.Config.Clusto.User = "root"
		s.Config.Script.Allow = []string{"http", "dns", "smtp"}
	})
	r.fails("SESSION.clusto_user = 'root'", clusto.ErrDenied, `what you change is recorded for "ann"`)
	r.eval("from clusto.drivers import Pool\nSESSION.clusto_description = 'spring cleaning'")
	r.eval("Pool('a')")
	if v := r.newest(); v.User != "ann" || v.Description != "spring cleaning" {
		t.Errorf("the newest version is %+v", v)
	}
	r.fails("import http; http.get('http://127.0.0.1/')", clusto.ErrUnsupported, "http is switched off")
	r.fails("import dns; dns.lookup('localhost')", clusto.ErrUnsupported, "dns is switched off")
	r.fails("import smtp; smtp.send('a@b', 'c', 'd', 'e@f')", clusto.ErrUnsupported, "smtp is switched off")
	r.fails("input('your password? ')", nil, "input")
	r.fails("raw_input('your password? ')", nil, "raw_input")
}

func TestRemoteLibrary(t *testing.T) {
	t.Parallel()
	write := func(s *cli.Setting, name, text string) {
		t.Helper()
		file := filepath.Join(s.LibDir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file+".new", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	r := openRemote(t, sandbox.Limits{}, func(s *cli.Setting) {
		write(s, "tools.py", "def f(): return 1")
		write(s, "drivers/bad.py", "class :")
	})
	if said := r.Opening(); len(said) != 1 || !said[0].Notice || !strings.Contains(said[0].Text, "bad.py") {
		t.Errorf("at the start it says %v", said)
	}
	r.eval("from tools import f")
	if got := r.eval("f()"); got != "1\n" {
		t.Errorf("got %q", got)
	}
	write(&r.setting, "tools.py", "def f(): return 222")
	if got := r.eval("f()"); got != "222\n" {
		t.Errorf("after a change: got %q", got)
	}
	write(&r.setting, "drivers/bad.py", "class Bad(:")
	if got := r.eval("f()"); !strings.Contains(got, "<warning: ") || !strings.HasSuffix(got, ">222\n") {
		t.Errorf("when a driver is broken in another way: got %q", got)
	}
}

// TestHostileScripts is what would bring a server down. What was committed stays, and
// others go on.
func TestHostileScripts(t *testing.T) {
	t.Parallel()
	r := openRemote(t, sandbox.Limits{Memory: 640 << 20, Entry: time.Minute, Output: 1 << 20}, func(s *cli.Setting) {
		s.Config.Script.MaxSteps = 1 << 40
	})
	r.eval("from clusto.drivers import Pool")
	if !racetest.On {
		for range 2 {
			r.fails("x = []\nwhile True: x.append('%s' % len(x) * 100000)", clusto.ErrExhausted, "MiB of memory")
			r.eval("x = None")
		}
	}
	r.fails("raise ValueError('x' * 1000000)", nil, "xxx…")
	r.said.Reset()
	result, err := r.Eval(t.Context(), "for i in range(100000): print('0123456789' * 10)", r.take)
	if err != nil || !result.Cut || r.said.Len() > 1<<20+200 {
		t.Errorf("got %+v, %v and %d bytes", result, err, r.said.Len())
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = r.Eval(ctx, "print('on and on')\nwhile True: pass", func(sandbox.Event) { cancel() })
	if e, ok := errors.AsType[*sandbox.ScriptError](err); !ok || !e.Interrupted() || !strings.HasSuffix(e.Render(), "interrupted") {
		t.Errorf("interrupted: got %v", err)
	}
	r.eval("begin_transaction(); Pool('a')")
	if racetest.On {
		r.eval("rollback_transaction()")
		return
	}
	r.fails("len('a' * ((1 << 30) - 1))", clusto.ErrExhausted, "640 MiB of memory")
	other := r.another(sandbox.Limits{})
	if _, err := other.Eval(t.Context(), "from clusto.drivers import Pool\nPool('b')", nil); err != nil {
		t.Errorf("in another session: %v", err)
	}
	if _, err := other.Eval(t.Context(), "get_by_name('a')", nil); !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("of the transaction that was open there is: %v", err)
	}
}

func TestEntryTime(t *testing.T) {
	t.Parallel()
	r := openRemote(t, sandbox.Limits{Entry: 300 * time.Millisecond}, func(s *cli.Setting) {
		s.Config.Script.MaxSteps = 1 << 40
	})
	r.fails("while True: pass", clusto.ErrExhausted, "<shell 1>:1:7\n      while True: pass\n            ^\nthe time for a script is over: 300ms")
	r.fails("import time; time.sleep(1000)", clusto.ErrExhausted, "the time for a script is over: 300ms")
	r.eval("1")
}

func TestProcessorTime(t *testing.T) {
	t.Parallel()
	r := openRemote(t, sandbox.Limits{CPU: time.Second}, func(s *cli.Setting) {
		s.Config.Script.MaxSteps = 1 << 40
	})
	r.fails("while True: pass", clusto.ErrExhausted, "<shell 1>:1:7\n      while True: pass\n            ^\nthe session has used all the processor time")
	r.fails("1", clusto.ErrExhausted, "the session has used all the processor time")
}

func TestNoDatabase(t *testing.T) {
	t.Parallel()
	setting := cli.Setting{DSN: "sqlite:///" + filepath.Join(t.TempDir(), "none.db"), Config: config.Default()}
	limits := sandbox.Limits{}
	if racetest.On {
		limits.Memory = 1 << 50
	}
	_, err := sandbox.Start(t.Context(), remoteSession(setting, remoteUser{subject: everything(t)}, limits))
	if !errors.Is(err, clusto.ErrNotFound) || clusto.Hint(err) == "" {
		t.Errorf("got %v", err)
	}
}

func TestDryWithoutHistory(t *testing.T) {
	t.Parallel()
	r := openRemote(t, sandbox.Limits{}, func(s *cli.Setting) { s.Config.Clusto.Versioning = false })
	if _, err := r.Run(t.Context(), sandbox.Source{Name: "x", Text: "1", Dry: true}, nil); !errors.Is(err, clusto.ErrUnsupported) {
		t.Errorf("got %v, want that it is refused", err)
	}
}

func TestChildEnvironment(t *testing.T) {
	t.Setenv("PGPASSFILE", "/home/ann/.pgpass")
	t.Setenv("CLUSTODSN", "postgresql://ann:s3cret@db/clusto")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
	got := strings.Join(childEnvironment(), " ")
	if !strings.Contains(got, "PGPASSFILE=/home/ann/.pgpass") || strings.Contains(got, "s3cret") {
		t.Errorf("got %s", got)
	}
}

// everything returns the rights of whoever asks where there are no accounts.
func everything(t *testing.T) json.RawMessage {
	t.Helper()
	rights, err := rightsOf(access.Everything("ann", "192.0.2.7"), access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return rights
}

// TestScriptsHaveTheRightsOfTheirUser runs scripts for somebody who may write one
// thing, and for nobody.
func TestScriptsHaveTheRightsOfTheirUser(t *testing.T) {
	setting := sandboxSetting(t)
	store, err := openStore(t.Context(), setting.Database())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	accounts, err := access.NewAccounts(store, access.AccountsOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.CreateUser(t.Context(), clusto.User{Name: "ann"}, ""); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"script", "write entity of type pool"} {
		if _, err := accounts.Give(t.Context(), clusto.Grant{User: "ann", Line: line}); err != nil {
			t.Fatal(err)
		}
	}
	ann, err := access.NewAuthenticator(accounts, access.AuthOptions{}).User(t.Context(), "ann", "192.0.2.7")
	if err != nil {
		t.Fatal(err)
	}
	rights, err := rightsOf(ann, access.Options{})
	if err != nil {
		t.Fatal(err)
	}
	limits := sandbox.Limits{}
	if racetest.On {
		limits.Memory = 1 << 50
	}
	session, err := sandbox.Start(t.Context(), remoteSession(setting, remoteUser{name: "ann", subject: rights}, limits))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	for _, test := range []struct {
		script string
		kind   error
	}{
		{"from clusto.drivers import Pool\nPool('web')", nil},
		{"from clusto.drivers import BasicServer\nBasicServer('web1')", clusto.ErrDenied},
	} {
		_, err := session.Run(t.Context(), sandbox.Source{Name: "test", Text: test.script}, func(sandbox.Event) {})
		if !errors.Is(err, test.kind) {
			t.Errorf("%s: got %v, want %v", test.script, err, test.kind)
		}
	}
	if _, err := sandbox.Start(t.Context(), remoteSession(setting, remoteUser{name: "ann"}, limits)); !errors.Is(err, clusto.ErrDenied) {
		t.Errorf("without rights: got %v, want %v", err, clusto.ErrDenied)
	}
}
