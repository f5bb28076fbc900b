package bench_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/clusto/clusto"
)

// sizes are the inventories that servers are added to, and what classic clusto
// needed there for one server (milliseconds, recorded on two cores; PostgreSQL
// was no faster).
var sizes = []struct {
	servers   int
	classicMS float64
}{{1000, 74}, {5000, 171}}

// BenchmarkServer measures one server made, named, racked, put into two pools
// and addressed, with a hardware address and ten attributes, at inventories of
// two sizes, with a durable commit for each server and for a thousand. Figures
// are for each server: ms is ours, plain-ms that of plain SQL statements which
// write the same rows, x-plain their ratio (lower is better), x-classic how
// many times faster than classic clusto it is.
func BenchmarkServer(b *testing.B) {
	for _, size := range sizes {
		for _, perCommit := range []int{1, 1000} {
			b.Run(fmt.Sprintf("servers=%d/percommit=%d", size.servers, perCommit), func(b *testing.B) {
				benchmarkServer(b, size.servers, perCommit, size.classicMS)
			})
		}
	}
}

func benchmarkServer(b *testing.B, servers, perCommit int, classicMS float64) {
	f := newInventory(b, servers)
	p := newPlain(b, f)
	since := f.version(b)
	// A fixed number of commits, in turns with the peer, so that both see the
	// same machine and neither the inventory grow under it.
	const rounds, perRound = 5, 40
	commits := perRound
	if perCommit > 1 {
		commits = 1
	}
	var ours, theirs time.Duration
	made := 0
	for b.Loop() {
		for range rounds {
			start := time.Now()
			for range commits {
				f.add(b, perCommit)
			}
			ours += time.Since(start)
			made += commits * perCommit
			changes := p.changesAfter(b, f.plain(b), since)
			since = f.version(b)
			start = time.Now()
			for _, c := range changes {
				if err := p.write(b.Context(), c); err != nil {
					b.Fatal(err)
				}
			}
			theirs += time.Since(start)
		}
	}
	ms := ours.Seconds() * 1000 / float64(made)
	b.ReportMetric(ms, "ms/server")
	b.ReportMetric(theirs.Seconds()*1000/float64(made), "plain-ms/server")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "x-plain")
	b.ReportMetric(classicMS/ms, "x-classic")
	b.ReportMetric(0, "ns/op")
}

// version returns the newest version.
func (f *inventory) version(tb testing.TB) clusto.Version {
	tb.Helper()
	var v clusto.Version
	err := f.store.View(tb.Context(), clusto.Live, func(r clusto.Reader) (err error) {
		v, err = r.Version(tb.Context())
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return v
}
