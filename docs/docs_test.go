// Package docs_test runs the examples of the documentation.
package docs_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/clusto/clusto/app"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/config"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/testenv"
	"github.com/clusto/clusto/rackfactory"
)

// TestMain makes the program a command that shells find.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"clusto": func() { os.Exit(app.CLI(all.Drivers(), os.Args)) }})
}

// TestExamples runs the fenced blocks of each page from the top to the bottom,
// in a directory and a shell of its own. What a block is comes to by its kind:
//
//	sh                pasted into a shell; no command may fail
//	sh background     a command that runs until the page ends, by Ctrl-C
//	console           commands after "$ " and what they print; a command may fail
//	                  only if that is an error of clusto
//	log               lines that the background command prints sooner or later
//	python, pycon     pasted into one clusto shell a page; pycon has ">>> " and
//	                  what the shell prints
//	yaml              a rack layout for which all drivers exist
//	ini               a configuration file
//	python|yaml|ini F the same, written into the file F first
//	go F              a source file of this module, which must compile
//	ios, text         for other devices and for reading; not run
//
// In what is printed, "…" stands for anything on the line, and alone on a line
// for any lines. Port 1162 becomes a free one.
func TestExamples(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the examples use all of 127.0.0.0/8, which only Linux has")
	}
	for _, d := range documents(t) {
		if len(d.blocks) == 0 {
			continue
		}
		t.Run(strings.TrimPrefix(d.path, "../"), func(t *testing.T) {
			if racetest.On && !slices.ContainsFunc(d.blocks, func(b block) bool { return b.kind == "sh" && b.file == "background" }) {
				t.Skip("nothing runs beside its commands; it runs without the race detector")
			}
			t.Parallel()
			s := newScenario(t)
			for _, b := range d.blocks {
				if missing := s.missing(b); missing != "" {
					t.Skipf("%s:%d: %s is not installed (Debian package snmp); the page ends here", d.path, b.line, missing)
				}
				if err := s.run(b); err != nil {
					t.Fatalf("%s:%d: %s: %v", d.path, b.line, b.kind, err)
				}
			}
		})
	}
}

// scenario is where the blocks of a page run.
type scenario struct {
	t    *testing.T
	dir  string // where the shell begins, with lib as the library directory
	past string // has what the shell remembers from block to block
	port string // that stands for 1162

	background *background
	session    *session // once a block needed it
}

func newScenario(t *testing.T) *scenario {
	t.Helper()
	s := &scenario{t: t, dir: t.TempDir(), past: t.TempDir(), port: freePort(t)}
	for _, dir := range []string{"lib", "lib/drivers", "lib/racklayouts"} {
		if err := os.Mkdir(filepath.Join(s.dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	conf := filepath.Join(s.past, "empty.conf") // so that no configuration of this machine is used
	s.write(conf, "")
	s.write(filepath.Join(s.past, "env"), "cd '"+s.dir+"'\nexport LC_ALL=C.UTF-8 HOME='"+s.dir+
		"' CLUSTOLIB='"+s.dir+"/lib' CLUSTOCONFIG='"+conf+
		"' SNMPCONFPATH='"+s.past+"' SNMP_PERSISTENT_DIR='"+s.past+"'\n") // net-snmp's programs all write one file
	t.Cleanup(s.end)
	return s
}

func freePort(t *testing.T) string {
	t.Helper()
	port, err := testenv.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(port)
}

// write writes a file that only its owner may change, whatever the umask.
func (s *scenario) write(path, text string) {
	s.t.Helper()
	err := errors.Join(os.WriteFile(path, []byte(text), 0o600), os.Chmod(path, 0o600))
	if err != nil {
		s.t.Fatal(err)
	}
}

// usesTrap is a command line with net-snmp's program.
var usesTrap = regexp.MustCompile(`(?m)^(\$ )?(snmptrap|snmpinform) `)

// missing returns a program that a block needs and this machine lacks, or "".
func (s *scenario) missing(b block) string {
	m := usesTrap.FindStringSubmatch(b.text)
	if m == nil || b.kind != "sh" && b.kind != "console" {
		return ""
	}
	return testenv.Missing(s.t, m[2])
}

// run runs a block.
func (s *scenario) run(b block) error {
	b.text = strings.ReplaceAll(b.text, "1162", s.port)
	switch {
	case b.kind == "sh" && b.file == "background":
		return s.start(b.text)
	case b.kind == "sh":
		out, err := s.shell(b.text)
		if err != nil {
			return errors.New(err.Error() + "\n" + out)
		}
		return nil
	case b.kind == "go":
		return compiles(s.t, b)
	case b.file != "":
		s.write(filepath.Join(s.dir, b.file), b.text)
	}
	switch b.kind {
	case "console":
		return s.console(b.text)
	case "log":
		return s.background.await(b.text)
	case "python", "pycon":
		return s.python(b)
	case "yaml":
		return isLayout(b)
	case "ini":
		path := filepath.Join(s.past, "page.conf")
		s.write(path, b.text)
		_, err := config.Load(path)
		return err
	}
	return nil
}

// isLayout checks a rack layout, and that the drivers it names exist.
func isLayout(b block) error {
	_, err := rackfactory.ParseLayout(filepath.Base(b.file), []byte(b.text))
	return err
}

// target is a line that has make do something. These are not run by tests.
var target = regexp.MustCompile(`(?m)^make ([a-z]+).*$`)

// command returns what stands for a text that is pasted into a shell: the
// program of the test is the one to build.
func (s *scenario) command(text string) string {
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		s.t.Fatal(err)
	}
	text = target.ReplaceAllStringFunc(text, func(line string) string {
		name := target.FindStringSubmatch(line)[1]
		if !strings.Contains(string(makefile), "\n"+name+":") {
			s.t.Errorf("the Makefile has no target %s", name)
		}
		return ":"
	})
	return strings.NewReplacer("go run ./cmd/clusto", "clusto", "bin/clusto", "clusto").Replace(text)
}

// shell runs a text in the shell of the page and returns what it prints. The
// shell's directory and environment outlive it.
func (s *scenario) shell(text string) (string, error) {
	past := filepath.Join(s.past, "env")
	cmd := exec.CommandContext(s.t.Context(), "sh", "-e", "-c", ". '"+past+"'\n"+s.command(text)+
		"\n{ export -p; echo \"cd '$PWD'\"; } >'"+past+"'")
	cmd.Dir, cmd.Env = s.dir, environment()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// environment is that of this process without what would lead a page's commands
// to somebody's own inventory.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(setting string) bool {
		return strings.HasPrefix(setting, "CLUSTO") && !strings.HasPrefix(setting, "CLUSTO_TEST")
	})
}

