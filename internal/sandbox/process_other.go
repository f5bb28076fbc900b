//go:build !linux

package sandbox

import (
	"os"

	"github.com/clusto/clusto"
)

// startProcess returns ErrUnsupported.
func startProcess(Options, Limits, *os.File, *os.File) (process, error) {
	return nil, clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "scripts of remote users run on Linux only, where a process can be held to its limits"),
		"run the server on Linux, or the script where its database can be reached")
}

// DieWithParent does nothing: there are no children here.
func DieWithParent() error { return nil }

// notifyOutOfTime does nothing.
func notifyOutOfTime(chan<- os.Signal) {}
