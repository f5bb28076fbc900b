//go:build !linux

package app

// mayWrite returns nil: that a directory cannot be written shows when the
// database is.
func mayWrite(string) error { return nil }

// freeSpace is not known here.
func freeSpace(string) (free uint64, known bool) { return 0, false }
