package testenv

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// process is a server's process with all it has started.
type process struct {
	cmd  *exec.Cmd
	mark string // the file that tells the watchdog of it

	// alive ends when the process and its children, which all inherit the
	// other end, are gone: PostgreSQL's outlive the parent for a moment, and a
	// server cannot start on their data.
	alive *os.File
}

// start runs a program in its own process group with its output in the file
// log, and has the watchdog end it with the signal that is named quick.
func (h *home) start(args []string, log, quick string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	alive, held, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer held.Close()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = filepath.Dir(log)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.ExtraFiles = []*os.File{held}
	ownGroup(cmd, h.owner)
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, alive.Close())
	}
	p := &process{cmd: cmd, alive: alive, mark: filepath.Join(h.dir, "groups", fmt.Sprintf("%s.%d", quick, cmd.Process.Pid))}
	if err := os.WriteFile(p.mark, nil, 0o600); err != nil {
		return nil, errors.Join(err, p.end(syscall.SIGKILL))
	}
	return p, nil
}

// gone waits until the processes are gone, at most the given time, and reports
// whether they are.
func (p *process) gone(within time.Duration) bool {
	p.alive.SetReadDeadline(time.Now().Add(within))
	_, err := p.alive.Read(make([]byte, 1))
	return !errors.Is(err, os.ErrDeadlineExceeded)
}

// end signals the processes and waits until they are gone. Those that do not
// obey are killed, which is an error.
func (p *process) end(sig syscall.Signal) error {
	defer p.alive.Close()
	signalGroup(p.cmd.Process, sig) // an error says that it is gone
	var err error
	if !p.gone(patience) {
		err = fmt.Errorf("%s did not end within %v after the signal %v", p.cmd.Path, patience, sig)
		signalGroup(p.cmd.Process, syscall.SIGKILL)
	}
	p.cmd.Wait() // its exit status does not matter any more
	os.Remove(p.mark)
	return err
}

// tail returns the last lines of a log.
func tail(log string) string {
	text, err := os.ReadFile(log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-30):], "\n")
}
