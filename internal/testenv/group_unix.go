//go:build unix

package testenv

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup has cmd run in a process group of its own, as the given owner if it
// is not nil.
func ownGroup(cmd *exec.Cmd, as *owner) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if as != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: as.uid, Gid: as.gid}
	}
}

// signalGroup signals p and the processes of its group.
func signalGroup(p *os.Process, sig syscall.Signal) error { return syscall.Kill(-p.Pid, sig) }

// supported is whether servers can be started on this system.
const supported = true
