package bench_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

// The sizes of what memoryMeasures ask for, as far as the fleet has as many
// servers.
const (
	longList  = 10_000
	streams   = 1_000
	maxImport = 100_000
)

// memoryMeasure is something large that one client asks a server for.
type memoryMeasure struct {
	name string
	what string // for tables
	ask  func(*testing.B, *site) (bytes int64)
}

// memoryMeasures are those of memory, the one that writes last.
var memoryMeasures = []*memoryMeasure{
	{"rest", "at rest, after one entity", func(b *testing.B, s *site) int64 { return s.read(b, "/api/v1/entities/clustometa") }},
	{"list", "a list of 10,000 with attrs, parents, ports", func(b *testing.B, s *site) int64 {
		return s.read(b, fmt.Sprintf("/api/v1/entities?type=server&limit=%d&expand=attrs,parents,ports", longList))
	}},
	{"export", "export of everything, read slowly", readSlowly},
	{"export-all", "export of everything", func(b *testing.B, s *site) int64 { return s.read(b, "/api/v1/export") }},
	{"streams", "1,000 idle change streams", idleStreams},
	{"import", "import of 100,000 lines", importLines},
}

// report runs m once, on a server that was just started, and tells what it found,
// as a benchmark and for tables.
func (m *memoryMeasure) report(b *testing.B, s *site) {
	fresh := *s
	fresh.clusto = startClusto(b, s.program, s.dsn)
	for b.Loop() { // what is imported cannot be imported again
	}
	began := time.Now()
	size := m.ask(b, &fresh)
	took, peak := time.Since(began), fresh.clusto.peak(b)
	b.ReportMetric(float64(peak)/(1<<20), "MB")
	b.ReportMetric(0, "ns/op")
	found.add(s.heading("Memory over"), func() string {
		return origin(s.engine, s.version) + "| what | sent or read | took | memory |\n|---|--:|--:|--:|\n"
	}, fmt.Sprintf("| %s | %s MB | %s | %s MB |", m.what, megabytes(size), duration(took), megabytes(peak)))
}

// open asks for something and returns its answer.
func (s *site) open(b *testing.B, method, path string, body io.Reader) *http.Response {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, s.clusto.url+path, body)
	if err != nil {
		b.Fatal(err)
	}
	transport := &http.Transport{DisableCompression: true, DisableKeepAlives: true}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = answer.Body.Close() })
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(answer.Body)
		b.Fatalf("%s %s: %s\n%.1000s", method, path, answer.Status, text)
	}
	return answer
}

// read reads all of an answer.
func (s *site) read(b *testing.B, path string) int64 {
	b.Helper()
	n, err := io.Copy(io.Discard, s.open(b, http.MethodGet, path, nil).Body)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// readSlowly reads an export for a few turns, a little every now and then.
func readSlowly(b *testing.B, s *site) (size int64) {
	answer := s.open(b, http.MethodGet, "/api/v1/export", nil)
	tick := time.NewTicker(*turnFlag / 100)
	defer tick.Stop()
	for range 400 {
		<-tick.C
		n, err := io.CopyN(io.Discard, answer.Body, 4096)
		size += n
		if err == io.EOF {
			break
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	return size
}

// idleStreams opens change streams in which nothing happens. It returns when the
// last has begun.
func idleStreams(b *testing.B, s *site) (size int64) {
	for range min(streams, s.servers) {
		n, err := io.CopyN(io.Discard, s.open(b, http.MethodGet, "/api/v1/changes", nil).Body, 1)
		if err != nil {
			b.Fatal(err)
		}
		size += n
	}
	return size
}

// importLines imports a file of new servers.
func importLines(b *testing.B, s *site) int64 {
	var file bytes.Buffer
	for i := range min(maxImport, s.servers) {
		fmt.Fprintf(&file, `{"name":"imported%06d","driver":"basicserver","attrs":[{"key":"system","subkey":"serial","value":"I%06d"},`+
			`{"key":"system","subkey":"memory","value":%d},{"key":"owner","value":"nobody"}]}`+"\n", i, i, i%64)
	}
	size := int64(file.Len())
	answer := s.open(b, http.MethodPost, "/api/v1/import?format=jsonl", &file)
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		b.Fatal(err)
	}
	return size
}
