package load

import (
	"errors"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// Run plays clients as the options say. The calling goroutine should have a core
// for itself.
func Run(o Options) (Result, error) {
	if err := o.check(); err != nil {
		return Result{}, err
	}
	runtime.LockOSThread() // CPU time is that of the thread
	defer runtime.UnlockOSThread()
	s, err := openSocket(&o)
	if err != nil {
		return Result{}, err
	}
	defer s.close()
	g := newGenerator(&o, s)
	began, cpu := g.now, threadCPU()
	g.play()
	g.ended = g.now
	g.finish()
	return g.result(began, threadCPU()-cpu), nil
}

// ErrNoAnswer is what Await returns if none came.
var ErrNoAnswer = errors.New("the server does not answer")

// Await asks for the last client again and again until the server offers it its
// address.
func Await(o Options, atMost time.Duration) error {
	o.Window, o.Rate, o.Duration = 1, 0, atMost
	if err := o.check(); err != nil {
		return err
	}
	s, err := openSocket(&o)
	if err != nil {
		return err
	}
	defer s.close()
	p := newPlayer(&o)
	const again = 2 * time.Millisecond
	answered := false
	for giveUp := time.Now().Add(atMost); !answered && time.Now().Before(giveUp); {
		s.queue(p.discover(s.next(), 1, o.Clients-1))
		s.flush()
		s.wait(again)
		s.receive(func(packet []byte) {
			r, ok := readReply(packet)
			answered = answered || ok && r.kind == offer
		})
	}
	if !answered {
		return ErrNoAnswer
	}
	return nil
}

// threadCPU returns what of the processor the thread has used.
func threadCPU() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// play begins exchanges until it is time to stop.
func (g *generator) play() {
	stop := g.now.Add(g.options.Duration)
	for g.now.Before(stop) && !(g.options.Once && g.begun >= g.options.Clients) {
		var idle time.Duration
		if g.options.Window > 0 {
			idle = g.fillWindow()
		} else {
			idle = g.keepRate()
		}
		g.socket.flush()
		if g.drain() == 0 && idle > 0 {
			g.socket.wait(min(idle, time.Millisecond))
		}
		g.now = time.Now()
	}
}

// fillWindow begins exchanges in place of those that ended.
func (g *generator) fillWindow() time.Duration {
	g.giveUp()
	for g.underWay < g.options.Window && !(g.options.Once && g.begun >= g.options.Clients) {
		g.begin()
	}
	return time.Millisecond
}

// keepRate begins the exchanges that are due, and returns how long it is until the
// next one.
func (g *generator) keepRate() time.Duration {
	elapsed := g.now.Sub(g.start).Seconds()
	due := int(elapsed * g.options.Rate)
	for n := 0; g.begun+g.strangers < due && n < atOnce; n++ {
		g.begin()
	}
	next := float64(g.begun+g.strangers+1) / g.options.Rate
	return time.Duration((next - elapsed) * float64(time.Second))
}

// finish waits for the answers that are still to come.
func (g *generator) finish() {
	for quiet := g.now; g.underWay > 0 && g.now.Sub(quiet) < g.options.Timeout; g.now = time.Now() {
		if g.drain() > 0 {
			quiet = g.now
			continue
		}
		g.socket.wait(time.Millisecond)
	}
}