// console runs the commands of a block and compares what they print.
func (s *scenario) console(text string) error {
	if !strings.HasPrefix(text, "$ ") {
		return errors.New("the block does not begin with a command after \"$ \"")
	}
	for _, part := range strings.Split("\n"+text, "\n$ ")[1:] {
		command, want, _ := strings.Cut(part, "\n")
		for strings.HasSuffix(command, `\`) {
			var more string
			more, want, _ = strings.Cut(want, "\n")
			command += "\n" + more
		}
		if want != "" && !strings.HasSuffix(want, "\n") {
			want += "\n"
		}
		got, err := s.shell(command)
		if fails := strings.Contains("\n"+want, "\nclusto: "); (err != nil) != fails {
			return errors.New("$ " + command + ": " + describe(err) + "\n" + got)
		}
		if !pattern(want).MatchString(got) {
			return errors.New("$ " + command + "\nprints:\n" + got + "and not:\n" + want)
		}
	}
	return nil
}

func describe(err error) string {
	if err == nil {
		return "no error"
	}
	return err.Error()
}

// background is a command that runs while the blocks go on.
type background struct {
	cmd *exec.Cmd

	mu  sync.Mutex // guards out
	out bytes.Buffer
}

// Write implements io.Writer.
func (b *background) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.Write(p)
}

func (b *background) printed() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.String()
}

// start starts a command; one that runs already is ended first.
func (s *scenario) start(text string) error {
	s.end()
	b := &background{}
	b.cmd = exec.Command("sh", "-c", ". '"+filepath.Join(s.past, "env")+"'\nexec "+s.command(text))
	b.cmd.Stdout, b.cmd.Stderr, b.cmd.Env = b, b, environment()
	if err := b.cmd.Start(); err != nil {
		return err
	}
	s.background = b
	return nil
}

// end ends the background command as a person would.
func (s *scenario) end() {
	b := s.background
	if b == nil {
		return
	}
	s.background = nil
	if err := errors.Join(b.cmd.Process.Signal(syscall.SIGINT), b.cmd.Wait()); err != nil {
		s.t.Errorf("the background command: %v\n%s", err, b.printed())
	}
}

// patience is how long what must come may take.
const patience = 20 * time.Second

// await waits until each line of text has been printed.
func (b *background) await(text string) error {
	if b == nil {
		return errors.New("no command runs in the background")
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	giveUp := time.After(patience)
	for line := range strings.Lines(text) {
		want := pattern(line)
		for !slices.ContainsFunc(strings.SplitAfter(b.printed(), "\n"), want.MatchString) {
			select {
			case <-tick.C:
			case <-giveUp:
				return errors.New("it does not print " + line + "but:\n" + b.printed())
			}
		}
	}
	return nil
}
