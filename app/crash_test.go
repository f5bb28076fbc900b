//go:build linux

package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// patient is how clients of servers that are killed ask: until there is an answer.
var patient = client.Retry{Attempts: 1 << 30, Wait: 5 * time.Millisecond, MaxWait: 50 * time.Millisecond}

// Two entities that every change of writer has a part of.
const left, right = "left", "right"

// writer makes numbered changes, each under a key of its own, until it is stopped.
type writer struct {
	name     string
	client   *client.Client
	answers  map[int]string // to the changes that were acknowledged, as JSON
	begun    int            // how many changes were sent
	progress chan<- struct{}
}

// change asks for the change number n, which adds one attribute on each side.
func (w *writer) change(ctx context.Context, n int) (answer string, err error) {
	var operations []api.Operation
	for _, entity := range []string{left, right} {
		operations = append(operations, api.Operation{AddAttrs: &api.ChangeAttrs{
			Entity: entity, Attrs: []api.NewAttr{{Key: w.name, Value: json.RawMessage(strconv.Itoa(n))}},
		}})
	}
	changed, err := w.client.Transact(ctx, api.Transaction{Operations: operations}, client.Change{Key: fmt.Sprintf("%s %d", w.name, n)})
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(changed)
	return string(text), err
}

// run makes changes until ctx ends; the last one may or may not have been made.
func (w *writer) run(ctx context.Context) error {
	for n := 1; ; n++ {
		w.begun = n
		answer, err := w.change(ctx, n)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s, change %d: %w", w.name, n, err)
		}
		w.answers[n] = answer
		select {
		case w.progress <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
	}
}

// repeat sends every change again. Those that were acknowledged have the answer of
// then.
func (w *writer) repeat(t *testing.T) {
	t.Helper()
	for n := 1; n <= w.begun; n++ {
		answer, err := w.change(t.Context(), n)
		if err != nil {
			t.Errorf("%s, change %d again: %v", w.name, n, err)
			continue
		}
		if before, acknowledged := w.answers[n]; acknowledged && answer != before {
			t.Errorf("%s, change %d again: %s, and before %s", w.name, n, answer, before)
		}
	}
}

// check checks that the changes which an entity has are those that were
// acknowledged, each once, with nothing else but perhaps the last one.
func (w *writer) check(t *testing.T, entity string, there []int) {
	t.Helper()
	slices.Sort(there)
	want := slices.Sorted(maps.Keys(w.answers))
	if len(there) == len(want)+1 && there[len(want)] == w.begun {
		there = there[:len(want)]
	}
	if diff := cmp.Diff(want, there); diff != "" {
		t.Errorf("changes of %s on the %s (-acknowledged +there):\n%s", w.name, entity, diff)
	}
}

// changesOn returns the numbers of the changes that an entity has, by writer.
func changesOn(t *testing.T, c *client.Client, entity string) map[string][]int {
	t.Helper()
	shown, err := c.Entity(t.Context(), entity, client.EntityOptions{Expand: []string{"attrs"}})
	if err != nil {
		t.Fatal(err)
	}
	there := map[string][]int{}
	for _, a := range *shown.Attrs {
		n, err := strconv.Atoi(string(a.Value))
		if err != nil {
			t.Fatal(err)
		}
		there[a.Key] = append(there[a.Key], n)
	}
	return there
}

// watcher follows the changes and keeps the versions that it hears of.
type watcher struct {
	mu       sync.Mutex // guards what follows
	versions []int64
	lost     int // connections
}

// run follows until ctx ends.
func (f *watcher) run(ctx context.Context, c *client.Client, since int64) error {
	for event, err := range c.Changes(ctx, since, client.ChangesOptions{Lost: func(error, time.Duration) { f.note(0) }}) {
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the change stream: %w", err)
		}
		f.note(int64(event.Version))
	}
	return nil
}

// note notes a version, or with 0 that a connection was lost.
func (f *watcher) note(version int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if version == 0 {
		f.lost++
	} else {
		f.versions = append(f.versions, version)
	}
}

// seen returns the versions so far, and how many connections were lost.
func (f *watcher) seen() (versions []int64, lost int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.versions), f.lost
}

