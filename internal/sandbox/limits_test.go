//go:build linux

package sandbox_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sandbox"
)

func TestOutputIsCut(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Limits{Output: 100_005})
	for range 2 { // the limit is that of an entry
		var said said
		result, err := s.Eval(t.Context(), "flood 3000000", said.take)
		if err != nil || !result.Cut {
			t.Errorf("got %+v, %v", result, err)
		}
		want := strings.Repeat("0123456789", 10000) + "01234<\n(more than 100005 bytes were printed; the rest is left out)\n>"
		if got := said.String(); got != want {
			t.Errorf("got %d bytes that end in %q", len(got), got[max(0, len(got)-100):])
		}
	}
	if result, err := s.Eval(t.Context(), "flood 10000", nil); err != nil || result.Cut {
		t.Errorf("less than the limit: got %+v, %v", result, err)
	}
}

// TestInterrupt stops entries in each way, and goes on in the session.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Limits{})
	s.Interrupt() // nothing runs
	ctx, cancel := context.WithCancel(t.Context())
	for _, way := range []struct {
		name string
		stop func()
	}{{"Interrupt", s.Interrupt}, {"the context", cancel}} {
		var said said
		_, err := s.Eval(ctx, "wait", func(e sandbox.Event) {
			said.take(e)
			way.stop()
		})
		if e, ok := errors.AsType[*sandbox.ScriptError](err); !ok || !e.Interrupted() || !errors.Is(err, context.Canceled) || e.Render() != "interrupted" {
			t.Errorf("by %s: got %v", way.name, err)
		}
		if said.String() != "waiting" {
			t.Errorf("by %s: it said %q", way.name, said.String())
		}
		if got := eval(t, s, "echo on"); got != "on" {
			t.Errorf("after %s: got %q", way.name, got)
		}
	}
	if _, err := s.Eval(ctx, "echo", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("the context was over before: got %v", err)
	}
	if got := eval(t, s, "echo on"); got != "on" {
		t.Errorf("after a context that was over before: got %q", got)
	}
}

func TestCloseInterrupts(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Limits{})
	closed := make(chan error, 1)
	_, err := s.Eval(t.Context(), "wait", func(sandbox.Event) { go func() { closed <- s.Close() }() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was interrupted", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

// TestEnds is each way in which a session comes to its end, or an entry to its own, by
// itself.
func TestEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, entry string
		limits      sandbox.Limits
		kind        error
		says        string
		survives    bool
		log         string // "" if there is nothing for the operator
	}{
		{"time", "wait", sandbox.Limits{Entry: short}, clusto.ErrExhausted, "the time for a script is over: 300ms", true, ""},
		{"deaf", "deaf", sandbox.Limits{Entry: short, Grace: long}, clusto.ErrExhausted, "did not stop", false, "did not stop"},
		{"life", "wait", sandbox.Limits{Life: long}, clusto.ErrExhausted, "lasted for 3s", false, "lasted for"},
		{"processor", "spin", sandbox.Limits{CPU: time.Second}, clusto.ErrExhausted, "all the processor time", false, ""},
		{"memory", "alloc 1000", sandbox.Limits{Memory: 400 << 20}, clusto.ErrExhausted, "400 MiB of memory", false, "out of memory"},
		{"crash", "panic", sandbox.Limits{}, clusto.ErrUnavailable, "ended unexpectedly (exit status 2)", false, "at the disco"},
		{"exit", "exit 3", sandbox.Limits{}, clusto.ErrUnavailable, "exit status 3", false, "exit status 3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.name == "memory" && racetest.On {
				t.Skip("the race detector has more memory than the limit")
			}
			var log bytes.Buffer
			opt := options(tt.limits)
			opt.Log = slog.New(slog.NewTextHandler(&log, nil))
			s, err := sandbox.Start(t.Context(), opt)
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Eval(t.Context(), tt.entry, nil)
			if clusto.KindOf(err) != tt.kind || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v (%v), want %q", err, clusto.KindOf(err), tt.says)
			}
			_, again := s.Eval(t.Context(), "echo", nil)
			if tt.survives != (again == nil) || again != nil && again.Error() != err.Error() {
				t.Errorf("the next entry: got %v", again)
			}
			if err := s.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			if got := log.String(); (tt.log == "") != (got == "") || !strings.Contains(got, tt.log) {
				t.Errorf("the log has %q, want %q", got, tt.log)
			}
			if strings.Contains(log.String(), "s3cret") {
				t.Errorf("the log has the DSN: %s", log.String())
			}
		})
	}
}

func TestDeafToInterruption(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Limits{Grace: long})
	_, err := s.Eval(t.Context(), "deaf", func(sandbox.Event) { s.Interrupt() })
	if !errors.Is(err, clusto.ErrExhausted) || clusto.Hint(err) == "" {
		t.Errorf("got %v, want that it was killed", err)
	}
}

func TestIdle(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Limits{Idle: short})
	<-s.Done()
	if _, err := s.Eval(t.Context(), "echo", nil); !errors.Is(err, clusto.ErrUnavailable) || !strings.Contains(err.Error(), "idle for 300ms") {
		t.Errorf("got %v", err)
	}
}

func TestKernelLimits(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Limits{Memory: 512 << 20, CPU: 90 * time.Second})
	limits := map[string]string{"Max cpu time": "90 100", "Max core file size": "0 0", "Max open files": "256 256", "Max data size": "536870912 536870912"}
	if racetest.On {
		limits["Max data size"] = "1125899906842624 1125899906842624"
	}
	for line := range strings.Lines(eval(t, s, "limits")) {
		for name, want := range limits {
			if values, ok := strings.CutPrefix(line, name+" "); ok {
				delete(limits, name)
				if got := strings.Join(strings.Fields(values)[:2], " "); got != want {
					t.Errorf("%s is %s, want %s", name, got, want)
				}
			}
		}
	}
	if len(limits) > 0 {
		t.Errorf("there are no limits %v", limits)
	}
	// What is not at once is collected: a child has what it needs, again and again.
	for range 20 {
		eval(t, s, "alloc 60")
	}
}

// TestServerDies kills a server, whose child has no time to notice.
func TestServerDies(t *testing.T) {
	t.Parallel()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command(own, "server")
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := waitFor(out, "\n")
	if err != nil {
		t.Fatal(line, err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("the server says %q", line)
	}
	child, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(child)
	if said, err := waitFor(out, "deaf"); err != nil {
		t.Error(said, err)
	}
	if err := server.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	server.Wait()
	ended := []unix.PollFd{{Fd: int32(child), Events: unix.POLLIN}}
	if n, err := unix.Poll(ended, 10_000); err != nil || n != 1 {
		t.Errorf("the child %d lives on: %d, %v", pid, n, err)
	}
}
