package sqlstore

import (
	"strings"
	"syscall"
)

// limitSilence ends a connection whose peer does not confirm what was sent.
// Keep-alives alone do not: they are sent only while nothing else is.
func limitSilence(network, _ string, c syscall.RawConn) error {
	const tcpUserTimeout = 18 // TCP_USER_TIMEOUT, which package syscall does not name
	if !strings.HasPrefix(network, "tcp") {
		return nil
	}
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(Silence.Milliseconds()))
	})
	if err != nil {
		return err
	}
	return failed
}
