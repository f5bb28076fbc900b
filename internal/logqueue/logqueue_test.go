package logqueue_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"github.com/clusto/clusto/internal/logqueue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// gate is a log that takes nothing until it is opened.
type gate struct {
	open chan struct{}
	text bytes.Buffer
}

func (g *gate) Write(p []byte) (int, error) {
	<-g.open
	return g.text.Write(p)
}

// TestSlowLog writes to a log that is stuck: nobody waits, and what was left out is
// counted.
func TestSlowLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{open: make(chan struct{})}
		h := logqueue.New(slog.NewTextHandler(g, nil), 2)
		log := slog.New(h).With("a", 1)
		log.Info("first")
		synctest.Wait() // now it is being written
		for n := range 5 {
			log.WithGroup("g").Info("line", "n", n)
		}
		log.Debug("nobody wants it")
		close(g.open)
		h.Close()
		log.Info("too late")
		if h.Lost() != 3 {
			t.Errorf("%d lines were lost, want 3", h.Lost())
		}
		var got []string
		for line := range strings.Lines(g.text.String()) {
			_, line, _ = strings.Cut(line, " ") // the time
			got = append(got, strings.TrimSpace(line))
		}
		want := []string{
			`level=INFO msg=first a=1`,
			`level=WARN msg="lines of the log were left out: it was too slow" count=3`,
			`level=INFO msg=line a=1 g.n=0`,
			`level=INFO msg=line a=1 g.n=1`,
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// TestStuckLog closes the queue of a log that takes nothing: that waits only so long.
func TestStuckLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{open: make(chan struct{})}
		h := logqueue.New(slog.NewTextHandler(g, nil), 0)
		slog.New(h).Info("line")
		h.Close()
		h.Close()
		close(g.open)
		synctest.Wait()
	})
}
