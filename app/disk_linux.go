package app

import "syscall"

// mayWrite returns why this user may not make files in a directory, or nil.
func mayWrite(dir string) error {
	const write, enter = 2, 1 // W_OK and X_OK of access(2)
	return syscall.Access(dir, write|enter)
}

// freeSpace returns how many bytes are free for this user where a directory is.
func freeSpace(dir string) (free uint64, known bool) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return 0, false
	}
	return uint64(disk.Bavail) * uint64(disk.Bsize), true
}
