package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/clusto/clusto"
)

const (
	// niceness is how much others go before a child when processors are short.
	niceness = 10
	// maxFiles is how many files, and connections, a child may have open.
	maxFiles = 256
	// oomScore has the kernel choose a child before the server when the machine has no
	// memory left.
	oomScore = 800
)

// linuxProcess is a process that leads a group of its own.
type linuxProcess struct {
	cmd    *exec.Cmd
	said   *tail
	limits Limits
	reaped chan struct{}

	mu   sync.Mutex // guards gone
	gone bool       // its number may belong to somebody else
}

// startProcess starts a child between two pipes.
func startProcess(opt Options, limits Limits, in, out *os.File) (process, error) {
	path := cmp.Or(opt.Path, ownProgram())
	p := &linuxProcess{said: &tail{}, limits: limits, reaped: make(chan struct{})}
	p.cmd = &exec.Cmd{
		Path:   path,
		Args:   append([]string{"clusto"}, opt.Args...),
		Env:    append([]string{}, opt.Env...), // nil would be the environment of the server
		Stdin:  in,
		Stdout: out,
		Stderr: p.said,
		SysProcAttr: &syscall.SysProcAttr{
			Setpgid:   true, // Ctrl-C at the server's terminal is the server's affair
			Pdeathsig: syscall.SIGKILL,
		},
	}
	started := make(chan error, 1)
	go onThread(func() { p.run(started) })
	if err := <-started; err != nil {
		return nil, clusto.Errorf(clusto.ErrUnavailable, "start a process for scripts: %w", err)
	}
	return p, nil
}

// ownProgram returns a path of the program that runs, also if its file was replaced:
// a new version might not understand this one.
func ownProgram() string {
	const running = "/proc/self/exe"
	if path, err := os.Executable(); err == nil {
		file, fileErr := os.Stat(path)
		own, ownErr := os.Stat(running)
		if fileErr == nil && ownErr == nil && os.SameFile(file, own) {
			return path // which is how it is called in lists of processes
		}
	}
	return running
}

// onThread calls fn on a thread that it takes along when it ends. That is never the
// main thread, which stands for the whole server in lists of processes.
func onThread(fn func()) {
	runtime.LockOSThread()
	if unix.Gettid() != unix.Getpid() {
		fn()
		return
	}
	locked := make(chan struct{})
	go func() {
		runtime.LockOSThread() // another one, as long as this one is taken
		close(locked)
		fn()
	}()
	<-locked
	runtime.UnlockOSThread()
}

// run starts the process and waits for its end, on a thread of its own: the child is
// killed when the thread that started it is gone, and has its priority, which cannot
// be raised again.
func (p *linuxProcess) run(started chan<- error) {
	defer close(p.reaped)
	// A server of still lower priority may not raise it, and need not.
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, niceness)
	if err := p.cmd.Start(); err != nil {
		started <- err
		return
	}
	err := confine(p.cmd.Process.Pid, p.limits)
	if err != nil {
		p.kill()
	}
	started <- err
	p.awaitEnd()
}

// awaitEnd waits until the process has ended, and ends the rest of its group while
// nobody else can have its number.
func (p *linuxProcess) awaitEnd() {
	pid := p.cmd.Process.Pid
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	p.mu.Lock()
	_ = unix.Kill(-pid, unix.SIGKILL)
	p.gone = true
	p.mu.Unlock()
	_ = p.cmd.Wait() // its ProcessState says how it ended
}

