package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"

	"github.com/clusto/clusto"
)

// A restart without losing a request: the old process starts the new one with
// its sockets, by the protocol of systemd (LISTEN_FDS), and a pipe. The new one
// opens everything else, begins to accept and writes to the pipe. Only then the
// old one stops accepting. At no time does nobody listen: what connects waits in
// the socket, which is the same all the time. If the new process fails before,
// the old one goes on as if nothing had been.

// handoverVariable tells the new process what it gets.
const handoverVariable = "CLUSTO_HANDOVER"

// The variables of systemd's protocol, and the first file descriptor of it.
const (
	listenPID     = "LISTEN_PID"
	listenFDs     = "LISTEN_FDS"
	listenFDNames = "LISTEN_FDNAMES"
	firstFD       = 3
)

// handover is the value of handoverVariable.
type handover struct {
	Parent    int      `json:"parent"` // who wrote it; a grandchild must not take it for its own
	Names     []string `json:"names"`  // of the sockets, in order
	Activated []bool   `json:"activated"`
	Ready     int      `json:"ready"` // the descriptor of the pipe
}

// activatedName is the name of a socket that a service manager has opened.
const activatedName = "activated"

// readyWithin is how long a new process may take until it serves.
const readyWithin = time.Minute

// Inherit returns the sockets that this process was started with: those of the
// process before it, or those of a service manager. It is called once, before
// other processes are started: the environment says so no more afterwards.
func Inherit() (*Sockets, error) {
	from, err := inheritedFrom()
	if err != nil {
		return nil, err
	}
	s := &Sockets{}
	for i, file := range activation.Files(true) {
		k := socket{name: activatedName, activated: true}
		if from != nil && i < len(from.Names) {
			k.name, k.activated = from.Names[i], from.Activated[i]
		}
		if err := k.adopt(file); err != nil {
			s.Close()
			return nil, clusto.Errorf(clusto.ErrInvalid, "socket %d that this process was started with, %s: %w", i, file.Name(), err)
		}
		s.inherited = append(s.inherited, k)
	}
	if from != nil {
		syscall.CloseOnExec(from.Ready)
		s.ready = os.NewFile(uintptr(from.Ready), "ready")
	}
	return s, nil
}

// inheritedFrom reads the environment, and returns nil if this process was not
// started by another of its kind.
func inheritedFrom() (*handover, error) {
	text, ok := os.LookupEnv(handoverVariable)
	if !ok {
		return nil, nil
	}
	from := &handover{}
	if err := errors.Join(json.Unmarshal([]byte(text), from), os.Unsetenv(handoverVariable)); err != nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "%s: %w", handoverVariable, err)
	}
	if from.Parent != os.Getppid() || len(from.Activated) != len(from.Names) {
		return nil, nil
	}
	// Who starts a process does not know its number yet.
	return from, os.Setenv(listenPID, strconv.Itoa(os.Getpid()))
}

// adopt makes a listener or a connection of a file, which it closes.
func (k *socket) adopt(file *os.File) error {
	defer file.Close()
	l, err := net.FileListener(file)
	if err == nil {
		if unix, ok := l.(*net.UnixListener); ok {
			unix.SetUnlinkOnClose(false)
		}
		k.listener = l
		return nil
	}
	packets, err2 := net.FilePacketConn(file)
	if err2 != nil {
		return errors.Join(err, err2)
	}
	udp, ok := packets.(*net.UDPConn)
	if !ok {
		return errors.Join(fmt.Errorf("it is neither a stream nor a UDP socket, but %s", packets.LocalAddr().Network()), packets.Close())
	}
	k.packets = udp
	return nil
}

// Ready tells who waits for it that this process serves: the process before it,
// and the service manager. It closes what was inherited and not asked for.
func (s *Sockets) Ready(log *slog.Logger) {
	s.mu.Lock()
	for _, k := range s.inherited {
		k.close()
	}
	s.inherited = nil
	s.mu.Unlock()
	if s.ready != nil {
		_, err := s.ready.Write([]byte{1})
		if err = errors.Join(err, s.ready.Close()); err != nil {
			log.Warn("the process before this one was not told that it can stop", "err", err)
		}
		s.ready = nil
	}
	Notify(log, daemon.SdNotifyReady)
}

// Notify tells the service manager a state, if there is one.
func Notify(log *slog.Logger, state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		log.Warn("the service manager was not told", "state", state, "err", err)
	}
}

