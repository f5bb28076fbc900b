package testenv

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	osuser "os/user"
	"path/filepath"
	"strconv"
	"sync"
)

// binary is the home of this test binary's servers. It is a variable of the
// package because that is its meaning: what the tests of one binary share.
var binary home

// home is the directory in which servers live, with the watchdog that clears
// it when the test binary is gone. The zero home is made on first use.
type home struct {
	mu       sync.Mutex // guards all fields
	dir      string     // "" before the first use
	owner    *owner
	pipe     *os.File // its end is the watchdog's signal
	watchdog *exec.Cmd
	servers  int // so far; they number the directories
	names    int // of databases, so far
	shared   map[string]*sharedServer
	ports    map[int]bool // given out
}

// sharedServer is a server that was started, or could not be.
type sharedServer struct {
	once   sync.Once
	server *Server
	err    error
}

// owner is whom the servers run as, if not as the user who runs the test.
type owner struct{ uid, gid uint32 }

// unprivileged returns nobody if the test is run by root, whom initdb refuses,
// and nil otherwise.
func unprivileged() (*owner, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	nobody, err := osuser.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(nobody.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(nobody.Gid, 10, 32)
	return &owner{uid: uint32(uid), gid: uint32(gid)}, err
}

// chown gives the file to the owner.
func (o *owner) chown(path string) error {
	if o == nil {
		return nil
	}
	return os.Chown(path, int(o.uid), int(o.gid))
}

// write writes a file for the owner alone, whatever the umask.
func (o *owner) write(path string, content []byte) error {
	return errors.Join(os.WriteFile(path, content, 0o600), o.chown(path))
}

// watch is the watchdog's program; its argument is the directory. Each file in
// "groups" is named SIGNAL.GROUP: what ends which process group. What the signal
// has not ended after some five seconds is killed.
const watch = `
read -r _
cd "$1/groups" || exit
signal() { # the signal, or "" for the one in the name
	alive=
	for f in *.*; do
		kill -s "${1:-${f%.*}}" -- "-${f#*.}" 2>/dev/null && alive=1
	done
	[ "$alive" ]
}
signal ""
n=0
while [ $n -lt 50 ] && signal 0; do sleep 0.1; n=$((n + 1)); done
signal KILL
cd /
rm -rf "$1"
`

// open makes the directory and starts the watchdog, unless that is done.
// h.mu is held.
func (h *home) open() error {
	if h.dir != "" {
		return nil
	}
	who, err := unprivileged()
	if err != nil {
		return err
	}
	// A socket's path has about 100 characters at most, and nobody must be
	// able to reach it.
	parent := os.TempDir()
	if len(parent) > 40 || who != nil {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "clusto-")
	if err != nil {
		return err
	}
	if err := errors.Join(os.Chmod(dir, 0o755), os.Mkdir(filepath.Join(dir, "groups"), 0o700)); err != nil {
		return err
	}
	in, out, err := os.Pipe()
	if err != nil {
		return err
	}
	defer in.Close()
	watchdog := exec.Command("/bin/sh", "-c", watch, "watchdog", dir)
	watchdog.Stdin = in
	ownGroup(watchdog, nil) // the terminal's interrupt must not end it
	if err := watchdog.Start(); err != nil {
		return errors.Join(fmt.Errorf("start the watchdog of test servers: %w", err), out.Close(), os.RemoveAll(dir))
	}
	h.dir, h.owner, h.pipe, h.watchdog = dir, who, out, watchdog
	h.shared = map[string]*sharedServer{}
	return nil
}

// newDir makes a directory for a server that belongs to whom servers run as.
func (h *home) newDir() (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.open(); err != nil {
		return "", err
	}
	h.servers++
	dir := filepath.Join(h.dir, strconv.Itoa(h.servers))
	return dir, errors.Join(os.Mkdir(dir, 0o755), h.owner.chown(dir))
}

// databaseName returns a name that no other database of the servers has.
func (h *home) databaseName() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.names++
	return "test_" + strconv.Itoa(h.names)
}

// share returns the shared server of the name, started by start at the first
// call. If that fails it fails for everyone: a second try would take as long.
func (h *home) share(name string, start func() (*Server, error)) (*Server, error) {
	h.mu.Lock()
	if err := h.open(); err != nil {
		h.mu.Unlock()
		return nil, err
	}
	s := h.shared[name]
	if s == nil {
		s = &sharedServer{}
		h.shared[name] = s
	}
	h.mu.Unlock()
	s.once.Do(func() { s.server, s.err = start() })
	return s.server, s.err
}

// end ends the shared servers and removes the directory. (Other servers end
// with their tests.)
func (h *home) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.dir == "" {
		return
	}
	for _, s := range h.shared {
		if s.server != nil {
			s.server.end()
		}
	}
	h.pipe.Close()
	h.watchdog.Wait()
	h.dir = ""
}
