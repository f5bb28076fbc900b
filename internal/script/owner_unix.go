//go:build unix

package script

import (
	"io/fs"
	"os"
	"syscall"

	"github.com/clusto/clusto"
)

// checkOwner returns an error if a file belongs to somebody else than root and the
// user who runs the program.
func checkOwner(file string, info fs.FileInfo) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || st.Uid == 0 || int(st.Uid) == os.Geteuid() {
		return nil
	}
	return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%s belongs to user %d, so it is not loaded", file, st.Uid),
		"it must belong to root or to the user who runs clusto: chown %d %s", os.Geteuid(), file)
}
