//go:build !unix

package testenv

import (
	"os"
	"os/exec"
	"syscall"
)

func ownGroup(*exec.Cmd, *owner) {}

func signalGroup(p *os.Process, _ syscall.Signal) error { return p.Kill() }

// supported is whether servers can be started on this system: their processes
// are told apart by process groups.
const supported = false
