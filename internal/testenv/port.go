package testenv

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
)

// freePort returns a port of 127.0.0.1 that nobody uses. It lies below those
// that systems give to clients, so that it stays free while a server restarts.
func (h *home) freePort() (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.open(); err != nil {
		return 0, err
	}
	for range 100 {
		port := 20000 + rand.IntN(10000)
		if h.ports[port] {
			continue
		}
		l, err := net.Listen("tcp", address(port))
		if err != nil {
			continue
		}
		h.ports[port] = true
		return port, l.Close()
	}
	return 0, errors.New("none of 100 ports of " + loopback + " is free")
}

// loopback is the address that servers listen on.
const loopback = "127.0.0.1"

func address(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }
