package soak

import (
	"context"
	"flag"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/clusto/clusto/app"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/testenv"
)

var soakFlag = flag.Duration("soak", 15*time.Second, "how long the test goes on")

// asClusto is set where this program is to be clusto itself, as it is installed.
const asClusto = "CLUSTO_SOAK_RUN"

func TestMain(m *testing.M) {
	if os.Getenv(asClusto) != "" {
		os.Exit(app.CLI(all.Drivers(), append([]string{"clusto"}, os.Args[1:]...)))
	}
	os.Exit(testenv.Main(m))
}

// TestSoak keeps a server busy with everything that it does.
func TestSoak(t *testing.T) {
	testenv.Require(t, "netns", "ip")
	s := newSite(t)
	before := s.usage()
	ctx, stop := context.WithTimeout(t.Context(), *soakFlag)
	defer stop()
	workers := []worker{newHosts(s), newSwitches(s), newReader(s), newCutter(s)}
	for _, name := range []string{"alice", "bob", "carol"} {
		workers = append(workers, newWriter(s, name))
	}
	var working sync.WaitGroup
	for _, w := range workers {
		working.Go(func() {
			if err := w.work(ctx); err != nil {
				t.Error(err)
				stop()
			}
		})
	}
	middle := make(chan usage, 1)
	working.Go(func() {
		select {
		case <-time.After(*soakFlag / 3):
			middle <- s.usage()
		case <-ctx.Done():
		}
	})
	working.Wait()
	for _, w := range workers {
		w.check()
	}
	s.compare()
	select {
	case m := <-middle:
		s.checkUsage(before, m)
	default:
	}
	s.stop()
}

// worker is something that goes on all the time.
type worker interface {
	// work goes on until ctx ends, or returns what must not happen.
	work(ctx context.Context) error
	// check checks afterwards that what it did is there.
	check()
}
