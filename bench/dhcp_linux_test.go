package bench_test

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto/bench/dhcp/hosts"
	dhcpload "github.com/clusto/clusto/bench/dhcp/load"
	"github.com/clusto/clusto/internal/testenv"
)

var (
	dhcpHostsFlag   = flag.String("dhcp-hosts", "1000", "numbers of hosts with which BenchmarkDHCP measures, such as 1000,50000")
	dhcpServersFlag = flag.String("dhcp-servers", "isc,kea,goref,clusto", "servers that BenchmarkDHCP measures")
	dhcpTurnFlag    = flag.Duration("dhcp-turn", 100*time.Millisecond, "how long BenchmarkDHCP plays clients in each turn")
	dhcpKeepFlag    = flag.String("dhcp-keep", "", "directory in which databases of hosts are kept for the next time")
)

// busyRate is that of exchanges in an open loop that every server is measured with:
// half a million servers that switch on within half a minute.
const busyRate = 20_000

// inFlight is how many exchanges are under way in a closed loop.
const inFlight = 64

// dhcpFound is what was found out about a server.
type dhcpFound struct {
	start        time.Duration // until the last host is answered
	memory, peak int64
	closed       []dhcpload.Result // of each turn
	cpu          []time.Duration   // for each exchange, of each turn
	busy         []dhcpload.Result // at busyRate, of each turn
	most         float64           // highest rate at which less than 1 % is lost
	half         dhcpload.Result   // at half of it
	wrong        int
}

// BenchmarkDHCP compares DHCP servers under load, each on a network of its own. They
// are measured in turns, so that all see the same machine: the server has one core
// and the clients another.
func BenchmarkDHCP(b *testing.B) {
	testenv.Require(b, "netns", "ip")
	preferThis()
	programs := buildDHCP(b)
	for text := range strings.SplitSeq(*dhcpHostsFlag, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > hosts.Limit {
			b.Fatalf("-dhcp-hosts: %q is not from 1 to %d", text, hosts.Limit)
		}
		b.Run("hosts="+text, func(b *testing.B) { compareDHCP(b, programs, n) })
	}
}

func compareDHCP(b *testing.B, programs map[string]string, n int) {
	var sites []*dhcpSite
	for _, p := range dhcpPeers {
		if !slices.Contains(strings.Split(*dhcpServersFlag, ","), p.name) {
			continue
		}
		if missing := p.missing(b); missing != "" {
			b.Logf("%s is left out: %s is not installed", p.name, missing)
			continue
		}
		s := newDHCPSite(b, p, programs, n)
		if s.start(b) {
			sites = append(sites, s)
		}
	}
	if len(sites) == 0 {
		b.Fatal("no server is left")
	}
	for _, s := range sites {
		s.found.memory = s.server.memory(b, "VmRSS:")
		s.play(b, dhcpload.Options{Window: inFlight, Duration: *dhcpTurnFlag}) // so that caches and leases are there
	}
	for b.Loop() {
		for _, s := range sites {
			s.turn(b)
		}
	}
	for _, s := range sites {
		s.findMost(b)
		s.found.peak = s.server.memory(b, "VmHWM:")
		s.report(b)
	}
	b.ReportMetric(0, "ns/op")
}

// turn measures a closed loop and an open one.
func (s *dhcpSite) turn(b *testing.B) {
	b.Helper()
	before := s.server.cpu(b)
	r := s.play(b, dhcpload.Options{Window: inFlight, Duration: *dhcpTurnFlag})
	s.found.cpu = append(s.found.cpu, (s.server.cpu(b)-before)/time.Duration(max(1, r.Completed)))
	s.found.closed = append(s.found.closed, r)
	s.found.busy = append(s.found.busy, s.play(b, dhcpload.Options{Rate: busyRate, Duration: *dhcpTurnFlag}))
}

// findMost looks for the highest rate at which less than 1 % is lost, to 7 %.
func (s *dhcpSite) findMost(b *testing.B) {
	b.Helper()
	closed := s.found.closedLoop().Rate
	low, high := 0.0, closed*1.3
	for rate := closed * 0.9; high > low*1.07 && rate > 100; rate = (low + high) / 2 {
		borne := s.bears(b, rate)
		if !borne { // something else may have had the core
			borne = s.bears(b, rate)
		}
		if borne {
			low = rate
		} else {
			high = rate
		}
	}
	s.found.most = low
	if low > 0 {
		s.found.half = s.play(b, dhcpload.Options{Rate: low / 2, Duration: *dhcpTurnFlag})
	}
}

// bears reports whether the server loses less than 1 % at a rate.
func (s *dhcpSite) bears(b *testing.B, rate float64) bool {
	b.Helper()
	r := s.play(b, dhcpload.Options{Rate: rate, Duration: *dhcpTurnFlag})
	return r.LostPct < 1 && r.BegunRate > rate*0.97
}

// play plays clients against the server.
func (s *dhcpSite) play(b *testing.B, o dhcpload.Options) (r dhcpload.Result) {
	b.Helper()
	o = s.options(o)
	err := s.clients.Do(func() (err error) {
		r, err = dhcpload.Run(o)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	s.found.wrong += r.WrongIP
	return r
}

// middleOf returns the turn that is in the middle by a figure.
func middleOf(turns []dhcpload.Result, figure func(dhcpload.Result) float64) dhcpload.Result {
	sorted := slices.SortedFunc(slices.Values(turns), func(a, b dhcpload.Result) int {
		return int(figure(a)*1000) - int(figure(b)*1000)
	})
	return sorted[len(sorted)/2]
}

func (f *dhcpFound) closedLoop() dhcpload.Result {
	return middleOf(f.closed, func(r dhcpload.Result) float64 { return r.Rate })
}

func (f *dhcpFound) busyLoop() dhcpload.Result {
	return middleOf(f.busy, func(r dhcpload.Result) float64 { return r.LostPct })
}

// report tells what was found, as metrics and for a table.
func (s *dhcpSite) report(b *testing.B) {
	f := &s.found
	closed, busy, cpu := f.closedLoop(), f.busyLoop(), middle(f.cpu)
	metric := func(value float64, unit string) { b.ReportMetric(value, s.peer.name+"-"+unit) }
	metric(closed.Rate, "exchanges/s")
	metric(cpu.Seconds()*1e6, "cpu-µs")
	metric(busy.LostPct, "busy-lost-%")
	metric(f.most, "most/s")
	metric(f.start.Seconds()*1000, "start-ms")
	if f.wrong > 0 {
		b.Errorf("%s told %d clients the address of another one", s.peer.title, f.wrong)
	}
	found.add(fmt.Sprintf("### DHCP, %s hosts", thousands(float64(s.hosts))), func() string {
		return machine() + "| server | start | memory, at most | closed loop | p50 | p99 | CPU | lost at 20,000/s | highest rate | p50, p99 at half of it | wrong addresses |\n" +
			"|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
	}, fmt.Sprintf("| %s | %s | %s, %s MB | %s/s | %s | %s | %s | %.3g %% | %s/s | %s, %s | %d |",
		s.peer.title, duration(f.start), megabytes(f.memory), megabytes(f.peak), thousands(closed.Rate), microseconds(closed.Whole.P50), microseconds(closed.Whole.P99),
		duration(cpu), busy.LostPct, thousands(f.most), microseconds(f.half.Whole.P50), microseconds(f.half.Whole.P99), f.wrong))
}

func microseconds(n float64) string { return duration(time.Duration(n * float64(time.Microsecond))) }
