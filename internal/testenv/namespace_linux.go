package testenv

import (
	"runtime"
	"syscall"
)

// mayMakeNamespaces reports what keeps the process from making network namespaces.
func mayMakeNamespaces() error {
	result := make(chan error)
	go func() {
		runtime.LockOSThread() // and not unlocked: the thread ends with its namespace
		result <- syscall.Unshare(syscall.CLONE_NEWNET | syscall.CLONE_NEWNS)
	}()
	return <-result
}
