package bench_test

import (
	"bufio"
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var tableFlag = flag.String("table", "", "write what is found into the tables of this file")

func TestMain(m *testing.M) {
	if answers := os.Getenv(bareVariable); answers != "" {
		fmt.Fprintln(os.Stderr, serveBare(answers))
		os.Exit(1)
	}
	code := m.Run()
	if *tableFlag != "" && code == 0 {
		if err := found.write(*tableFlag); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// tablesBegin is the heading behind which a document has tables only.
const tablesBegin = "## The tables\n"

// tableSet is what was found, by the heading of the table.
type tableSet struct {
	mu   sync.Mutex
	text map[string]*strings.Builder
}

var found = &tableSet{text: map[string]*strings.Builder{}}

// heading returns the heading of the table of a fleet in a database.
func heading(e *engine, servers int) string {
	return fmt.Sprintf("### %s, %s servers", e.title, thousands(float64(servers)))
}

// keep notes what a measure found.
func (s *tableSet) keep(b *testing.B, m *measure, w *world, r result) {
	target := ""
	if m.target > 0 {
		target = fmt.Sprintf("%.0f", m.target)
		if r.ratio() > m.target {
			target += " (missed)"
		}
	}
	s.add(heading(w.engine, w.servers), func() string {
		return origin(w.engine, version(b, w)) + "| what | clusto | plain SQL | ratio | target | statements |\n|---|--:|--:|--:|--:|--:|\n"
	}, fmt.Sprintf("| %s | %s | %s | %.2f | %s | %.4g |", m.what, each(r.ours), each(r.plain), r.ratio(), target, r.statements))
}

// origin returns the line above a table: where and when it was made.
func origin(e *engine, version string) string {
	return e.title + " " + version + ", " + machine()
}

// machine returns what a table was made on, and when.
func machine() string {
	return fmt.Sprintf("on %s, %d cores, load %s, %s.\n\n", time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), loadAverage(), runtime.Version())
}

// add adds a row to the table with a heading, which begins with what begin
// returns.
func (s *tableSet) add(heading string, begin func() string, row string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.text[heading]
	if t == nil {
		t = &strings.Builder{}
		s.text[heading] = t
		t.WriteString(begin())
	}
	fmt.Fprintln(t, row)
}

// each writes how long one operation takes, and how many that are in a second.
func each(d time.Duration) string {
	return fmt.Sprintf("%s (%s/s)", duration(d), thousands(1/d.Seconds()))
}

func duration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%.1f µs", float64(d)/1e3)
	case d < time.Second:
		return fmt.Sprintf("%.2f ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

// thousands writes a number with commas, and with one digit behind the point if
// it is small.
func thousands(n float64) string {
	if n < 100 {
		return fmt.Sprintf("%.3g", n)
	}
	digits := fmt.Sprintf("%.0f", n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// version returns which database it is.
func version(b *testing.B, w *world) string {
	text := fmt.Sprintf("%s", query(b, w.plain, w.engine.version)[0][0])
	name, _, _ := strings.Cut(text, " ")
	return name
}

// loadAverage returns how busy the machine has been for the last minute.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

// byDatabaseAndSize orders headings; of two with one database the longer has the
// larger number.
func byDatabaseAndSize(a, b string) int {
	database := func(h string) string { name, _, _ := strings.Cut(h, ","); return name }
	return cmp.Or(strings.Compare(database(a), database(b)), cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// write puts the tables into the document at path, in place of those of the same
// databases and sizes; others stay.
func (s *tableSet) write(path string) error {
	document, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, old, ok := strings.Cut(string(document), tablesBegin)
	if !ok {
		return fmt.Errorf("%s has no heading %q", path, strings.TrimSpace(tablesBegin))
	}
	all := map[string]string{}
	for section := range strings.SplitSeq(old, "\n### ") {
		h, body, found := strings.Cut(strings.TrimSpace(section), "\n")
		if found {
			all["### "+strings.TrimPrefix(h, "### ")] = strings.TrimSpace(body)
		}
	}
	for h, t := range s.text {
		all[h] = strings.TrimSpace(t.String())
	}
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	fmt.Fprint(w, head, tablesBegin)
	for _, h := range slices.SortedFunc(maps.Keys(all), byDatabaseAndSize) {
		fmt.Fprintf(w, "\n%s\n\n%s\n", h, all[h])
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return out.Close()
}
