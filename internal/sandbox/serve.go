package sandbox

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/clusto/clusto"
)

// Opener opens the interpreter of a child; ctx is for the opening alone. What the
// interpreter has to say goes to the streams. The error is shown to the user.
type Opener func(ctx context.Context, s Setting, to Streams) (Interpreter, error)

// child is the process that runs scripts, seen from inside.
type child struct {
	ctx    context.Context // of the process
	in     io.Reader
	out    *output
	interp Interpreter
	limits Limits

	mu      sync.Mutex // guards cancels
	cancels map[uint64]context.CancelFunc
}

// job is a request with the context that it is done in.
type job struct {
	request
	ctx    context.Context
	cancel context.CancelFunc
}

// Serve does what is asked for on in, until it is told to close or in ends, and
// answers on out. Whoever is at the other end is trusted: it is [Session], in the
// process that started this one. The limits that this process puts on itself are of
// the setting; Serve sets them for the Go runtime.
//
// The end of in interrupts what runs. ctx should not end by a signal.
func Serve(ctx context.Context, in io.Reader, out io.Writer, open Opener) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c := &child{ctx: ctx, in: in, out: newOutput(out), cancels: map[uint64]context.CancelFunc{}}
	signals := make(chan os.Signal, 1)
	notifyOutOfTime(signals)
	defer signal.Stop(signals)
	var watching sync.WaitGroup
	watching.Go(func() {
		select {
		case <-signals:
			cancel(errOutOfTime)
		case <-ctx.Done():
		}
	})
	jobs := make(chan job)
	readErr := make(chan error, 1)
	go func() {
		defer close(jobs)
		readErr <- c.reader(jobs)
		cancel(nil)
	}()
	err := c.worker(jobs, open)
	for range jobs { // after the session was closed there is nothing more to do
		continue
	}
	watching.Wait()
	return errors.Join(err, <-readErr)
}

// reader hands requests on until there are no more. It does not wait for one to end,
// so that an interruption is heard meanwhile.
func (c *child) reader(jobs chan<- job) error {
	for {
		var r request
		if err := readFrame(c.in, &r); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if r.Op == opInterrupt {
			c.interrupt(r.ID)
			continue
		}
		j := job{request: r}
		j.ctx, j.cancel = context.WithCancel(c.ctx)
		c.mu.Lock()
		c.cancels[r.ID] = j.cancel
		c.mu.Unlock()
		jobs <- j
	}
}

func (c *child) interrupt(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if cancel, ok := c.cancels[id]; ok {
		cancel()
	}
}

// forget releases the context of a request that is done.
func (c *child) forget(j job) {
	j.cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.cancels, j.ID)
}

// worker does one request after the other, and closes the interpreter at the end.
func (c *child) worker(jobs <-chan job, open Opener) error {
	for j := range jobs {
		c.out.begin(j.ID, c.limits.Output)
		a := c.do(j, open)
		a.ID, a.Op = j.ID, opDone
		overflow := c.out.end()
		if a.Result != nil {
			a.Result.Cut = overflow
		}
		c.forget(j)
		if err := c.out.send(a); err != nil {
			return err
		}
		if j.Op == opClose {
			return nil
		}
	}
	if c.interp == nil {
		return nil
	}
	return c.interp.Close()
}

// do does one request.
func (c *child) do(j job, open Opener) answer {
	if (c.interp == nil) != (j.Op == opOpen) {
		return answer{Fault: faultOf(clusto.Errorf(clusto.ErrInvalid, "the first request, and no other, is %q", opOpen))}
	}
	switch j.Op {
	case opOpen:
		return answer{Fault: faultOf(c.open(j, open))}
	case opRun, opEval:
		if context.Cause(c.ctx) == errOutOfTime {
			return answer{Fault: faultOf(errOutOfTime)}
		}
		return c.entry(j)
	case opIncomplete:
		return answer{Incomplete: c.interp.Incomplete(j.Text)}
	case opComplete:
		completion := c.interp.Complete(j.Text, j.Pos)
		return answer{Completion: &completion}
	case opHelp:
		text, err := c.interp.Help(j.Text)
		return answer{Text: cut(text), Fault: faultOf(err)}
	case opClose:
		return answer{Fault: faultOf(c.interp.Close())}
	}
	return answer{Fault: faultOf(clusto.Errorf(clusto.ErrUnsupported, "there is no request %q", j.Op))}
}

// maxProcs is how many processors a child uses at once: one for the script, one for
// what goes on besides.
const maxProcs = 2

// open opens the interpreter. Go collects garbage harder when its memory comes near to
// what the kernel allows.
func (c *child) open(j job, open Opener) error {
	if j.Setting == nil {
		return clusto.Errorf(clusto.ErrInvalid, "the request %q has no setting", j.Op)
	}
	limits, err := j.Setting.Limits.orDefault()
	if err != nil {
		return err
	}
	c.limits = limits
	runtime.GOMAXPROCS(maxProcs)
	debug.SetMemoryLimit(int64(limits.Memory / 4 * 3))
	c.out.begin(j.ID, limits.Output)
	c.interp, err = open(j.ctx, *j.Setting, Streams{Out: c.out.writer(opOut), Notices: c.out.writer(opNotice)})
	return err
}

// entry runs a script or an entry.
func (c *child) entry(j job) answer {
	tooLong := clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "the time for a script is over: %s", c.limits.Entry),
		"do it in smaller steps")
	ctx, cancel := context.WithTimeoutCause(j.ctx, c.limits.Entry, tooLong)
	defer cancel()
	var result Result
	var err error
	switch {
	case j.Op == opEval:
		result, err = c.interp.Eval(ctx, j.Text)
	case j.Source == nil:
		err = clusto.Errorf(clusto.ErrInvalid, "the request %q has no source", j.Op)
	default:
		result, err = c.interp.Run(ctx, *j.Source)
	}
	if errors.Is(err, clusto.ErrExhausted) {
		debug.FreeOSMemory() // what was too much must not count against the next entry
	}
	return answer{Result: &result, Fault: faultOf(err)}
}
