//go:build !race

package webui_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clusto/clusto/app"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/testenv"
)

// program is the name under which the tests run as clusto.
const program = "clusto"

// TestMain makes this program clusto for the stories, and the child of a session.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == program || len(os.Args) > 1 && os.Args[1] == cli.ScriptChild {
		os.Exit(app.CLI(all.Drivers(), os.Args))
	}
	os.Exit(testenv.Main(m))
}

// web is where the source of the pages and the stories are.
const web = "../../web"

// TestStories plays web/stories in Chromium, each on a server of its own with the
// world of the demonstration, on the database that package dbtest chooses. Only
// some are played that the environment variable CLUSTO_STORIES names, and on
// PostgreSQL those with the tag @database.
func TestStories(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute or two")
	}
	if dbtest.Chosen(t) == dbtest.MariaDB {
		t.Skip("the pages know nothing of databases: SQLite and PostgreSQL are enough")
	}
	testenv.Require(t, "node", "chromium", "snmptrap")
	readAll(t)
	if _, err := os.Stat(filepath.Join(web, "node_modules/@playwright/test")); err != nil {
		if strings.Contains(os.Getenv("CLUSTO_TEST_REQUIRE"), "chromium") {
			t.Fatal("CLUSTO_TEST_REQUIRE names chromium, and Playwright is not installed: make web installs it")
		}
		t.Skip("Playwright is not installed: make web installs it")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	clusto := filepath.Join(dir, program)
	if err := os.Symlink(self, clusto); err != nil {
		t.Fatal(err)
	}
	args := []string{"node_modules/@playwright/test/cli.js", "test", "--reporter", "list"}
	cmd := exec.CommandContext(t.Context(), "node", append(args, strings.Fields(os.Getenv("CLUSTO_STORIES"))...)...)
	cmd.Dir = web
	cmd.Env = append(os.Environ(), "CLUSTO_BIN="+clusto, "CLUSTO_STORY_OUTPUT="+filepath.Join(dir, "output"), "CI=1", "NO_COLOR=1")
	if dbtest.Chosen(t) == dbtest.PostgreSQL {
		cmd.Args = append(cmd.Args, "--grep", "@database") // what changes and remembers
		databases := newDatabases(t, clusto)
		cmd.Env = append(cmd.Env, "CLUSTO_STORY_DATABASES="+databases.url)
		runWith(t, cmd, databases)
		return
	}
	runWith(t, cmd, nil)
}

// readAll reads the sources that the test depends on, so that its result is not
// taken from the cache when they have changed.
func readAll(t *testing.T) {
	t.Helper()
	for _, dir := range []string{"stories", "playwright.config.ts", "package-lock.json"} {
		err := filepath.WalkDir(filepath.Join(web, dir), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			_, err = os.ReadFile(path)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// runWith runs the stories and makes the databases that they ask for.
func runWith(t *testing.T, cmd *exec.Cmd, d *databases) {
	t.Helper()
	type result struct {
		out []byte
		err error
	}
	ended := make(chan result, 1)
	go func() {
		out, err := cmd.CombinedOutput()
		ended <- result{out, err}
	}()
	var wanted chan chan string
	if d != nil {
		wanted = d.wanted
	}
	for {
		select {
		case answer := <-wanted:
			answer <- d.make(t)
		case r := <-ended:
			if r.err != nil {
				t.Fatalf("%v\n%s", r.err, r.out)
			}
			lines := strings.Split(strings.TrimSpace(string(r.out)), "\n")
			t.Log(strings.TrimSpace(lines[len(lines)-1]))
			return
		}
	}
}

// databases makes databases of PostgreSQL with the world of the demonstration for
// whoever asks with POST.
type databases struct {
	server   *testenv.Server
	template string
	url      string
	wanted   chan chan string // each is answered with a DSN
}

// newDatabases makes the world once, and a template of it.
func newDatabases(t *testing.T, clusto string) *databases {
	t.Helper()
	d := &databases{server: testenv.PostgreSQL(t), wanted: make(chan chan string)}
	d.template = d.server.CreateDatabase(t)
	dir := t.TempDir()
	for _, args := range [][]string{
		{"demo", "--once", "--dir", dir},
		{"copy", "--from", "sqlite:///" + filepath.Join(dir, "demo.db"), "--to", d.server.DSN(d.template)},
	} {
		if out, err := exec.CommandContext(t.Context(), clusto, args...).CombinedOutput(); err != nil {
			t.Fatalf("clusto %s: %v\n%s", args[0], err, out)
		}
	}
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := d.serve(r.Context(), w); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(ts.Close)
	d.url = ts.URL
	return d
}

// serve answers with the DSN of a new database, which the test's goroutine makes.
func (d *databases) serve(ctx context.Context, w io.Writer) error {
	answer := make(chan string, 1)
	select {
	case d.wanted <- answer:
		_, err := io.WriteString(w, <-answer)
		return err
	case <-ctx.Done():
		return errors.New("nobody waits any more")
	}
}

// make makes a database from the template.
func (d *databases) make(t *testing.T) string {
	t.Helper()
	name := d.server.CreateDatabase(t)
	d.server.Exec(t, "DROP DATABASE "+name)
	d.server.Exec(t, "CREATE DATABASE "+name+" TEMPLATE "+d.template+" OWNER clusto")
	return d.server.DSN(name)
}
