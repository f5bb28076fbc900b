//go:build linux

package sandbox_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sandbox"
)

// of returns options for a user.
func of(user string) sandbox.Options {
	opt := options(sandbox.Limits{})
	opt.Setting.User = user
	return opt
}

func TestPool(t *testing.T) {
	t.Parallel()
	p := sandbox.NewPool(sandbox.PoolOptions{Max: 3, PerUser: 2})
	open := map[string]*sandbox.Session{}
	for _, name := range []string{"ann 1", "ann 2", "bob 1"} {
		s, err := p.Start(t.Context(), of(name[:3]))
		if err != nil {
			t.Fatal(err)
		}
		open[name] = s
	}
	refused := func(user, want string) {
		t.Helper()
		_, err := p.Start(t.Context(), of(user))
		if !errors.Is(err, clusto.ErrExhausted) || clusto.Hint(err) == "" || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	refused("ann", "ann has 2 sessions, and may have no more at once")
	refused("bob", "the server has 3 sessions, and may have no more at once")
	if err := open["ann 1"].Close(); err != nil {
		t.Error(err)
	}
	if _, err := open["bob 1"].Eval(t.Context(), "exit 1", nil); !errors.Is(err, clusto.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if n := p.Len(); n != 1 {
		t.Errorf("got %d sessions, want 1", n)
	}
	opt := of("ann")
	opt.Setting.LibDir = "broken"
	if _, err := p.Start(t.Context(), opt); !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	opt.Path = "/nonexistent/clusto"
	if _, err := p.Start(t.Context(), opt); !errors.Is(err, clusto.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	again, err := p.Start(t.Context(), of("ann"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Close(), p.Close()); err != nil {
		t.Error(err)
	}
	if p.Len() != 0 || again.Err() == nil {
		t.Errorf("after Close there are %d sessions", p.Len())
	}
	if _, err := p.Start(t.Context(), of("eve")); !errors.Is(err, clusto.ErrUnavailable) {
		t.Errorf("got %v, want that the pool is closed", err)
	}
	if err := errors.Join(open["ann 2"].Close(), open["bob 1"].Close(), again.Close()); err != nil {
		t.Error(err)
	}
}

// TestManySessions has many users at work, some of whom break their process, while the
// server comes to its end.
func TestManySessions(t *testing.T) {
	t.Parallel()
	p := sandbox.NewPool(sandbox.PoolOptions{Max: 8})
	var users sync.WaitGroup
	for i := range 12 {
		users.Go(func() {
			user := fmt.Sprintf("user%d", i)
			s, err := p.Start(t.Context(), of(user))
			if errors.Is(err, clusto.ErrExhausted) {
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			var askers sync.WaitGroup
			for j := range 3 { // at once, of which each has its turn
				askers.Go(func() {
					want := fmt.Sprint(user, " ", j)
					if got := eval(t, s, "echo "+want); got != want {
						t.Errorf("got %q, want %q", got, want)
					}
				})
			}
			askers.Wait()
			if i%3 == 0 {
				if _, err := s.Eval(t.Context(), "panic", nil); !errors.Is(err, clusto.ErrUnavailable) {
					t.Errorf("got %v", err)
				}
			}
		})
	}
	users.Wait()
	if err := p.Close(); err != nil || p.Len() != 0 {
		t.Error(err, p.Len())
	}
}

// TestPoolCloses closes a pool while sessions are started and entries run.
func TestPoolCloses(t *testing.T) {
	t.Parallel()
	p := sandbox.NewPool(sandbox.PoolOptions{})
	var users sync.WaitGroup
	running := make(chan struct{}, 1)
	for i := range 4 {
		users.Go(func() {
			s, err := p.Start(t.Context(), of(fmt.Sprint(i)))
			if err == nil {
				_, err = s.Eval(t.Context(), "wait", func(sandbox.Event) {
					select {
					case running <- struct{}{}:
					default:
					}
				})
			}
			if e, ok := errors.AsType[*sandbox.ScriptError](err); !errors.Is(err, clusto.ErrUnavailable) && (!ok || !e.Interrupted()) {
				t.Errorf("got %v, want that it was interrupted or not begun", err)
			}
		})
	}
	<-running
	if err := p.Close(); err != nil || p.Len() != 0 {
		t.Error(err, p.Len())
	}
	users.Wait()
}
