package bench_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/clusto/clusto/internal/testenv"
)

// The targets of the pages.
const (
	contentTarget = time.Second
	framesTarget  = 60 // a second
)

// pageSpeed is what web/stories/speed.story.ts finds of a page.
type pageSpeed struct {
	Name      string  `json:"name"`
	Path      string  `json:"path"`
	ContentMS float64 `json:"content_ms"`
	BareMS    float64 `json:"bare_ms"`
	FPS       float64 `json:"fps"`
	BareFPS   float64 `json:"bare_fps"`
	LongestMS float64 `json:"longest_ms"`
	Bytes     int64   `json:"bytes"`
}

// BenchmarkPages measures each page of a large fleet in Chromium: how long until
// its content is there, and how many frames a second it draws while it scrolls or,
// for a graph, is moved about; beside that the same of an empty document, which
// tells what the machine and the browser cost at that time.
func BenchmarkPages(b *testing.B) {
	testenv.Require(b, "node", "chromium")
	runner, err := filepath.Abs("../web/node_modules/@playwright/test/cli.js")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := os.Stat(runner); err != nil {
		b.Skip("Playwright is not installed: make web installs it")
	}
	forSites(b, func(b *testing.B, s *site) {
		for b.Loop() {
			pages := measurePages(b, runner, s)
			b.StopTimer()
			for _, p := range pages {
				keepPage(s, p)
				b.ReportMetric(p.ContentMS, p.Name+"-ms")
			}
			b.StartTimer()
		}
	})
}

// measurePages opens every page of a site.
func measurePages(b *testing.B, runner string, s *site) []pageSpeed {
	b.Helper()
	dir := b.TempDir()
	out := filepath.Join(dir, "measured.json")
	cmd := exec.CommandContext(b.Context(), "node", runner, "test", "--reporter", "line", "--workers", "1", "speed")
	cmd.Dir = "../web"
	cmd.Env = append(os.Environ(), "CLUSTO_MEASURE_URL="+s.clusto.url, "CLUSTO_MEASURE_OUT="+out, "CLUSTO_STORY_OUTPUT="+filepath.Join(dir, "output"))
	if text, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, text)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		b.Fatal(err)
	}
	var pages []pageSpeed
	if err := json.Unmarshal(text, &pages); err != nil {
		b.Fatal(err)
	}
	return pages
}

// keepPage notes what was found of a page.
func keepPage(s *site, p pageSpeed) {
	content := time.Duration(p.ContentMS * float64(time.Millisecond)).Round(time.Millisecond)
	shown, frames, longest := content.String(), "nothing to scroll", ""
	if content > contentTarget {
		shown += " (missed)"
	}
	if p.FPS > 0 {
		frames, longest = fmt.Sprintf("%.0f", p.FPS), fmt.Sprintf("%.0f ms", p.LongestMS)
		if p.FPS < framesTarget-1 {
			frames += " (missed)"
		}
	}
	found.add(fmt.Sprintf("### Pages, %s servers", thousands(float64(s.servers))), func() string {
		return "Chromium without a display, which draws with the processor, " + machine() +
			"| page | content after | an empty document | ratio | frames a second | of an empty document | longest frame | over the wire |\n|---|--:|--:|--:|--:|--:|--:|--:|\n"
	}, fmt.Sprintf("| `%s` | %s | %.0f ms | %s | %s | %.0f | %s | %s kB |",
		p.Path, shown, p.BareMS, thousands(p.ContentMS/p.BareMS), frames, p.BareFPS, longest, thousands(float64(p.Bytes)/1000)))
}
