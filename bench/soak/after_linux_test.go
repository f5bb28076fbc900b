package soak

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/query"
)

// usage is what the server's process needs.
type usage struct {
	goroutines int
	memory     int64 // bytes that are resident
}

// usage asks the server what it needs, once its garbage is collected.
func (s *site) usage() (u usage) {
	s.Helper()
	answer, err := s.http.Get("http://clusto/metrics")
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "go_goroutines "); ok {
			fmt.Sscan(text, &u.goroutines)
		}
	}
	if u.goroutines == 0 {
		s.Fatalf("the metrics do not tell of goroutines: %s", answer.Status)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	if err != nil {
		s.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	fmt.Sscan(rest, &u.memory)
	u.memory <<= 10
	return u
}

// checkUsage checks that the server needs no more than before: as many goroutines as
// when nobody had asked for anything, and not much more memory than under the same
// load earlier, when the server was warm.
func (s *site) checkUsage(before, warm usage) {
	s.Helper()
	s.http.CloseIdleConnections()
	const slack = 8 // connections to the database, and what serves the question
	var after usage
	for giveUp := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		after = s.usage()
		if after.goroutines <= before.goroutines+slack {
			break
		}
		if time.Now().After(giveUp) {
			s.Errorf("%d goroutines, and %d before: some were left behind", after.goroutines, before.goroutines)
			break
		}
	}
	s.Logf("goroutines %d, %d, %d; memory %d, %d, %d MB", before.goroutines, warm.goroutines, after.goroutines,
		before.memory>>20, warm.memory>>20, after.memory>>20)
	const enough = 32 << 20 // for what the inventory has grown by, and for the collector's moods
	if after.memory > warm.memory+warm.memory/2+enough {
		s.Errorf("%d MB of memory, and %d when the server was warm", after.memory>>20, warm.memory>>20)
	}
}

// compare checks that the server, which answers from memory, shows what is in the
// database.
func (s *site) compare() {
	s.Helper()
	store := s.open()
	for _, question := range questions {
		var want []string
		err := store.View(s.Context(), clusto.Live, func(r clusto.Reader) (err error) {
			want, err = names(s.Context(), r, question)
			return err
		})
		if err != nil {
			s.Fatal(err)
		}
		var got []string
		for e, err := range s.api.Entities(s.Context(), client.Filter{Query: question}) {
			if err != nil {
				s.Fatal(err)
			}
			got = append(got, e.Name)
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			s.Errorf("%s (-database +memory):\n%s", question, diff)
		}
	}
	compareExports(s.T, s.export(), s.command(s.dsn, "export"))
}

// names returns the names of what a query selects.
func names(ctx context.Context, r clusto.Reader, text string) ([]string, error) {
	q, err := query.Parse(text)
	if err != nil {
		return nil, err
	}
	found, err := q.Run(ctx, r, query.Options{})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range found {
		names = append(names, e.Name)
	}
	return names, nil
}

// export returns the whole inventory as the server shows it.
func (s *site) export() string {
	s.Helper()
	body, err := s.api.Export(s.Context(), client.ExportOptions{})
	if err != nil {
		s.Fatal(err)
	}
	defer body.Close()
	var text strings.Builder
	if _, err := bufio.NewReader(body).WriteTo(&text); err != nil {
		s.Fatal(err)
	}
	return text.String()
}

// compareExports compares two exports line by line.
func compareExports(t *testing.T, memory, database string) {
	t.Helper()
	if memory == database {
		return
	}
	t.Errorf("an export from memory is not that from the database (-database +memory):\n%.4000s",
		cmp.Diff(strings.Split(database, "\n"), strings.Split(memory, "\n")))
}