// confine has the kernel hold a process to its limits.
func confine(pid int, l Limits) error {
	for resource, limit := range map[int]unix.Rlimit{
		// RLIMIT_AS comes later: Go reserves gigabytes of addresses that it never uses.
		unix.RLIMIT_DATA: exactly(l.Memory),
		// First it is told, then it is killed.
		unix.RLIMIT_CPU:    {Cur: seconds(l.CPU), Max: seconds(l.CPU + l.Grace)},
		unix.RLIMIT_CORE:   exactly(0), // it would have the DSN and whatever the user may read
		unix.RLIMIT_NOFILE: exactly(maxFiles),
	} {
		if err := unix.Prlimit(pid, resource, &limit, nil); err != nil {
			return os.NewSyscallError("prlimit", err)
		}
	}
	// Where this is not possible, the kernel chooses by size.
	_ = os.WriteFile("/proc/"+strconv.Itoa(pid)+"/oom_score_adj", []byte(strconv.Itoa(oomScore)), 0)
	return nil
}

func exactly(n uint64) unix.Rlimit { return unix.Rlimit{Cur: n, Max: n} }

// seconds returns d in whole seconds, rounded up, which is how the kernel counts.
func seconds(d time.Duration) uint64 { return uint64((d + time.Second - 1) / time.Second) }

// settle implements process. RLIMIT_DATA does not hold for the heap of Go, which puts
// memory in place of addresses that it has reserved; so it may reserve no more than what
// is missing in the memory that it may have.
func (p *linuxProcess) settle() error {
	pid := p.cmd.Process.Pid
	sizes, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return clusto.Errorf(clusto.ErrUnavailable, "see how much memory a session has: %w", err)
	}
	var all, resident, shared, text, lib, data uint64 // pages
	if _, err := fmt.Sscan(string(sizes), &all, &resident, &shared, &text, &lib, &data); err != nil {
		return fmt.Errorf("read the size of process %d: %w", pid, err)
	}
	page := uint64(os.Getpagesize())
	if data*page > p.limits.Memory {
		return clusto.Errorf(clusto.ErrExhausted, "a session needs %d MiB of memory before it runs a script, and may have %d",
			data*page>>20, p.limits.Memory>>20)
	}
	limit := exactly((all-data)*page + p.limits.Memory)
	return os.NewSyscallError("prlimit", unix.Prlimit(pid, unix.RLIMIT_AS, &limit, nil))
}

// kill implements process.
func (p *linuxProcess) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.gone {
		_ = unix.Kill(-p.cmd.Process.Pid, unix.SIGKILL) // fails only if it is gone already
	}
}

// wait implements process.
func (p *linuxProcess) wait() ending {
	<-p.reaped
	return ending{why: p.explain(), state: p.cmd.ProcessState.String(), said: crash(p.said.String())}
}

// explain returns why a process ended that nobody had told to.
func (p *linuxProcess) explain() error {
	state, said := p.cmd.ProcessState, p.said.String()
	status, _ := state.Sys().(syscall.WaitStatus)
	killed := status.Signaled() && status.Signal() == syscall.SIGKILL
	var err error
	switch used := state.UserTime() + state.SystemTime(); {
	case strings.Contains(said, "out of memory") || strings.Contains(said, "cannot allocate memory"):
		err = clusto.Errorf(clusto.ErrExhausted, "the script needed more than the %d MiB of memory that its process may have", p.limits.Memory>>20)
	// The kernel counts the processor time of a limit by its ticks, which is less exact.
	case killed && used >= p.limits.CPU/4*3:
		return errOutOfTime
	case killed:
		err = clusto.Errorf(clusto.ErrUnavailable, "the process of the session was killed from outside; the machine may have no memory left")
	default:
		err = clusto.Errorf(clusto.ErrUnavailable, "the process of the session ended unexpectedly (%s); the log of the server has more", state)
	}
	return clusto.WithHint(err, "%s", afterwards)
}

// notifyOutOfTime has the kernel's word that this process has had its processor time
// sent to c.
func notifyOutOfTime(c chan<- os.Signal) { signal.Notify(c, unix.SIGXCPU) }

// DieWithParent has the kernel kill this process when the one that started it is gone.
// A child asks for it once more by itself: what the server asked for is forgotten if
// the file of the program has capabilities.
func DieWithParent() error {
	return os.NewSyscallError("prctl", unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0))
}
