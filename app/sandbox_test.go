package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/config"
	"github.com/clusto/clusto/internal/sandbox"
)

// TestMain makes this program a child of a session, too.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == cli.ScriptChild {
		os.Exit(CLI(all.Drivers(), os.Args))
	}
	goleak.VerifyTestMain(m)
}

// remote is a session of a remote user on a new database.
type remote struct {
	*sandbox.Session
	t       *testing.T
	lib     string
	out     strings.Builder
	notices strings.Builder
}

func openRemote(t *testing.T, limits sandbox.Limits) *remote {
	t.Helper()
	r := &remote{t: t, lib: t.TempDir()}
	dsn := "sqlite:///" + filepath.Join(t.TempDir(), "clusto.db")
	if _, err := initDB(t.Context(), cli.Database{DSN: dsn}); err != nil {
		t.Fatal(err)
	}
	setting := cli.Setting{DSN: dsn, LibDir: r.lib, Config: config.Default(), Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	var err error
	r.Session, err = sandbox.Start(t.Context(), remoteSession(setting, remoteUser{name: "ann", origin: "192.0.2.7"}, limits))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func (r *remote) take(e sandbox.Event) {
	if e.Notice {
		r.notices.WriteString(e.Text)
		return
	}
	r.out.WriteString(e.Text)
}

func TestMeasure(t *testing.T) {
	r := openRemote(t, sandbox.Limits{})
	for _, src := range []string{"from clusto.drivers import *", "a = PenguinServer('web01')", "print(get_by_name('web01'))", "SESSION.clusto_user='x'",
		"for i in range(3000): BasicServer('s%d' % i)", "len(get_entities())"} {
		r.out.Reset()
		start := time.Now()
		result, err := r.Eval(context.Background(), src, r.take)
		t.Log(src, "->", r.out.String(), r.notices.String(), result, err, time.Since(start))
		var se *sandbox.ScriptError
		if errors.As(err, &se) {
			t.Log(se.Render(), clusto.KindOf(err))
		}
		m, _ := filepath.Glob("/proc/*/cmdline")
		for _, f := range m {
			b, _ := os.ReadFile(f)
			if strings.Contains(string(b), "script-child") {
				st, _ := os.ReadFile(filepath.Dir(f) + "/status")
				for l := range strings.Lines(string(st)) {
					if strings.HasPrefix(l, "Vm") {
						t.Log(strings.TrimSpace(l))
					}
				}
				b, _ := os.ReadFile(filepath.Dir(f) + "/stat")
				t.Log(strings.Fields(string(b))[18], string(b))
				b, _ = os.ReadFile(filepath.Dir(f) + "/limits")
				t.Log(string(b))
			}
		}
	}
}
