//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package sqlite

import "os"

// flock does nothing here: writing processes are kept apart by SQLite's own
// lock, which is right but not fair.
func flock(*os.File, bool) error { return nil }

func isReadOnly(error) bool { return false }
