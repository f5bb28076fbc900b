//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package sqlite

import (
	"errors"
	"os"
	"syscall"
)

// flock locks a file for this open of it, until it is closed or the process
// ends. Without wait it returns an error if another has the lock.
func flock(f *os.File, wait bool) error {
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	for {
		err := syscall.Flock(int(f.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// isReadOnly reports whether err says that the file system cannot be written.
func isReadOnly(err error) bool { return errors.Is(err, syscall.EROFS) }
