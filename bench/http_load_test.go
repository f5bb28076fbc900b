package bench_test

import (
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// request is one that wrk sends. @N@ in headers and body stands for a text that
// is another one each time.
type request struct {
	method, path string
	headers      []string // name:value
	body         string
}

// answer is what a request is answered with.
type answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// send sends a request once.
func (s *service) send(b *testing.B, r request) *answer {
	b.Helper()
	n := "0-" + strconv.FormatInt(s.sent.Add(1), 10)
	out, err := http.NewRequestWithContext(b.Context(), r.method, s.url+r.path, strings.NewReader(strings.ReplaceAll(r.body, "@N@", n)))
	if err != nil {
		b.Fatal(err)
	}
	for _, header := range r.headers {
		name, value, _ := strings.Cut(header, ":")
		out.Header.Set(name, strings.ReplaceAll(value, "@N@", n))
	}
	transport := &http.Transport{DisableCompression: true} // as wrk has it
	defer transport.CloseIdleConnections()
	in, err := transport.RoundTrip(out)
	if err != nil {
		b.Fatal(err)
	}
	defer in.Body.Close()
	body, err := io.ReadAll(in.Body)
	if err != nil {
		b.Fatal(err)
	}
	if in.StatusCode >= http.StatusBadRequest {
		b.Fatalf("%s %s: %s\n%.1000s", r.method, r.path, in.Status, body)
	}
	return &answer{in.StatusCode, in.Header, body}
}

// record returns the answers to requests by their methods and paths.
func (s *service) record(b *testing.B, all []request) map[string]*answer {
	b.Helper()
	answers := map[string]*answer{}
	for _, r := range all {
		if of := r.method + " " + r.path; answers[of] == nil {
			answers[of] = s.send(b, r)
		}
	}
	return answers
}

// load is what was found under load, in one turn or several.
type load struct {
	requests int
	took     time.Duration
	cpu      time.Duration
	p50, p99 []time.Duration // of each turn
	memory   int64           // the most that was in use, in bytes
}

func (l *load) add(turn load) {
	l.requests += turn.requests
	l.took += turn.took
	l.cpu += turn.cpu
	l.p50, l.p99 = append(l.p50, turn.p50...), append(l.p99, turn.p99...)
	l.memory = max(l.memory, turn.memory)
}

// rate returns how many requests were answered in a second.
func (l *load) rate() float64 { return float64(l.requests) / l.took.Seconds() }

// cpuEach returns what of the CPU the server used for one request.
func (l *load) cpuEach() time.Duration { return l.cpu / time.Duration(max(1, l.requests)) }

// String returns columns of a table: the rate, the latencies of the middle turn,
// and the CPU.
func (l *load) String() string {
	return fmt.Sprintf("%s/s | %s | %s | %s", thousands(l.rate()), duration(middle(l.p50)), duration(middle(l.p99)), duration(l.cpuEach()))
}

func middle(all []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(all))[len(all)/2]
}

// underLoad has wrk send the requests of a file over some connections for a while.
func (s *service) underLoad(b *testing.B, file string, connections int, turn time.Duration) load {
	b.Helper()
	script, err := filepath.Abs("testdata/load.lua")
	if err != nil {
		b.Fatal(err)
	}
	s.forgetMemory(b)
	before := s.cpu(b)
	cmd := exec.CommandContext(b.Context(), "wrk", "--threads", "1", "--connections", strconv.Itoa(connections), "--timeout", "60s",
		"--duration", strconv.Itoa(max(1, int(turn.Seconds())))+"s", "--script", script, s.url, "--", file,
		strconv.FormatInt(s.sent.Add(1), 10))
	text, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("wrk: %v\n%s", err, text)
	}
	l := load{cpu: s.cpu(b) - before, memory: s.peak(b)}
	var took, p50, p99, wrong int64
	_, line, _ := strings.Cut(string(text), "found ")
	if _, err := fmt.Sscan(line, &l.requests, &took, &p50, &p99, &wrong); err != nil {
		b.Fatalf("wrk: %v\n%s", err, text)
	}
	if wrong > 0 {
		b.Fatalf("%d of %d requests went wrong\n%s", wrong, l.requests, text)
	}
	if l.requests == 0 { // the machine is too busy for one answer in that time
		return s.underLoad(b, file, connections, 2*turn)
	}
	l.took = time.Duration(took) * time.Microsecond
	l.p50, l.p99 = []time.Duration{time.Duration(p50) * time.Microsecond}, []time.Duration{time.Duration(p99) * time.Microsecond}
	return l
}