// TestKilledServer kills and restarts a server while clients change the inventory
// and one follows the changes. Every change that was acknowledged is there, once
// and whole; sent again it has the same answer; and who follows has heard of each
// version once, in order.
func TestKilledServer(t *testing.T) {
	s := startServer(t)
	c := s.client(t)
	made, err := c.CreateEntities(t.Context(), []api.CreateEntity{{Name: left, Driver: "basicserver"}, {Name: right, Driver: "basicserver"}}, client.Change{})
	if err != nil {
		t.Fatal(err)
	}
	following, endFollowing := context.WithCancel(t.Context())
	defer endFollowing()
	writing, endWriting := context.WithCancel(t.Context())
	defer endWriting()
	var running sync.WaitGroup
	errs := make(chan error, 10)
	since := made.Version
	watcher := &watcher{}
	running.Go(func() { errs <- watcher.run(following, c, since) })
	progress := make(chan struct{})
	writers := startWriters(t, s, 4, progress, func(run func(context.Context) error) {
		running.Go(func() { errs <- run(writing) })
	})
	for _, blow := range []func(*testing.T){s.kill, s.restart, s.kill, s.kill, s.restart, s.restart, s.kill, s.kill} {
		awaitProgress(t, progress, errs, 12)
		blow(t)
	}
	awaitProgress(t, progress, errs, 12)
	s.end(t, syscall.SIGKILL)
	endWriting()
	s.start(t)

	on := map[string]map[string][]int{left: changesOn(t, c, left), right: changesOn(t, c, right)}
	if diff := cmp.Diff(on[left], on[right]); diff != "" {
		t.Errorf("a change was made by half (-left +right):\n%s", diff)
	}
	for range writers {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	for _, w := range writers {
		w.check(t, left, on[left][w.name])
		w.repeat(t)
	}
	for _, w := range writers {
		all := slices.Sorted(slices.Values(changesOn(t, c, left)[w.name]))
		if len(all) != w.begun || all[0] != 1 || all[w.begun-1] != w.begun {
			t.Errorf("after repetition %s has made the changes %v, want each from 1 to %d once", w.name, all, w.begun)
		}
	}
	checkWatcher(t, c, watcher, since)
	endFollowing()
	running.Wait()
	if err := <-errs; err != nil {
		t.Error(err)
	}
}

// startWriters starts writers with clients of their own.
func startWriters(t *testing.T, s *childServer, n int, progress chan<- struct{}, start func(run func(context.Context) error)) []*writer {
	t.Helper()
	var writers []*writer
	for i := range n {
		w := &writer{name: fmt.Sprintf("writer%d", i), client: s.client(t), answers: map[int]string{}, progress: progress}
		writers = append(writers, w)
		start(w.run)
	}
	return writers
}

// awaitProgress waits until some more changes were acknowledged.
func awaitProgress(t *testing.T, progress <-chan struct{}, errs <-chan error, changes int) {
	t.Helper()
	tooLong := time.After(time.Minute)
	for range changes {
		select {
		case <-progress:
		case err := <-errs:
			t.Fatal(err)
		case <-tooLong:
			t.Fatal("no changes are acknowledged any more")
		}
	}
}

// checkWatcher waits until the watcher has heard of the newest version, and
// compares what it has heard with the log.
func checkWatcher(t *testing.T, c *client.Client, f *watcher, since int64) {
	t.Helper()
	var want []int64
	for entry, err := range c.Log(t.Context(), client.LogFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if int64(entry.Version) > since {
			want = append(want, int64(entry.Version))
		}
	}
	slices.Sort(want)
	var got []int64
	var lost int
	giveUp := time.After(time.Minute)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for got, lost = f.seen(); len(got) < len(want); got, lost = f.seen() {
		select {
		case <-tick.C:
		case <-giveUp:
			t.Fatalf("the stream has only got to %v of %v", got, want)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("versions of the change stream (-log +stream):\n%s", diff)
	}
	if lost < 9 {
		t.Errorf("the stream was interrupted %d times, want one for each of 9 ends of a server", lost)
	}
}
