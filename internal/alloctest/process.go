package alloctest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clusto/clusto"
)

// childVariable is the environment variable that makes the test binary a process
// with workers; it holds its orders.
const childVariable = "CLUSTO_ALLOCTEST"

// orders are what a process is told.
type orders struct {
	Where   string
	Process int
	Workers int
	Seed    uint64
	// Dies is the time after which its first worker waits, in the middle of an
	// update, to be killed; 0 is never.
	Dies time.Duration
}

// Child is called first of all by TestMain. In a process that is to work it does so
// and returns its exit status and true; otherwise it returns false.
func Child(open func(ctx context.Context, where string) (clusto.Store, error)) (status int, child bool) {
	text := os.Getenv(childVariable)
	if text == "" {
		return 0, false
	}
	var o orders
	err := json.Unmarshal([]byte(text), &o)
	if err == nil {
		err = o.work(context.Background(), open)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1, true
	}
	return 0, true
}

// work opens the database, says that it is ready, and works from when it is told
// to until there is nobody to tell it anything.
func (o orders) work(ctx context.Context, open func(ctx context.Context, where string) (clusto.Store, error)) error {
	store, err := open(ctx, o.Where)
	if err != nil {
		return err
	}
	var mu sync.Mutex // guards the output
	out := json.NewEncoder(os.Stdout)
	note := func(e event) {
		mu.Lock()
		defer mu.Unlock()
		// Who cannot tell is told by the process that reads, which misses it.
		_ = out.Encode(e)
	}
	fmt.Println("ready")
	in := bufio.NewReader(os.Stdin)
	if _, err := in.ReadString('\n'); err != nil {
		return err
	}
	stop := make(chan struct{})
	go func() {
		defer close(stop)
		_, _ = in.ReadString('\n')
	}()
	var wg sync.WaitGroup
	for n := range o.Workers {
		w := newWorker(workerName(o.Process, n), store, o.Seed+uint64(o.Process*o.Workers+n), note)
		if n == 0 && o.Dies > 0 {
			dies := time.Now().Add(o.Dies)
			w.midway = func() {
				if time.Now().After(dies) {
					note(event{Worker: w.name, Dying: true})
					select {} // with what it has locked
				}
			}
			wg.Go(func() { w.work(ctx, nil) }) // until it is killed
			continue
		}
		wg.Go(func() { w.work(ctx, stop) })
	}
	wg.Wait()
	return store.Close()
}

func workerName(process, n int) string { return fmt.Sprintf("p%d-%d", process, n) }

// runProcesses works on a database in several processes and kills some of them.
func runProcesses(t *testing.T, db Database, o Options) *log {
	l := newLog()
	children := make([]*child, o.Processes)
	for i := range children {
		told := orders{Where: db.where(i), Process: i, Workers: o.Workers, Seed: o.Seed}
		if i < o.Killed {
			told.Dies = o.For * time.Duration(i+1) / time.Duration(o.Killed+1)
		}
		for n := range o.Workers {
			l.expect(workerName(i, n))
			if i < o.Killed {
				l.kill(workerName(i, n))
			}
		}
		children[i] = start(t, told)
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, c := range children {
		defer c.end() // also when the test ends in the middle
		c.awaitReady()
	}
	for i, c := range children {
		c.begin()
		wg.Go(func() { c.follow(l, i < o.Killed) })
	}
	db.disturb(t, l, o)
	return l
}

// child is a process that works.
type child struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	err strings.Builder // what it said on standard error
}

// start starts a process.
func start(t *testing.T, o orders) *child {
	t.Helper()
	told, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	c := &child{t: t, cmd: exec.Command(os.Args[0])}
	c.cmd.Env = append(os.Environ(), childVariable+"="+string(told))
	c.cmd.Stderr = &c.err
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.out = bufio.NewReader(out)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *child) awaitReady() {
	c.t.Helper()
	if line, err := c.out.ReadString('\n'); err != nil || line != "ready\n" {
		c.t.Fatalf("a process began with %q, %v: %s", line, err, c.err.String())
	}
}

func (c *child) begin() {
	if _, err := io.WriteString(c.in, "go\n"); err != nil {
		c.t.Error(err)
	}
}

// end tells a process that it is enough.
func (c *child) end() { _ = c.in.Close() } // one that was killed knows

// follow reads what a process says to its end, and kills it when it is about to die.
func (c *child) follow(l *log, dies bool) {
	dying := false
	for {
		line, err := c.out.ReadBytes('\n')
		if err != nil { // the last line of one that was killed may be cut short
			break
		}
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			c.t.Errorf("a process said %q: %v", line, err)
			continue
		}
		if e.Dying && !dying {
			dying = true
			if err := c.cmd.Process.Kill(); err != nil {
				c.t.Error(err)
			}
		}
		l.note(e)
	}
	err := c.cmd.Wait()
	switch {
	case dies && !dying:
		c.t.Errorf("a process was to be killed and ended: %v: %s", err, c.err.String())
	case !dies && err != nil:
		c.t.Errorf("a process failed: %v: %s", err, c.err.String())
	}
}