// The states that a service manager is told of.
const (
	StateReloading = daemon.SdNotifyReloading
	StateReady     = daemon.SdNotifyReady
	StateStopping  = daemon.SdNotifyStopping
)

// HandOver starts the program anew, with the arguments of this process and its
// sockets, and returns when the new one serves. If it does not come to that
// HandOver returns an error, the new process is gone, and this one serves on.
func (s *Sockets) HandOver(ctx context.Context, log *slog.Logger) error {
	program := s.next
	if program == "" {
		var err error
		if program, err = os.Executable(); err != nil {
			return fmt.Errorf("restart: %w", err)
		}
	}
	cmd := exec.Command(program, os.Args[1:]...)
	cmd.Args[0] = os.Args[0] // clusto-httpd is told by its name
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	ready, err := s.equip(cmd)
	if err != nil {
		return fmt.Errorf("restart: %w", err)
	}
	defer ready.Close()
	err = cmd.Start()
	for _, file := range cmd.ExtraFiles {
		_ = file.Close() // the new process has them
	}
	if err != nil {
		return fmt.Errorf("restart: %w", err)
	}
	if err := await(ctx, cmd, ready); err != nil {
		return fmt.Errorf("restart: the new process, %d: %w", cmd.Process.Pid, err)
	}
	s.mu.Lock()
	s.handed = true
	s.mu.Unlock()
	Notify(log, fmt.Sprintf("MAINPID=%d\n%s", cmd.Process.Pid, daemon.SdNotifyReady))
	log.Info("another process has taken over", "pid", cmd.Process.Pid)
	return nil
}

// equip gives cmd the sockets, and a pipe of which it returns the end to read from.
func (s *Sockets) equip(cmd *exec.Cmd) (ready *os.File, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	to := handover{Parent: os.Getpid(), Names: []string{}, Activated: []bool{}}
	defer func() {
		if err != nil {
			for _, file := range cmd.ExtraFiles {
				_ = file.Close()
			}
		}
	}()
	for _, k := range s.open {
		file, err := k.duplicate()
		if err != nil {
			return nil, err
		}
		cmd.ExtraFiles = append(cmd.ExtraFiles, file)
		to.Names, to.Activated = append(to.Names, k.name), append(to.Activated, k.activated)
	}
	ready, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	to.Ready = firstFD + len(cmd.ExtraFiles)
	cmd.ExtraFiles = append(cmd.ExtraFiles, write)
	text, err := json.Marshal(to)
	if err != nil {
		return nil, errors.Join(err, ready.Close())
	}
	cmd.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains([]string{listenPID, listenFDs, listenFDNames, handoverVariable}, name)
	})
	cmd.Env = append(cmd.Env, handoverVariable+"="+string(text), listenFDs+"="+strconv.Itoa(len(to.Names)))
	return ready, nil
}

// duplicate returns another descriptor of the socket. Its own method File would
// do that too, but a descriptor of that is made blocking when it is handed on,
// which would make the socket itself so, and an Accept that is under way could not
// be ended any more.
func (k socket) duplicate() (*os.File, error) {
	var of syscall.Conn = k.packets
	if k.listener != nil {
		var ok bool
		if of, ok = k.listener.(syscall.Conn); !ok {
			return nil, fmt.Errorf("%s cannot be handed over", k.name)
		}
	}
	raw, err := of.SyscallConn()
	if err != nil {
		return nil, err
	}
	var file *os.File
	var failed error
	err = raw.Control(func(fd uintptr) {
		syscall.ForkLock.RLock()
		defer syscall.ForkLock.RUnlock()
		var another int
		if another, failed = syscall.Dup(int(fd)); failed == nil {
			syscall.CloseOnExec(another)
			file = os.NewFile(uintptr(another), k.name)
		}
	})
	return file, errors.Join(err, failed)
}

// await waits until the process of cmd says that it serves. If it does not, it is ended.
func await(ctx context.Context, cmd *exec.Cmd, ready *os.File) error {
	said := make(chan error, 1)
	go func() {
		_, err := ready.Read(make([]byte, 1)) // ends when the process does
		said <- err
	}()
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	timer := time.NewTimer(readyWithin)
	defer timer.Stop()
	var err error
	select {
	case err = <-said:
		if err == nil {
			return nil
		}
		err = errors.New("ended before it served")
	case <-timer.C:
		err = fmt.Errorf("did not serve within %v", readyWithin)
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	_ = cmd.Process.Kill() // it may be gone
	return errors.Join(err, <-exited)
}
