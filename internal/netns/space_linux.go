package netns

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Space is a network namespace and a mount namespace with a thread in them.
type Space struct {
	path string // of the namespace, as ip(8) takes it
	jobs chan func()
	gone chan struct{}
}

// New makes a namespace with a loopback interface that is up, without IPv6 unless
// an interface is given an address of it.
func New() (*Space, error) {
	s := &Space{jobs: make(chan func()), gone: make(chan struct{})}
	ready := make(chan error)
	go s.hold(ready)
	if err := <-ready; err != nil {
		return nil, fmt.Errorf("make a network namespace (this needs root): %w", err)
	}
	if err := s.IP("link set lo up"); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// hold runs what is to be run in the namespaces. Its thread ends with it, since it
// stays locked, and so do the namespaces.
func (s *Space) hold(ready chan<- error) {
	runtime.LockOSThread()
	defer close(s.gone)
	err := unix.Unshare(unix.CLONE_NEWNET | unix.CLONE_NEWNS)
	if err == nil { // what is mounted here is not to be seen elsewhere
		err = unix.Mount("none", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
	}
	s.path = fmt.Sprintf("/proc/%d/task/%d/ns/net", os.Getpid(), unix.Gettid())
	ready <- err
	if err != nil {
		return
	}
	for job := range s.jobs {
		job()
	}
}

// Close ends the thread that holds the namespace, and with it the processes that
// were started in it.
func (s *Space) Close() {
	close(s.jobs)
	<-s.gone
}

// Do runs fn in the namespace: sockets that it opens and processes that it starts
// belong there, also after it has returned. It must not call Do.
func (s *Space) Do(fn func() error) error {
	result := make(chan error, 1)
	s.jobs <- func() { result <- fn() }
	return <-result
}

// Start starts a command in the namespace. It is killed at the latest when the
// namespace is closed.
func (s *Space) Start(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL // follows the thread that starts it
	return s.Do(cmd.Start)
}

// Run runs a program in the namespace and returns what it wrote.
func (s *Space) Run(program string, args ...string) (string, error) {
	var out strings.Builder
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	err := s.Start(cmd)
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", program, strings.Join(args, " "), err, strings.TrimSpace(out.String()))
	}
	return out.String(), nil
}

// IP runs ip(8) for each line, such as "link set lo up".
func (s *Space) IP(lines ...string) error {
	for _, line := range lines {
		if _, err := s.Run("ip", strings.Fields(line)...); err != nil {
			return err
		}
	}
	return nil
}

// Hide puts an empty directory of the namespace's own over another, so that
// programs in it do not meet the files of those outside.
func (s *Space) Hide(dir string) error {
	return s.Do(func() error {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		return unix.Mount("tmpfs", dir, "tmpfs", 0, "mode=755")
	})
}

// Addrs returns the IPv4 addresses of an interface.
func (s *Space) Addrs(name string) (addrs []string, err error) {
	err = s.Do(func() error {
		i, err := net.InterfaceByName(name)
		if err != nil {
			return err
		}
		all, err := i.Addrs()
		for _, a := range all {
			if ip, _, ok := strings.Cut(a.String(), "/"); ok && strings.Contains(ip, ".") {
				addrs = append(addrs, ip)
			}
		}
		return err
	})
	return addrs, err
}

// Join makes a cable between two namespaces: an interface in each, which is up. It
// finishes the checksums of what is sent, as a real card does, since some programs
// that read raw frames look at them.
func Join(a *Space, nameA string, b *Space, nameB string) error {
	err := a.IP(fmt.Sprintf("link add name %s type veth peer name %s netns %s", nameA, nameB, b.path))
	return errors.Join(err, a.bringUp(nameA), b.bringUp(nameB))
}

func (s *Space) bringUp(name string) error {
	return errors.Join(
		s.Do(func() error { return finishChecksums(name) }),
		s.IP("link set dev "+name+" up"))
}
