package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/config"
)

// knownKeys is how the configuration says which keys a section has.
var knownKeys = regexp.MustCompile(`; known are (.*)`)

// TestKeysAreDocumented checks that every key of the configuration is explained.
func TestKeysAreDocumented(t *testing.T) {
	t.Parallel()
	page := read(t, "configuration.md")
	for _, section := range []string{"clusto", "script", "serve", "http", "snmptrapd", "dhcpd", "snmp-user ann", "client", "rackfactory"} {
		path := filepath.Join(t.TempDir(), "clusto.conf")
		if err := os.WriteFile(path, []byte("["+section+"]\nxxxxxxxxxxxxxxxx = 1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := config.Load(path)
		if err == nil {
			t.Fatalf("[%s] takes any key", section)
		}
		m := knownKeys.FindStringSubmatch(err.Error())
		if m == nil {
			t.Fatalf("[%s]: the keys are not in %q", section, err)
		}
		for key := range strings.SplitSeq(m[1], ", ") {
			if !strings.Contains(page, "`"+key+"`") {
				t.Errorf("configuration.md does not explain [%s] %s", section, key)
			}
		}
	}
}

// TestCommandsAreDocumented checks that the README names every command, and the
// page of the configuration every global flag.
func TestCommandsAreDocumented(t *testing.T) {
	t.Parallel()
	help, err := exec.CommandContext(t.Context(), "clusto", "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(help), "\nCOMMANDS\n")
	commands, flags, _ := strings.Cut(rest, "\n\n")
	readme, page := read(t, "../README.md"), read(t, "configuration.md")
	names := regexp.MustCompile(`(?m)^  ([a-z]+) `).FindAllStringSubmatch(commands, -1)
	if len(names) < 10 {
		t.Fatalf("these are not the commands:\n%s", commands)
	}
	for _, m := range names {
		if !regexp.MustCompile("`" + m[1] + "[` ]").MatchString(readme) {
			t.Errorf("the README does not name the command %s", m[1])
		}
	}
	_, global, _ := strings.Cut(flags, "\nGLOBAL FLAGS\n")
	global, _, _ = strings.Cut(global, "\n\n")
	for _, m := range regexp.MustCompile(`--[a-z]+`).FindAllString(global, -1) {
		if !strings.Contains(page, "`"+m+"`") {
			t.Errorf("configuration.md does not explain %s", m)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
